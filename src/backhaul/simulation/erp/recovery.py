"""Documents that a restored deployment has forgotten: found by the units they are about, adopted, never made again."""

from __future__ import annotations

from collections import Counter

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Task
from backhaul.simulation.erp.books import Record
from backhaul.simulation.erp.client import Erp
from backhaul.simulation.erp.papers import Paper

_COUNTS = ("posted", "closed")


def found_by_nature(task: Task, paper: Paper, erp: Erp) -> Found:
    """A forgotten document about just these units; one that is about some of them needs a person."""
    forgotten = [one for one in erp.search(paper.kind, order=paper.order) if _is_forgotten(one, task)]
    if isinstance(task.effect, e.FlushStock):
        return _flushed(task.effect, forgotten)
    if isinstance(task.effect, e.RecordRefund | e.CorrectCreditNote):
        touching = [one for one in forgotten if one["head"].get("on") == paper.head["on"] and not _alike(one["head"])]
    else:
        touching = [one for one in forgotten if _alike(paper.trace) & _alike(one["head"])]
    whole = [one for one in touching if one["state"] in _COUNTS and same(one["head"], paper)]
    if whole:
        return Done(whole[0]["id"], adopted=True)
    return Ambiguous(tuple(one["id"] for one in touching)) if touching else Absent()


def _is_forgotten(one: Record, task: Task) -> bool:
    """On no record, nobody else's, and not taken back."""
    return one["id"] not in task.known and one["reference"] not in task.others and one["state"] != "cancelled"


def same(head: Record, paper: Paper) -> bool:
    """Whether a document is about as many units of each sold line, and money, as it should be."""
    same_money = paper.kind not in ("credit", "payment") or head["minor"] == paper.trace["minor"]
    return same_money and _alike(head) == _alike(paper.trace)


def _alike(head: Record) -> Counter[tuple[str, str]]:
    """How many units of each sold line go where. Which of several alike is which may be told otherwise next time."""
    return Counter((stem(unit), place) for unit, place in head["about"])


def stem(unit: str) -> str:
    """A unit's name without its place in the line."""
    return unit.rpartition("-")[0] or unit


def _flushed(flush: e.FlushStock, forgotten: list[Record]) -> Found:
    """Members that an earlier flush has moved are settled by it; the rest goes into the next one."""
    for one in forgotten:
        moved, left = _alike(one["head"]), []
        for member in flush.members:
            slot = (stem(member.unit), member.location)
            if moved[slot]:
                moved[slot] -= 1
            else:
                left.append(member.key)
        if len(left) < len(flush.members):
            whole = one["state"] in _COUNTS
            return Done(one["id"], adopted=True, left=tuple(left)) if whole else Ambiguous((one["id"],))
    return Absent()
