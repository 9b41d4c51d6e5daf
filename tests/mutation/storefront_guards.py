"""Guards of what the storefront is owed: nothing paid twice, nothing counted twice, nothing told before it is so."""

from __future__ import annotations

from tests.mutation.mutant import Guard

STOREFRONT_GUARDS = (
    Guard(
        "no storefront is told of goods nobody looked at",
        "storefront",
        "_is_looked_at",
        "unit.past('received')",
        "True",
    ),
    Guard(
        "nothing missing is taken back at the storefront",
        "storefront",
        "_is_looked_at",
        "not is_missing(unit, policy)",
        "True",
    ),
    Guard("goods are told to the storefront once", "storefront", "_taken_back", "unit.ref not in taken", "True"),
    Guard(
        "a storefront's return of which nothing comes is withdrawn",
        "storefront",
        "_endings",
        "units and (not coming) and (not told)",
        "False",
    ),
    Guard("a storefront's return closes when all is through", "storefront", "_endings", "unit.ref in through", "True"),
    Guard(
        "nothing is closed there before its goods are told",
        "storefront",
        "_endings",
        "_is_told(unit, scope, chain)",
        "True",
    ),
    Guard(
        "where nobody opens returns at a storefront none is owed",
        "storefront",
        "_openings",
        "scope.policy.storefront_returns == 'never'",
        "False",
    ),
    Guard(
        "what somebody else raises is not flushed",
        "storefront",
        "_restocks",
        "(restock.raised_by or scope.policy.stock_owner(restock.location)) != 'backhaul'",
        "False",
    ),
    Guard(
        "what the platform pays we do not", "refunding", "refunding", "scope.policy.refund_owner != 'backhaul'", "False"
    ),
    Guard(
        "nothing is paid while a refund of the order is held",
        "refunding",
        "refunding",
        "any((one.held for one in money.settled))",
        "False",
    ),
    Guard("what is paid is not paid again by us", "refunding", "refunding", "unit.ref not in gone", "True"),
    Guard(
        "a fee is kept once of our refunds",
        "refunding",
        "refunding",
        "0 if charged else policy_fee_minor(units, scope.policy, currency)",
        "policy_fee_minor(units, scope.policy, currency)",
    ),
    Guard(
        "no more is paid by us than there is room for",
        "refunding",
        "refunding",
        "amount > _room_minor(scope, money, paid)",
        "False",
    ),
    Guard("what is declined is not paid by us", "refunding", "_is_owed", "unit.declined", "False"),
    Guard("what is held is not paid by us", "refunding", "_is_owed", "unit.held", "False"),
    Guard(
        "what is asked for is not paid by us", "refunding", "_is_owed", "not is_under_way(scope.return_, unit)", "True"
    ),
    Guard("nobody's word, no money", "refunding", "_is_time", "not unit.vouched", "False"),
    Guard("a refund on receipt waits for the goods", "refunding", "_is_time", "unit.arrived", "True"),
    Guard("a person's no is a no", "refunding", "_is_time", "unit.approval.approved", "True"),
    Guard(
        "the same is not marked again",
        "marks",
        "mark",
        "newest is not None and (newest[1].goods, newest[1].money) == (goods, worth)",
        "False",
    ),
    Guard(
        "a mark waits for the one before",
        "marks",
        "_after",
        "newest is not None and newest[0].standing not in _NOT_WAITED_FOR",
        "False",
    ),
    Guard(
        "a withdrawn order of the storefront comes first",
        "exchange_orders",
        "exchange_orders",
        "ref in withdrawn",
        "False",
    ),
    Guard(
        "a refused order goes with its exchange",
        "exchange_orders",
        "_at_storefront",
        "exchange is not None and exchange.cancelled and (record.standing == 'refused')",
        "False",
    ),
)
