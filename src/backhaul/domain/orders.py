"""What was sold, as the sale document itself says it, frozen once and then relied on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal

from backhaul.domain.money import Money, divide

_OF = "/"


@dataclass(frozen=True, slots=True)
class FrozenComponent:
    """One component of a bundle line, ``quantity`` units per unit of the bundle, as the sale exploded it."""

    sku: str
    quantity: int
    stand_alone_minor: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)
    unit_cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """One sold line. ``net_minor`` and ``tax_minor`` are of all its units together, after discount.

    ``exploded_by`` says whose the components are: the sale document's, or for want of them the product master's.
    ``master_components`` are what the product master said instead, where the two differ.
    """

    ref: str
    sku: str
    quantity: int
    net_minor: int
    tax_minor: int
    discount_minor: int = 0
    unit_cost_minor: int = 0
    platform_refs: tuple[str, ...] = ()
    components: tuple[FrozenComponent, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    exploded_by: Literal["sale", "product-master"] = "sale"
    master_components: tuple[FrozenComponent, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentLine(FrozenLine):
    """The units of one component of all copies of a bundle, as a sold line of their own. Derived, never stored.

    ``each`` of it are in a copy, from position ``first`` on when the units of all components are put in a row.
    """

    bundle: FrozenLine = field(kw_only=True)
    each: int = field(kw_only=True)
    first: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class FrozenOrder:
    """An order at the moment it was read; ``extra`` is for the connector that read it and nobody else.

    ``aliases`` lead from other names of its SKUs to them, ``classes`` from its SKUs to their class: both as the
    product master had them then.
    """

    number: str
    reference: str
    currency: str
    lines: tuple[FrozenLine, ...]
    sold_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)

    def sku_class(self, sku: str) -> str:
        """The class of one of its SKUs by the product master; "" where nobody told it."""
        return self.classes.get(sku, "")

    def sku_of(self, said: str | None, policy_aliases: Mapping[str, str]) -> str | None:
        """The SKU that is meant: by the policy's aliases, else by the product master's, else as it is said."""
        return None if said is None else policy_aliases.get(said, self.aliases.get(said, said))

    def line(self, ref: str) -> FrozenLine:
        """The line of that reference, or the component's of a bundle line. Raises KeyError where there is none."""
        for line in self.lines:
            if line.ref == ref:
                return line
        for line in self.lines:
            if line.components and ref.startswith(line.ref + _OF):
                for part in component_lines(line):
                    if part.ref == ref:
                        return part
        raise KeyError(f"order {self.number} has no line {ref}")


@dataclass(frozen=True, slots=True)
class Share:
    """What one sold unit stands for in minor units: price paid, tax and cost."""

    net_minor: int
    tax_minor: int
    cost_minor: int


def component_ref(line: str, sku: str) -> str:
    """The reference of a bundle line's component."""
    return f"{line}{_OF}{sku}"


def component_lines(line: FrozenLine) -> tuple[ComponentLine, ...]:
    """The components of a bundle line; none of a line that is no bundle. A SKU that it has twice is one component."""
    answer = []
    first = 0
    for one in _merged(line.components):
        parts = [part for copy in range(line.quantity) for part in _in_copy(line, copy)[first : first + one.quantity]]
        answer.append(
            ComponentLine(
                component_ref(line.ref, one.sku),
                one.sku,
                line.quantity * one.quantity,
                sum(part.net_minor for part in parts),
                sum(part.tax_minor for part in parts),
                unit_cost_minor=parts[0].cost_minor if parts else one.unit_cost_minor,
                extra=one.extra,
                bundle=line,
                each=one.quantity,
                first=first,
            )
        )
        first += one.quantity
    return tuple(answer)


def sold_slots(line: FrozenLine, index: int) -> tuple[tuple[str, int], ...]:
    """What is given away with the sold unit of that index: itself, of a bundle's copy also each component in it.

    Two who share a slot cannot both have come back.
    """
    inside = [
        (part.ref, index * part.each + nth)
        for part in (() if isinstance(line, ComponentLine) else component_lines(line))
        for nth in range(part.each)
    ]
    return ((line.ref, index), *inside)


def share(line: FrozenLine, index: int) -> Share:
    """What the sold unit of that index (from 0) stands for: an equal part, the odd cents with the first ones.

    A component's unit stands for its part of its copy by the components' stand-alone prices, equal parts where they
    have none; all units of a copy together are exactly the copy. Its cost is its own, else such a part of the bundle's.
    """
    if isinstance(line, ComponentLine):
        copy, nth = divmod(index, line.each)
        return _in_copy(line.bundle, copy)[line.first + nth]
    net, tax = _parts(line.net_minor, line.tax_minor, (1,) * line.quantity)[index]
    cost = line.unit_cost_minor or sum(one.unit_cost_minor * one.quantity for one in line.components)
    return Share(net, tax, cost)


def shares(line: FrozenLine) -> tuple[Share, ...]:
    """What each of a line's units stands for; together exactly the line."""
    return tuple(share(line, index) for index in range(line.quantity))


def worth_minor(line: FrozenLine, index: int) -> int:
    """Price paid and tax of the sold unit of that index."""
    part = share(line, index)
    return part.net_minor + part.tax_minor


def _in_copy(bundle: FrozenLine, copy: int) -> tuple[Share, ...]:
    """What each component unit of one copy stands for, in the order of the components."""
    whole = share(bundle, copy)
    units = [one for one in _merged(bundle.components) for _ in range(one.quantity)]
    # Divided by largest remainder; a price below zero is none.
    weights = tuple(max(one.stand_alone_minor, 0) for one in units)
    costs = _parts(whole.cost_minor, 0, weights)
    return tuple(
        Share(net, tax, unit.unit_cost_minor or cost)
        for unit, (net, tax), (cost, _) in zip(
            units, _parts(whole.net_minor, whole.tax_minor, weights), costs, strict=True
        )
    )


def _merged(components: tuple[FrozenComponent, ...]) -> list[FrozenComponent]:
    found: dict[str, FrozenComponent] = {}
    for one in components:
        before = found.get(one.sku)
        if one.quantity > 0:
            found[one.sku] = one if before is None else replace(before, quantity=before.quantity + one.quantity)
    return list(found.values())


@lru_cache(maxsize=4096)
def _parts(net: int, tax: int, weights: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    if not weights:
        return ()
    return tuple(zip(divide(net, weights), divide(tax, weights), strict=True))


def share_money(share: Share, currency: str) -> Money:
    """Price paid and tax of one unit together."""
    return Money(share.net_minor + share.tax_minor, currency)
