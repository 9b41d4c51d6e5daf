"""Documents that a restored deployment has forgotten: found by the units they are about, adopted, never made again."""

from __future__ import annotations

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
        same = [one for one in forgotten if _money(one) == (paper.head["on"], _minor(paper.lines))]
        return Done(same[0]["id"], adopted=True) if same else Absent()
    wanted = _pieces(paper.lines)
    touching = [one for one in forgotten if wanted & _pieces(one["lines"])]
    if len(touching) == 1 and _is_whole(touching[0], paper):
        return Done(touching[0]["id"], adopted=True)
    return Ambiguous(tuple(one["id"] for one in touching)) if touching else Absent()


def _is_whole(one: Record, paper: Paper) -> bool:
    same_money = paper.kind != "credit" or _minor(one["lines"]) == _minor(paper.lines)
    return same_money and one["state"] in _COUNTS and _pieces(one["lines"]) == _pieces(paper.lines)


def _is_forgotten(one: Record, task: Task) -> bool:
    """On no record, nobody else's, and not taken back."""
    return one["id"] not in task.known and one["reference"] not in task.others and one["state"] != "cancelled"


def _money(one: Record) -> tuple[str, int]:
    return one["head"].get("on", ""), _minor(one["lines"])


def _minor(lines: tuple[Record, ...] | list[Record]) -> int:
    return sum(line["minor"] for line in lines)


def _pieces(lines: tuple[Record, ...] | list[Record]) -> set[tuple[str, str]]:
    """What the lines are about: each unit and where it goes."""
    return {(unit, line.get("to", "")) for line in lines for unit in line.get("units", ())}


def _flushed(flush: e.FlushStock, forgotten: list[Record]) -> Found:
    """Members that an earlier flush has moved are settled by it; the rest goes into the next one."""
    for one in forgotten:
        had = {unit for unit, place in _pieces(one["lines"]) if place}
        left = tuple(sorted(member.key for member in flush.members if member.unit not in had))
        if len(left) < len(flush.members):
            whole = one["state"] in _COUNTS
            return Done(one["id"], adopted=True, left=left) if whole else Ambiguous((one["id"],))
    return Absent()
