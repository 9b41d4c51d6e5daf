"""The guards of exchanges by name, see guards."""

from __future__ import annotations

from tests.mutation.mutant import Guard

EXCHANGE_GUARDS = (
    Guard(
        "nothing is closed before its replacement is ordered",
        "owed",
        "_is_through",
        "arrived and paid and done",
        "arrived and paid",
    ),
    Guard("an exchange is ordered once", "exchange_orders", "exchange_orders", "exchange.id in attempted", "False"),
    Guard(
        "an exchange is ordered when it is time",
        "exchange_orders",
        "exchange_orders",
        "_is_time(unit, scope)",
        "True",
    ),
    Guard(
        "goods that were missing are not replaced on receipt",
        "exchange_orders",
        "_is_time",
        "unit.arrived",
        "unit.past('received')",
    ),
    Guard(
        "the platform's exchanges are not ordered by us",
        "exchange_orders",
        "exchange_orders",
        "scope.policy.exchange_owner == 'backhaul'",
        "True",
    ),
    Guard(
        "what was credited whole is not exchanged too",
        "exchange_orders",
        "recall",
        "note.total_minor > rest",
        "False",
    ),
    Guard(
        "an order is for the unit that was meant",
        "exchange_orders",
        "_units_of",
        "meant.exchange == effect.exchange",
        "False",
    ),
    Guard("an audit holds up an exchange, too", "awaited", "_money", "unit.held", "False"),
    Guard("what was replaced awaits no audit", "awaited", "_money", "_is_replaced(return_, unit, plan)", "False"),
    Guard("a contradiction makes no order", "exchanges", "Exchange.stands", "self.contradiction is None", "True"),
    Guard("one unit has one replacement", "exchanges", "_one", "unit.exchange is not None", "False"),
    Guard(
        "what never came back was not paid with",
        "exchange_orders",
        "_given",
        "nothing if unit.never_left else _less(whole, worth)",
        "_less(whole, worth)",
    ),
    Guard("a charge counts for its own exchange", "exchanges", "charged_minor", "fact.exchange == exchange", "True"),
    Guard(
        "nothing is credited before the replacement is stopped",
        "credits",
        "_notes",
        "chains.withdrawn.get(unit.ref)",
        "None",
    ),
    Guard("what a replacement carries is not paid back", "exchanges", "owed_in_money", "unit.exchange is None", "True"),
    Guard("what was credited is not set aside", "owed", "_endings", "ref not in credited", "True"),
)
