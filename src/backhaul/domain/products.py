"""What the product master says of a SKU, and how an order is completed by it once, at the moment it is frozen.

What describes the sale (what is in a bundle, prices, costs) is taken as it was said at the time of the sale; what
describes names (aliases, class) as it is said now. Whatever the product master says later changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder, component_ref


@dataclass(frozen=True, slots=True)
class ProductComponent:
    """``quantity`` units of ``sku`` in one bundle."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Product:
    """One version of a SKU; what is None, blank or empty is not said. ``at`` is the time of the source."""

    sku: str
    at: datetime
    title: str = ""
    sku_class: str = ""
    unit_cost: Money | None = None
    stand_alone: Money | None = None
    aliases: tuple[str, ...] = ()
    components: tuple[ProductComponent, ...] = ()


Versions = Mapping[str, Sequence[Product]]
"""The versions of each SKU, the oldest first."""


def named_in(order: FrozenOrder) -> set[str]:
    """The SKUs an order speaks of."""
    return {line.sku for line in order.lines} | {part.sku for line in order.lines for part in line.components}


def completed(order: FrozenOrder, versions: Versions) -> FrozenOrder:
    """The order with what the product master adds to it. What the sale document says itself always counts.

    ``versions`` are of the SKUs of the order, of those in its bundles, and of those that have one of them as alias.
    """
    if not versions:
        return order
    now = {sku: known[-1] for sku, known in versions.items() if known}
    aliases = _aliases(order, now)
    master = _Master(now, {sku: _as_of(known, order.sold_at) for sku, known in versions.items() if known}, aliases)
    lines = tuple(_completed(line, order.currency, master) for line in order.lines)
    whole = replace(order, lines=lines, aliases=aliases)
    classes = {sku: one.sku_class for sku in sorted(named_in(whole)) if (one := master.today(sku)) and one.sku_class}
    return replace(whole, classes=classes)


@dataclass(frozen=True, slots=True)
class _Master:
    """What is said now and was said at the sale, by the product master's own SKUs."""

    now: Mapping[str, Product]
    then: Mapping[str, Product]
    aliases: Mapping[str, str]

    def own(self, sku: str) -> str:
        """The product master's SKU for the order's."""
        if sku in self.now:
            return sku
        return next((one.sku for one in self.now.values() if sku in one.aliases), sku)

    def today(self, sku: str) -> Product | None:
        return self.now.get(self.own(sku))

    def at_the_sale(self, sku: str) -> Product | None:
        return self.then.get(self.own(sku))

    def in_order(self, sku: str) -> str:
        """The order's SKU for one of the product master's."""
        return self.aliases.get(sku, sku)


def _as_of(known: Sequence[Product], sold_at: datetime | None) -> Product:
    """The newest version that is not younger than the sale; the oldest where none was known by then."""
    before = [one for one in known if sold_at is None or one.at <= sold_at]
    return before[-1] if before else known[0]


def _aliases(order: FrozenOrder, now: Mapping[str, Product]) -> dict[str, str]:
    """Other names of the order's SKUs; one that could be two of them is none."""
    found: dict[str, set[str]] = {}
    mine = named_in(order)
    for one in now.values():
        names = {one.sku, *one.aliases}
        for sku in names & mine:
            for name in names - mine:
                found.setdefault(name, set()).add(sku)
    return {name: next(iter(skus)) for name, skus in sorted(found.items()) if len(skus) == 1}


def _completed(line: FrozenLine, currency: str, master: _Master) -> FrozenLine:
    said = master.at_the_sale(line.sku)
    told = tuple(_component(line, master.in_order(one.sku), one.quantity) for one in said.components) if said else ()
    components, master_components = line.components, line.master_components
    if told and components and _contents(told) != _contents(components):
        master_components = told
    by_sale = bool(components) or not told
    return replace(
        line,
        unit_cost_minor=line.unit_cost_minor or _minor(said.unit_cost if said else None, currency),
        components=tuple(_priced(one, currency, master) for one in (components if by_sale else told)),
        exploded_by="sale" if by_sale else "product-master",
        master_components=master_components,
    )


def _component(line: FrozenLine, sku: str, quantity: int) -> FrozenComponent:
    """A component that no sale document told: documents know it by its SKU and what it is a part of."""
    return FrozenComponent(sku, quantity, extra={"line": component_ref(line.ref, sku)})


def _priced(part: FrozenComponent, currency: str, master: _Master) -> FrozenComponent:
    said = master.at_the_sale(part.sku)
    if said is None:
        return part
    return replace(
        part,
        stand_alone_minor=part.stand_alone_minor or _minor(said.stand_alone, currency),
        unit_cost_minor=part.unit_cost_minor or _minor(said.unit_cost, currency),
    )


def _minor(money: Money | None, currency: str) -> int:
    """The amount in the order's currency; nothing is said by one in another."""
    return money.minor if money is not None and money.currency == currency else 0


def _contents(parts: Iterable[FrozenComponent]) -> dict[str, int]:
    contents: dict[str, int] = {}
    for part in parts:
        contents[part.sku] = contents.get(part.sku, 0) + part.quantity
    return contents


def contents(parts: Iterable[FrozenComponent]) -> str:
    """What is in a bundle, in words."""
    return ", ".join(f"{count} x {sku}" for sku, count in _contents(parts).items())
