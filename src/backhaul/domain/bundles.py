"""A bundle that is spoken of as a whole, although only components of it came back."""

from __future__ import annotations

from collections.abc import Iterable

from backhaul.domain.facts import UnitName
from backhaul.domain.orders import ComponentLine, FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit


def as_components(
    names: tuple[UnitName, ...], candidates: Iterable[Unit], return_: Return, order: FrozenOrder, policy: Policy
) -> tuple[UnitName, ...]:
    """The names, but for a bundle of which no whole copy is in the return the components of a copy that are.

    A platform that pays a bundle back names the bundle, whatever of it was sent. ``candidates`` are the units that the
    names may mean, the likeliest first; where none is of the bundle, all units of the return are.
    """
    if not any(line.components for line in order.lines):
        return names
    said: list[UnitName] = []
    likely, all_ = _by_copy(candidates, order), _by_copy(return_.units_of(order.number), order)
    for name in names:
        if return_.names.get(name) is not None or return_.names.matching(name):
            said.append(name)
            continue
        meant = [copy for copies in (likely, all_) for copy in copies if _means(name, copy[0], order, policy)]
        if not meant:
            said.append(name)
            continue
        everything = all_.pop(meant[0])
        said += [_name_of(unit) for unit in likely.pop(meant[0], everything)]
    return tuple(said)


def _by_copy(units: Iterable[Unit], order: FrozenOrder) -> dict[tuple[str, int], list[Unit]]:
    """The component units by the bundle line and the copy of it that they are of."""
    found: dict[tuple[str, int], list[Unit]] = {}
    for unit in units:
        if unit.allocation is not None:
            line = order.line(unit.allocation[0])
            if isinstance(line, ComponentLine):
                found.setdefault((line.bundle.ref, unit.allocation[1] // line.each), []).append(unit)
    return found


def _means(name: UnitName, ref: str, order: FrozenOrder, policy: Policy) -> bool:
    line: FrozenLine = order.line(ref)
    if name.line is not None and any(name.line in one.platform_refs for one in order.lines):
        return name.line in line.platform_refs
    return order.sku_of(name.sku, policy.sku_aliases) == line.sku


def _name_of(unit: Unit) -> UnitName:
    """A name that means exactly this unit."""
    if unit.line is not None:
        return UnitName(unit.order, unit.line, unit.offset, unit.item, unit.sku)
    return UnitName(unit.order, item=unit.item, sku=unit.sku)
