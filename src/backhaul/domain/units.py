"""One physical unit of a return: how its names are joined into one, and how far along its two tracks it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from backhaul.domain.facts import UnitName

GoodsStep = Literal["expected", "dropped-off", "shipped", "received", "inspected"]
MoneyStep = Literal["started", "approved"]
GOODS_TRACK: tuple[GoodsStep, ...] = ("expected", "dropped-off", "shipped", "received", "inspected")
_POSITION = {step: index for index, step in enumerate(GOODS_TRACK)}


@dataclass(slots=True)
class Unit:
    """What the facts say of one unit. Written by the fold only (it is not frozen for that); read by everyone."""

    ref: str
    order: str
    line: str | None = None
    offset: int = 0
    item: str | None = None
    sku: str | None = None
    product: str | None = None
    method: str | None = None
    reason: str | None = None
    goods: GoodsStep = "expected"
    money: MoneyStep = "started"
    expired: bool = False
    site: str | None = None
    said_disposition: str | None = None
    decided_disposition: str | None = None
    allocation: tuple[str, int] | None = None
    found_at: tuple[str, str] | None = None
    counted: bool = False
    exchange: str | None = None
    since: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def forward(self, step: GoodsStep, at: datetime | None) -> None:
        """Move along the goods track; a step that is behind changes nothing but its time."""
        if _POSITION[step] > _POSITION[self.goods]:
            self.goods = step
        self.told.add(step)
        self.note(step, at)

    def note(self, step: str, at: datetime | None) -> None:
        """Keep the earliest time told for a step."""
        if at is not None and (step not in self.since or at < self.since[step]):
            self.since[step] = at

    def past(self, step: GoodsStep) -> bool:
        """Whether the unit is at that step of the goods track or beyond it."""
        return _POSITION[self.goods] >= _POSITION[step]

    @property
    def never_left(self) -> bool:
        """Expired at the shopper's: nothing was handed in, nothing will come."""
        return self.expired and self.goods == "expected" and self.money == "started"


class Units:
    """The units of one return by every name they go by. Built from all names at once, so order does not matter."""

    def __init__(self, names: Iterable[UnitName]) -> None:
        self.by_ref: dict[str, Unit] = {}
        self.ambiguous: list[UnitName] = []
        self._by_name: dict[tuple[str, ...], Unit] = {}
        self._by_sku: dict[tuple[str, str], list[Unit]] = {}
        known = list(dict.fromkeys(names))
        refs = _first_refs(known)
        for name in known:
            if name.line is not None:
                self._join_line(name, refs)
        self._join_items([name for name in known if name.line is None and name.item is not None])
        for unit in self.by_ref.values():
            if unit.sku is not None:
                self._by_sku.setdefault((unit.order, unit.sku), []).append(unit)
        for name in known:
            if name.line is None and name.item is None:
                self._join_sku(name)

    def get(self, name: UnitName) -> Unit | None:
        """The unit of that name; None when the name is ambiguous."""
        if name.item is not None and (unit := self._by_name.get(("item", name.item))) is not None:
            return unit
        if name.line is not None:
            return self._by_name.get(("line", name.order, name.line, str(name.offset)))
        return self._by_name.get(("sku", name.order, name.sku or ""))

    def resolve(self, ref: str) -> Unit | None:
        """The unit a document calls ``ref``, also when it has become known by another name since."""
        return self.by_ref.get(ref) or self._by_name.get(("item", ref)) or self._by_name.get(("ref", ref))

    def matching(self, name: UnitName) -> list[Unit]:
        """All units a name of several units (a line, a SKU, an item) speaks of, in the order of their refs."""
        found = [
            unit
            for unit in self.by_ref.values()
            if (not name.order or unit.order == name.order)
            and (
                unit.item == name.item
                if name.item is not None
                else unit.line == name.line
                if name.line is not None
                else unit.sku == name.sku
            )
        ]
        return sorted(found, key=lambda unit: unit.ref)

    def _join_line(self, name: UnitName, refs: dict[UnitName, str]) -> None:
        line_key = ("line", name.order, str(name.line), str(name.offset))
        unit = self._by_name.get(line_key)
        if unit is None:
            unit = Unit(refs[name], name.order, name.line, name.offset)
            self._by_name[line_key] = unit
            self._by_name[("ref", f"{name.order}-{name.line}-{name.offset}")] = unit
            self.by_ref[unit.ref] = unit
        unit.sku = unit.sku or name.sku
        if name.item is not None:
            bound = self._by_name.setdefault(("item", name.item), unit)
            if bound is not unit or unit.item not in (None, name.item):
                self.ambiguous.append(name)
            else:
                unit.item = name.item

    def _join_items(self, names: list[UnitName]) -> None:
        unknown = [name for name in names if ("item", str(name.item)) not in self._by_name]
        wanted: Counter[tuple[str, str | None]] = Counter((name.order, name.sku) for name in unknown if name.sku)
        free: dict[tuple[str, str | None], list[Unit]] = {}
        for unit in self.by_ref.values():
            if unit.item is None:
                free.setdefault((unit.order, unit.sku), []).append(unit)
        for name in unknown:
            slot = (name.order, name.sku)
            if wanted[slot] == 1 and len(free.get(slot, ())) == 1:
                unit = free[slot][0]
                unit.item = name.item
            else:
                ref = str(name.item)
                unit = self.by_ref.setdefault(ref, Unit(ref, name.order, item=name.item))
            unit.sku = unit.sku or name.sku
            self._by_name[("item", str(name.item))] = unit

    def _join_sku(self, name: UnitName) -> None:
        candidates = self._by_sku.get((name.order, name.sku or ""), ())
        if len(candidates) == 1:
            self._by_name[("sku", name.order, name.sku or "")] = candidates[0]
        elif name.sku is not None and not candidates:
            unit = Unit(f"{name.order}-{name.sku}", name.order, sku=name.sku)
            self.by_ref[unit.ref] = unit
            self._by_name[("sku", name.order, name.sku)] = unit
        else:
            self.ambiguous.append(name)


def _first_refs(names: list[UnitName]) -> dict[UnitName, str]:
    """A line's ref is the first name it was told by, so that it stays what documents already call it."""
    items_first: dict[str, bool] = {}
    for name in names:
        if name.item is not None and name.item not in items_first:
            items_first[name.item] = name.line is None
    refs: dict[tuple[str, str | None, int], str] = {}
    answer = {}
    for name in names:
        if name.line is None:
            continue
        slot = (name.order, name.line, name.offset)
        if slot not in refs:
            early = name.item is not None and items_first[name.item]
            refs[slot] = str(name.item) if early else f"{name.order}-{name.line}-{name.offset}"
        answer[name] = refs[slot]
    return answer
