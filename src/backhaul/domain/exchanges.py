"""Exchanges: a unit that comes back for another one instead of money, what that one carries, and who makes its order.

Even: the value and tax of the unit move to its replacement, and no money is owed. Down: the replacement is worth less;
the rest is refunded and credited like any money. Up: it is worth more; the shopper pays the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backhaul.domain.facts import ChargeConfirmed, ExchangeCancelled, ExchangeConfirmed, UnitName
from backhaul.domain.money import Money, divide
from backhaul.domain.orders import FrozenOrder, Share, share

if TYPE_CHECKING:
    from backhaul.domain.units import Unit, Units


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange by its source's id. ``value`` is what the replacements are worth together, tax and all; None: even.

    ``unit`` is the ref of the unit that comes back, None while nobody told of it. ``order`` is the number of the order
    that somebody else made for it. ``contradiction`` says why it cannot be told what was meant.
    """

    id: str
    name: UnitName
    sku: str
    quantity: int
    value: Money | None = None
    order: str | None = None
    unit: str | None = None
    cancelled: bool = False
    contradiction: str | None = None

    @property
    def stands(self) -> bool:
        """Whether a replacement is to go out for the unit."""
        return self.unit is not None and not self.cancelled and self.contradiction is None


def fold_exchanges(
    confirmed: Iterable[ExchangeConfirmed], cancelled: Iterable[ExchangeCancelled], units: Units
) -> dict[str, Exchange]:
    """Exchanges by id from all that was said, in any order; each unit that is exchanged is told which it is for.

    A name that may mean any unit of a line means one that no other exchange has.
    """
    said: dict[str, set[ExchangeConfirmed]] = {}
    for fact in confirmed:
        said.setdefault(fact.exchange, set()).add(fact)
    off = {fact.exchange for fact in cancelled}
    exact = sorted(said, key=lambda name: (min(units.get(one.unit) is None for one in said[name]), name))
    return {name: _one(name, said[name], name in off, units) for name in exact}


def _one(name: str, said: set[ExchangeConfirmed], cancelled: bool, units: Units) -> Exchange:
    first = min(said, key=lambda fact: (fact.unit.item is None, fact.unit.line is None, repr(fact)))
    values = {fact.value for fact in said if fact.value is not None}
    orders = {fact.order for fact in said if fact.order is not None}
    contradiction = None
    if len({(fact.replacement_sku, fact.quantity) for fact in said}) > 1 or len(values) > 1 or len(orders) > 1:
        contradiction = f"exchange {name}: its sources name different replacements, values or orders"
    unit = units.get(first.unit) or next((one for one in _meant(first.unit, units) if one.exchange is None), None)
    if unit is not None and unit.exchange is not None and not cancelled and contradiction is None:
        contradiction = f"exchange {name} is for {unit.ref}, which exchange {unit.exchange} has already"
    answer = Exchange(
        name,
        first.unit,
        first.replacement_sku,
        first.quantity,
        min(values, default=None),
        min(orders, default=None),
        unit.ref if unit is not None else None,
        cancelled,
        contradiction,
    )
    if unit is not None and answer.stands:
        unit.exchange, unit.exchange_value = name, answer.value
    return answer


def _meant(name: UnitName, units: Units) -> list[Unit]:
    """The units that a name may mean; an item nobody else spoke of is one of its SKU that has no such id yet.

    A name with a place in its line beyond the first (which may be just the line) means that unit, and waits for it.
    """
    if name.line is not None and name.offset:
        return []
    found = units.matching(name)
    if found or name.item is None or name.sku is None:
        return found
    return [one for one in units.matching(UnitName(name.order, sku=name.sku)) if one.item is None]


def fold_charges(told: Iterable[ChargeConfirmed]) -> dict[str, ChargeConfirmed]:
    """Charges by their source's id, each as it was said last."""
    answer: dict[str, ChargeConfirmed] = {}
    for fact in sorted(told, key=_age):
        answer[fact.charge] = fact
    return answer


def _age(fact: ChargeConfirmed) -> tuple[int, float, str]:
    return (fact.sequence or 0, fact.at.timestamp() if fact.at is not None else 0.0, repr(fact))


def carried(unit: Unit, order: FrozenOrder) -> Share:
    """Net and tax that the replacement carries: the stated value in the unit's own proportion, else all of it."""
    whole = _whole(unit, order)
    if unit.exchange_value is None:
        return whole
    net, tax = divide(unit.exchange_value.minor, (whole.net_minor, whole.tax_minor))
    return Share(net, tax, whole.cost_minor)


def owed_in_money(unit: Unit, order: FrozenOrder) -> Share:
    """What is to be paid back in money for a unit: its share of the price paid, less what its replacement carries."""
    whole = _whole(unit, order)
    if unit.exchange is None:
        return whole
    taken = carried(unit, order)
    if taken.net_minor + taken.tax_minor >= whole.net_minor + whole.tax_minor:
        return Share(0, 0, whole.cost_minor)
    return Share(whole.net_minor - taken.net_minor, whole.tax_minor - taken.tax_minor, whole.cost_minor)


def _whole(unit: Unit, order: FrozenOrder) -> Share:
    if unit.allocation is None:
        return Share(0, 0, 0)
    return share(order.line(unit.allocation[0]), unit.allocation[1])


def charged_minor(exchange: str, charges: Mapping[str, ChargeConfirmed], currency: str) -> int:
    """What the shopper paid for one exchange, minor units."""
    mine = (fact.amount for fact in charges.values() if fact.exchange == exchange)
    return sum(amount.minor for amount in mine if amount.currency == currency)
