"""The two tracks of each unit, goods and money, as far as facts and done documents have brought it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backhaul.domain import effects as e
from backhaul.domain.approvals import unnamed, why_not
from backhaul.domain.credits import PROVISIONAL
from backhaul.domain.facts import RefundConfirmed
from backhaul.domain.money import Money
from backhaul.domain.settlements import gross_minor
from backhaul.domain.units import GOODS_TRACK, GoodsStep, Unit
from backhaul.store.browse.documents import DocumentRow
from backhaul.store.browse.one_return import WholeReturn
from backhaul.store.codec import read_effect, to_json

_GOODS_WORDS: dict[GoodsStep, str] = {
    "expected": "announced",
    "dropped-off": "dropped off",
    "shipped": "shipped on",
    "received": "received",
    "inspected": "inspected",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a track: reached or not, when by its source's clock, and what there is to add."""

    name: str
    at: datetime | None = None
    reached: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitTracks:
    """One unit with its two tracks. ``decidable``: it was inspected and rests nowhere for good, so a
    person may decide what it is. ``payable``: a person may have the platform pay for it, ``worth`` what was paid."""

    unit: Unit
    goods: tuple[Step, ...]
    money: tuple[Step, ...]
    condition: str
    decidable: bool
    payable: bool = False
    worth: Money | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """A document of this return with the effect it was made from."""

    row: DocumentRow
    effect: e.Effect

    @property
    def done(self) -> bool:
        return self.row.standing == "done"


def tracks(whole: WholeReturn) -> tuple[UnitTracks, ...]:
    """The units in the order of their refs."""
    papers = [
        _Done(row, read_effect(row.verb, to_json(row.payload))) for row in whole.documents if row.standing != "moot"
    ]
    return tuple(_tracks(whole, whole.state.units[ref], papers) for ref in sorted(whole.state.units))


def _tracks(whole: WholeReturn, unit: Unit, papers: list[_Done]) -> UnitTracks:
    condition = unit.decided_disposition or unit.said_disposition or ""
    goods = _goods(whole, unit, papers)
    unsettled = not goods[-1].reached or goods[-1].note == "quarantine"
    money = _money(whole, unit, papers)
    return UnitTracks(
        unit,
        goods,
        money,
        condition,
        decidable=bool(condition) and unsettled,
        payable=_is_payable(whole, unit, money, papers),
        worth=_worth(whole, unit),
    )


def _is_payable(whole: WholeReturn, unit: Unit, money: tuple[Step, ...], papers: list[_Done]) -> bool:
    """Whether a person may have the platform pay for it, as far as the page can tell: whoever decides looks again."""
    if whole.policy is None or whole.policy.approve_refunds == "never":
        return False
    told = any(isinstance(paper.effect, e.ApproveRefund) and paper.effect.item == unit.item for paper in papers)
    paid = {unit.ref} if any(step.reached for step in money if step.name in ("refunded", "credited")) else set()
    return not (told or why_not(whole.state, unit, paid) or unnamed(whole.state, unit))


def _worth(whole: WholeReturn, unit: Unit) -> Money | None:
    order = whole.state.orders.get(unit.order)
    return Money(gross_minor([unit], order), order.currency) if order is not None else None


def _goods(whole: WholeReturn, unit: Unit, papers: list[_Done]) -> tuple[Step, ...]:
    if unit.never_left:
        return (Step("announced", unit.since.get("started")), Step("expired", unit.since.get("expired")))
    steps = [
        Step(_GOODS_WORDS[step], unit.since.get("started" if step == "expected" else step), unit.past(step))
        for step in GOODS_TRACK
        if step != "shipped" or "shipped" in unit.told or not unit.past("received")
    ]
    place, at = _place(whole, unit, papers)
    return (*steps, Step("put away", at, bool(place), place))


def _place(whole: WholeReturn, unit: Unit, papers: list[_Done]) -> tuple[str, datetime | None]:
    """The account the ledger says the unit rests in, with the time of the document that put it there."""
    if unit.found_at is not None:
        return unit.found_at[1], None
    place, at = "", None
    for paper in papers:
        effect = paper.effect
        if not paper.done or not isinstance(effect, e.PutAway | e.Restock):
            continue
        lines = effect.lines if isinstance(effect, e.PutAway) else (effect.line,)
        if _covers(whole, lines, unit):
            place = effect.account if isinstance(effect, e.PutAway) else f"stock {effect.location}"
            at = paper.row.done_at
    if not place:
        prefix = f"placed:{whole.row.id}:{unit.ref}:"
        place = next((each.posting.destination for each in whole.booked if each.cause.startswith(prefix)), "")
    return place, at


def _money(whole: WholeReturn, unit: Unit, papers: list[_Done]) -> tuple[Step, ...]:
    if unit.never_left:
        return ()
    note = next((paper for paper in papers if _credits(whole, paper.effect, unit)), None)
    effect = note.effect if note is not None else None
    refund = effect.refund if isinstance(effect, e.IssueCreditNote) else ""
    confirmed = _confirmed(whole, unit, refund)
    recorded = next((paper for paper in papers if paper.done and _records(paper.effect, refund)), None)
    credited = note is not None and note.done
    return (
        Step("started", unit.since.get("started")),
        Step("approved", unit.since.get("approved"), unit.money == "approved" or confirmed is not None),
        Step(
            "refunded",
            confirmed.at if confirmed is not None else None,
            confirmed is not None or (refund.startswith(PROVISIONAL) and credited),
            "" if confirmed is not None or not credited else "by the platform's word",
        ),
        Step("credited", note.row.done_at if note is not None else None, credited, _reference(note)),
        Step("recorded", recorded.row.done_at if recorded is not None else None, recorded is not None),
    )


def _confirmed(whole: WholeReturn, unit: Unit, refund: str) -> RefundConfirmed | None:
    name = refund.split("~", 1)[0]
    for key, known in whole.state.refunds.items():
        fact = known.confirmed
        if fact is None or fact.order != unit.order:
            continue
        mine = not fact.units or any(whole.state.names.get(each) is unit for each in fact.units)
        if key == name or (not name and mine):
            return fact
    return None


def _credits(whole: WholeReturn, effect: e.Effect, unit: Unit) -> bool:
    return isinstance(effect, e.IssueCreditNote) and _covers(whole, effect.lines, unit)


def _records(effect: e.Effect, refund: str) -> bool:
    return bool(refund) and isinstance(effect, e.RecordRefund) and effect.refund == refund


def _covers(whole: WholeReturn, lines: tuple[e.DocumentLine, ...], unit: Unit) -> bool:
    return any(whole.state.names.resolve(ref) is unit for line in lines for ref in line.units)


def _reference(paper: _Done | None) -> str:
    return (paper.row.reference or "") if paper is not None and paper.done else ""
