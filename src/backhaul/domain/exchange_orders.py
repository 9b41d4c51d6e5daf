"""Which exchange orders are owed and when, which are withdrawn, and what of an exchange is not settled yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, alike, covered, credit_lines_of, lines_of
from backhaul.domain.exchanges import Exchange, carried, charged_minor
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder, Share
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit, missing_key

UNCHARGED = "exchange-uncharged"


@dataclass(frozen=True, slots=True)
class ExchangeOrders:
    """``owed`` for one order; ``by_unit`` the key of each exchanged unit's order where we make it.

    ``withdrawn`` gives for a unit the key of what has to be withdrawn before anything is credited for it.
    """

    owed: list[Owed] = field(default_factory=list)
    by_unit: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)


def recall(return_: Return, records: Records) -> None:
    """What was done counts, whatever was told since: a unit whose replacement was ordered is exchanged for the value of
    that order, and one that was credited whole before anybody spoke of an exchange is refunded."""
    made = {}
    for record, effect in records.frozen(e.CreateExchangeOrder):
        exchange = return_.exchanges.get(effect.exchange)
        made[effect.exchange] = record
        if record.standing == "refused" or exchange is None or exchange.cancelled:
            continue
        for ref in _units_of(effect, exchange, return_):
            unit = return_.units[ref]
            unit.exchange = effect.exchange
            unit.exchange_value = Money(effect.net_minor + effect.tax_minor, effect.currency)
    for record, ordered in records.frozen(e.OrderExchangeAtStorefront):
        if record.standing != "refused":
            made.setdefault(ordered.exchange, record)
    for _, note in records.frozen(e.IssueCreditNote):
        order = return_.orders.get(note.order)
        units = [return_.units[ref] for ref in covered(note.lines, return_) if ref in return_.units]
        exchanged = [unit for unit in units if unit.exchange is not None and unit.exchange not in made]
        if order is None or not exchanged:
            continue
        rest = sum(line.net_minor + line.tax_minor for line in credit_lines_of(units, order))
        if note.total_minor > rest:
            for unit in exchanged:
                unit.exchange, unit.refunded_instead = None, unit.exchange


def _units_of(effect: e.CreateExchangeOrder, exchange: Exchange | None, return_: Return) -> set[str]:
    """The units an order that was attempted is for.

    Made for one of a line before it was known which of them the exchange means, it is that one's now, where nobody can
    tell the two apart.
    """
    refs = covered(effect.lines, return_) & return_.units.keys()
    meant = return_.units.get(exchange.unit or "") if exchange is not None else None
    if (
        meant is not None
        and meant.exchange == effect.exchange
        and any(alike(return_.units[ref], meant) for ref in refs)
    ):
        return {meant.ref}
    return refs


def exchange_orders(scope: Scope) -> ExchangeOrders:
    """Orders for the exchanges of one order, those attempted before first; withdrawn where the exchange was."""
    answer = ExchangeOrders()
    by_unit: dict[str, str] = {}
    withdrawn: dict[str, str] = {}
    attempted = {effect.exchange: (record, effect) for record, effect in scope.frozen(e.CreateExchangeOrder)}
    shops = _at_storefront(scope)
    answer.owed.extend([*shops.values(), *_withdrawn_at_storefront(scope, withdrawn)])
    for record, effect in attempted.values():
        exchange = scope.return_.exchanges.get(effect.exchange)
        off = exchange is not None and exchange.cancelled
        gone = off and record.standing == "refused"
        answer.owed.append(Owed(record.key, effect, abandoned=gone))
        refs = _units_of(effect, exchange, scope.return_)
        if off and not gone:
            cancel = e.CancelExchangeOrder(scope.return_.id, scope.order.number, record.key, effect.exchange)
            first = [withdrawn[ref] for ref in sorted(refs) if ref in withdrawn]
            answer.owed.append(scope.owe(cancel, record.key, *dict.fromkeys(first)))
            withdrawn.update(dict.fromkeys(refs, e.key(cancel)))
        elif not off:
            by_unit.update(dict.fromkeys(refs, record.key))
    if scope.policy.exchange_owner == "backhaul":
        for unit in scope.units:
            exchange = scope.return_.exchanges.get(unit.exchange or "")
            if exchange is None or exchange.id in attempted or not _is_time(unit, scope):
                continue
            at_shop = shops.get(exchange.id)
            if at_shop is None and scope.policy.exchange_at == "both":
                at_shop = scope.owe(_order_at_storefront(exchange, scope))
                answer.owed.append(at_shop)
            item = scope.owe(_order_of(exchange, unit, scope), *([at_shop.key] if at_shop is not None else []))
            answer.owed.append(item)
            by_unit[unit.ref] = item.key
    return ExchangeOrders(answer.owed, by_unit, withdrawn)


def _at_storefront(scope: Scope) -> dict[str, Owed]:
    """The storefront's orders that were attempted, by exchange; one that was refused is given up with its exchange."""
    answer = {}
    for record, effect in scope.frozen(e.OrderExchangeAtStorefront):
        exchange = scope.return_.exchanges.get(effect.exchange)
        gone = exchange is not None and exchange.cancelled and record.standing == "refused"
        answer[effect.exchange] = Owed(record.key, effect, abandoned=gone)
    return answer


def _withdrawn_at_storefront(scope: Scope, withdrawn: dict[str, str]) -> list[Owed]:
    """What we ordered at the storefront for exchanges that are off is withdrawn there, before the ERP's order is."""
    answer = []
    for record, effect in scope.frozen(e.OrderExchangeAtStorefront):
        exchange = scope.return_.exchanges.get(effect.exchange)
        if exchange is None or not exchange.cancelled or record.standing == "refused":
            continue
        cancel = e.CancelExchangeAtStorefront(scope.return_.id, scope.order.number, record.key, effect.exchange)
        answer.append(scope.owe(cancel, record.key))
        if exchange.unit is not None:
            withdrawn[exchange.unit] = e.key(cancel)
    return answer


def _order_at_storefront(exchange: Exchange, scope: Scope) -> e.OrderExchangeAtStorefront:
    return e.OrderExchangeAtStorefront(
        scope.return_.id,
        scope.order.number,
        exchange.id,
        scope.return_.label,
        exchange.sku,
        exchange.quantity,
        scope.order.currency,
    )


def _is_time(unit: Unit, scope: Scope) -> bool:
    """Whether the replacement may go out: at once, when the unit was handed in or approved, or when it is here."""
    if unit.never_left or unit.held or unit.declined:
        return False
    match scope.policy.exchange_on:
        case "confirmation":
            return True
        case "approval":
            return unit.past("dropped-off") or unit.money == "approved"
        case "receipt":
            return unit.arrived or unit.given_up or missing_key(scope.return_.id, unit) in scope.return_.waived


def _order_of(exchange: Exchange, unit: Unit, scope: Scope) -> e.CreateExchangeOrder:
    worth = carried(unit, scope.order)
    return e.CreateExchangeOrder(
        scope.return_.id,
        scope.order.number,
        exchange.id,
        scope.return_.label,
        exchange.sku,
        exchange.quantity,
        scope.order.currency,
        worth.net_minor,
        worth.tax_minor,
        lines_of([unit], scope.order),
        exchange.order or scope.return_.ordered.get(exchange.id, ""),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What one exchange comes to, minor units of ``currency``: what went out for what came back and what was paid.

    ``open_minor`` is what the shopper still owes for it; below zero is what we owe the shopper.
    """

    exchange: Exchange
    currency: str
    given_minor: int
    returned: Share
    charged_minor: int

    @property
    def open_minor(self) -> int:
        return self.given_minor - self.returned.net_minor - self.returned.tax_minor - self.charged_minor


def accounts(return_: Return, policy: Policy, records: Records) -> tuple[Account, ...]:
    """The account of every exchange for which something went out, or for which the shopper paid."""
    made = {effect.exchange: record for record, effect in _orders_made(records)}
    answer = []
    for exchange in return_.exchanges.values():
        unit = return_.units.get(exchange.unit or "")
        order = return_.orders.get(unit.order) if unit is not None else None
        if unit is None or order is None or (unit.allocation is None and exchange.id not in made):
            continue
        charged = charged_minor(exchange.id, return_.charges, order.currency)
        given, back = _given(exchange, unit, order, policy, made.get(exchange.id))
        if given or charged:
            answer.append(Account(exchange, order.currency, given, back, charged))
    return tuple(answer)


def _orders_made(records: Records) -> Iterable[tuple[Record, e.CreateExchangeOrder]]:
    """The exchange orders that exist: done and not withdrawn since."""
    off = {
        record.effect.exchange_order
        for record in records.by_key.values()
        if isinstance(record.effect, e.CancelExchangeOrder) and record.standing == "done"
    }
    for record in records.by_key.values():
        if isinstance(record.effect, e.CreateExchangeOrder) and record.standing == "done" and record.key not in off:
            yield record, record.effect


def _given(
    exchange: Exchange, unit: Unit, order: FrozenOrder, policy: Policy, made: Record | None
) -> tuple[int, Share]:
    """What went out, and what of the unit's price came back for it: nothing of one that never left the shopper."""
    nothing = Share(0, 0, 0)
    if made is not None and isinstance(made.effect, e.CreateExchangeOrder):
        effect = made.effect
        (line,) = effect.lines
        worth = Share(effect.net_minor, effect.tax_minor, 0)
    elif (
        policy.exchange_owner == "backhaul"
        or not exchange.stands
        or unit.exchange != exchange.id
        or (unit.never_left and exchange.order is None)
    ):
        return 0, nothing
    else:
        (line,) = lines_of([unit], order)
        worth = carried(unit, order)
    whole = Share(line.net_minor, line.tax_minor, 0)
    back = nothing if unit.never_left else _less(whole, worth)
    return worth.net_minor + worth.tax_minor, back


def _less(one: Share, other: Share) -> Share:
    """Of two values the one that is less as a whole."""
    return min(one, other, key=lambda share: share.net_minor + share.tax_minor)
