"""The mark on the storefront's order: how far its return is, in one word for the goods and one for the money.

It follows the units: the goods are as far as the least far of them, the money is refunded when all of them are.
"""

from __future__ import annotations

from collections.abc import Collection

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope
from backhaul.domain.facts import RefundPending
from backhaul.domain.records import Owed, Record
from backhaul.domain.settlements import gross_minor
from backhaul.domain.units import GOODS_TRACK, Unit

_GOODS = dict(zip(GOODS_TRACK, ("started", "dropped-off", "on-its-way", "received", "inspected"), strict=True))
_NOT_WAITED_FOR = ("refused", "ambiguous")


def mark(scope: Scope, paid: Collection[str]) -> list[Owed]:
    """The mark that the order should carry now, where it is another than the newest that was sent.

    One that was never sent and is old by now is owed no more, so that each change is told once.
    """
    told = scope.frozen(e.MarkOrder)
    answer = [Owed(record.key, effect) for record, effect in told]
    units = scope.return_.units_of(scope.order.number)
    if scope.policy.mark_orders == "never" or not units:
        return answer
    newest = max(told, key=lambda pair: pair[1].sequence, default=None)
    goods, worth = goods_of(units), money_of(units, scope, paid)
    if newest is not None and (newest[1].goods, newest[1].money) == (goods, worth):
        return answer
    sequence = newest[1].sequence + 1 if newest is not None else 1
    effect = e.MarkOrder(scope.return_.id, scope.order.number, scope.return_.label, goods, worth, sequence)
    return [*answer, scope.owe(effect, *_after(newest))]


def _after(newest: tuple[Record, e.MarkOrder] | None) -> tuple[str, ...]:
    """What was refused is not waited for: a later statement counts, whatever became of it."""
    return (newest[0].key,) if newest is not None and newest[0].standing not in _NOT_WAITED_FOR else ()


def goods_of(units: list[Unit]) -> str:
    """One of GOODS_MARKS: how far the least far of those is that still move, or what became of all of them."""
    moving = [unit for unit in units if not (unit.never_left or unit.absent)]
    if moving:
        return _GOODS[min((unit.goods for unit in moving), key=GOODS_TRACK.index)]
    if any(unit.given_up for unit in units):
        return "lost"
    return "kept" if any(unit.stays for unit in units) else "called-off"


def money_of(units: list[Unit], scope: Scope, paid: Collection[str]) -> str:
    """One of MONEY_MARKS."""
    live = [unit for unit in units if not unit.never_left]
    owed = [unit for unit in live if unit.exchange is None or gross_minor([unit], scope.order) > 0]
    unpaid = [unit for unit in owed if unit.ref not in paid]
    if owed and not unpaid:
        return "refunded"
    if live and not owed:
        return "exchanged"
    if any(_is_asked_for(fact, scope) for fact in (one.newest for one in scope.return_.refunds.values())):
        return "pending"
    if any(unit.vouched for unit in unpaid):
        return "approved"
    return "declined" if unpaid and all(unit.declined for unit in unpaid) else "none"


def _is_asked_for(fact: object, scope: Scope) -> bool:
    return isinstance(fact, RefundPending) and fact.order == scope.order.number
