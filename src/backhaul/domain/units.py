"""One physical unit of a return: how its names are joined into one, and how far along its two tracks it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from backhaul.domain.decided import Fate
from backhaul.domain.facts import ApprovalDecided, FateDecided, UnitName
from backhaul.domain.money import Money

GoodsStep = Literal["expected", "dropped-off", "shipped", "received", "inspected"]
MoneyStep = Literal["started", "approved"]
GOODS_TRACK: tuple[GoodsStep, ...] = ("expected", "dropped-off", "shipped", "received", "inspected")
_POSITION = {step: index for index, step in enumerate(GOODS_TRACK)}
_Slot = tuple[str, str, int]
_Kind = tuple[str, str | None]


@dataclass(slots=True)
class Unit:
    """What the facts say of one unit. Written by the fold only (it is not frozen for that); read by everyone.

    ``spare`` are further sold units, given to it by names that turned out to be its own.
    ``sku_class`` is what the policy says of its SKU, where that plays a part.
    ``decided`` is the newest decision of a person about its fate, ``approval`` the newest about having it paid for.
    ``missing``: it was looked for and not found.
    ``turn`` counts how often its sold unit was given back: what was opened in an earlier turn is not for it any more.
    """

    ref: str
    order: str
    line: str | None = None
    offset: int = 0
    item: str | None = None
    sku: str | None = None
    sku_class: str = ""
    product: str | None = None
    method: str | None = None
    reason: str | None = None
    goods: GoodsStep = "expected"
    money: MoneyStep = "started"
    audited: bool = False
    released: bool = False
    declined: bool = False
    expired: bool = False
    cancelled: bool = False
    kept: bool = False
    decided: FateDecided | None = None
    approval: ApprovalDecided | None = None
    missing: bool = False
    site: str | None = None
    said_disposition: str | None = None
    decided_disposition: str | None = None
    found_sku: str | None = None
    allocation: tuple[str, int] | None = None
    spare: list[tuple[str, int]] = field(default_factory=list)
    turn: int = 0
    found_at: tuple[str, str] | None = None
    counted: bool = False
    exchange: str | None = None
    exchange_value: Money | None = None
    refunded_instead: str | None = None
    since: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    shipments: set[str] = field(default_factory=set)

    def forward(self, step: GoodsStep, at: datetime | None) -> None:
        """Move along the goods track; a step that is behind changes nothing but its time."""
        if _POSITION[step] > _POSITION[self.goods]:
            self.goods = step
        self.told.add(step)
        self.note(step, at)

    def take(self, sold: tuple[str, int]) -> None:
        """Be given a sold unit; one it had by another name is spare from then on."""
        if self.allocation is not None and self.allocation != sold:
            self.spare.append(self.allocation)
        self.allocation = sold

    def holds(self, order: str, sold: tuple[str, int]) -> bool:
        """Whether that sold unit of that order is its own or spare."""
        return self.order == order and (self.allocation == sold or sold in self.spare)

    def give_back(self, sold: tuple[str, int]) -> None:
        """The sold unit is another return's to have."""
        if sold in self.spare:
            self.spare.remove(sold)
        else:
            self.allocation = None
            self.turn += 1

    def note(self, step: str, at: datetime | None) -> None:
        """Keep the earliest time told for a step."""
        if at is not None and (step not in self.since or at < self.since[step]):
            self.since[step] = at

    def past(self, step: GoodsStep) -> bool:
        """Whether the unit is at that step of the goods track or beyond it."""
        return _POSITION[self.goods] >= _POSITION[step]

    def decide(self, decision: FateDecided) -> None:
        """Take a person's decision, unless a newer one is known."""
        if self.decided is None or _newness(decision) > _newness(self.decided):
            self.decided = decision

    def let(self, decision: ApprovalDecided) -> None:
        """Take a person's word on having it paid for, unless a newer one is known."""
        if self.approval is None or _newness(decision) > _newness(self.approval):
            self.approval = decision

    @property
    def fate(self) -> Fate | None:
        """What a person decided; None while nobody did, ``awaited`` once such a decision was taken back."""
        return self.decided.fate if self.decided is not None else None

    @property
    def arrived(self) -> bool:
        """Whether somebody at a warehouse has it in hand."""
        return self.past("received") and not self.missing

    @property
    def held(self) -> bool:
        """Whether the platform is still looking at it before it pays anything."""
        return self.audited and not self.released

    @property
    def vouched(self) -> bool:
        """Whether the platform's word stands that its refund goes out."""
        return self.money == "approved" and not self.held and not self.declined

    @property
    def never_left(self) -> bool:
        """Nothing of it will come and nothing is owed for it: expired or called off at the shopper's, or a person says
        so. What is in hand is in hand, whatever was said."""
        if self.arrived or self.stays:
            return False
        if self.fate is not None:
            return self.fate == "not-returned"
        return (self.expired or self.cancelled) and self.goods == "expected" and self.money == "started"

    @property
    def stays(self) -> bool:
        """The shopper keeps it and is refunded, as long as it was not handed in all the same."""
        if self.goods != "expected":
            return False
        return self.fate == "kept" or (self.kept and self.fate is None)

    @property
    def given_up(self) -> bool:
        """It was to come and a person says that it will not: the loss is ours or somebody's who is asked for it."""
        return self.fate in ("lost", "claimed") and not self.arrived

    @property
    def absent(self) -> bool:
        """Nothing of it is in hand, nothing is to come any more, and its money is another matter."""
        return self.stays or self.given_up


class Units:
    """The units of one return by every name they go by. Built from all names at once, so order does not matter.

    A name that could mean several units means none: it is listed in ``ambiguous``, what is told by it waits, and
    documents made out by it before it became ambiguous count for a unit it may have meant.
    """

    def __init__(self, names: Iterable[UnitName]) -> None:
        self.by_ref: dict[str, Unit] = {}
        self.ambiguous: list[UnitName] = []
        self._slots: dict[_Slot, Unit] = {}
        self._items: dict[str, Unit] = {}
        self._skus: dict[_Kind, Unit] = {}
        self._stand_ins: dict[str, Unit] = {}
        known = list(dict.fromkeys(names))
        self._join_lines([name for name in known if name.line is not None])
        self._join_items([name for name in known if name.line is None and name.item is not None])
        self._join_skus([name for name in known if name.line is None and name.item is None])

    def get(self, name: UnitName) -> Unit | None:
        """The unit of that name; None when the name is ambiguous or was never told."""
        if name.line is not None:
            return self._slots.get((name.order, name.line, name.offset))
        if name.item is not None:
            return self._items.get(name.item)
        return self._skus.get((name.order, name.sku))

    def resolve(self, ref: str) -> Unit | None:
        """The unit a document calls ``ref``, also when it has become known by another name since."""
        return self.by_ref.get(ref) or self._items.get(ref) or self._stand_ins.get(ref)

    def matching(self, name: UnitName) -> list[Unit]:
        """All units a name of several units (a line, a SKU, an item) speaks of, in the order of their refs."""
        found = [unit for unit in self.by_ref.values() if _speaks_of(name, unit)]
        return sorted(found, key=lambda unit: unit.ref)

    def _join_lines(self, names: list[UnitName]) -> None:
        items: dict[_Slot, set[str]] = {}
        slots: dict[str, set[_Slot]] = {}
        for name in names:
            slot = (name.order, name.line or "", name.offset)
            unit = self._slots.get(slot)
            if unit is None:
                unit = Unit(f"{name.order}-{name.line}-{name.offset}", name.order, name.line, name.offset)
                self._slots[slot] = self.by_ref[unit.ref] = unit
            unit.sku = first(unit.sku, name.sku)
            if name.item is not None:
                items.setdefault(slot, set()).add(name.item)
                slots.setdefault(name.item, set()).add(slot)
        for item, claimed in slots.items():
            if len(claimed) == 1 and len(items[slot := next(iter(claimed))]) == 1:
                self._slots[slot].item = item
                self._items[item] = self._slots[slot]
        self.ambiguous += [name for name in names if name.item is not None and name.item not in self._items]

    def _join_items(self, names: list[UnitName]) -> None:
        """An item without a line is the one line without an item that it fits; a unit of its own where none fits."""
        contested = {name.item for name in self.ambiguous}
        kinds: dict[str, _Kind] = {}
        for name in names:
            item = name.item or ""
            if item in self._items:
                unit = self._items[item]
                unit.sku = unit.sku or name.sku
            else:
                order, sku = kinds.get(item, (name.order, None))
                kinds[item] = (order or name.order, first(sku, name.sku))
        if not kinds:
            return
        groups: dict[_Kind, list[str]] = {}
        for item, kind in kinds.items():
            groups.setdefault(kind, []).append(item)
        for (order, sku), items in sorted(groups.items(), key=repr):
            free = [
                unit
                for unit in self.by_ref.values()
                if unit.order == order and unit.item is None and (sku is None or unit.sku in (None, sku))
            ]
            if len(free) == len(items) == 1 and sku is not None and items[0] not in contested:
                free[0].item, free[0].sku = items[0], sku
                self._items[items[0]] = free[0]
            elif free:
                self._stand_ins.update(zip(sorted(items), sorted(free, key=lambda unit: unit.ref), strict=False))
            else:
                for item in items:
                    self.by_ref[item] = self._items[item] = Unit(item, order, item=item, sku=sku)
        self.ambiguous += [name for name in names if name.item not in self._items]

    def _join_skus(self, names: list[UnitName]) -> None:
        for name in names:
            alike = [unit for unit in self.by_ref.values() if unit.order == name.order and unit.sku == name.sku]
            ref = f"{name.order}-{name.sku}"
            if name.sku is None or len(alike) > 1:
                self.ambiguous.append(name)
            elif alike:
                self._skus[name.order, name.sku] = alike[0]
            else:
                unit = Unit(ref, name.order, sku=name.sku)
                self._skus[name.order, name.sku] = self.by_ref[ref] = unit
            if alike:
                self._stand_ins[ref] = min(alike, key=lambda unit: unit.ref)


def missing_key(return_id: str, unit: Unit) -> str:
    """The key of the exception that a unit is missing."""
    return f"missing-item:{return_id}:{unit.ref}"


def _newness(decision: FateDecided | ApprovalDecided) -> tuple[float, str]:
    return (decision.at.timestamp() if decision.at is not None else 0.0, repr(decision))


def _speaks_of(name: UnitName, unit: Unit) -> bool:
    if name.order and unit.order != name.order:
        return False
    if name.item is not None:
        return unit.item == name.item
    return unit.line == name.line if name.line is not None else unit.sku == name.sku


def first(known: str | None, told: str | None) -> str | None:
    """One of two spellings, the same whichever was told first."""
    return min(known, told) if known is not None and told is not None else known or told
