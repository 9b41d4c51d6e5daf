"""The story of a return: its facts and the documents that followed, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from backhaul.domain.facts import CorrectionDecided, DispositionDecided, ExceptionWaived
from backhaul.store.browse.one_return import Told, WholeReturn
from backhaul.store.codec import read_effect
from backhaul.web.console.gist import gist
from backhaul.web.console.sentences import sentence
from backhaul.web.words import words


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: ``at`` by its source's clock, else when we learned it (``learned`` is True)."""

    at: datetime
    kind: str
    says: str
    tone: str
    learned: bool = False
    message_ids: tuple[int, ...] = ()
    connection: str | None = None


def timeline(whole: WholeReturn) -> tuple[Moment, ...]:
    """Facts and done documents together, the oldest first."""
    moments = _facts(whole.told)
    for row in whole.documents:
        if row.done_at is not None and row.standing == "done":
            how = "adopted" if row.adopted else "done"
            what = gist(read_effect(row.verb, row.payload))
            says = ", ".join(part for part in (words(row.verb), what) if part) + f": {how}"
            says += f", {row.reference}" if row.reference else ""
            moments.append(Moment(row.done_at, row.verb, says, "done", connection=row.connection))
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _facts(told: tuple[Told, ...]) -> list[Moment]:
    """One moment per thing said; a source that says it again, with another time or none, adds its message."""
    said: dict[tuple[str, str | None], Moment] = {}
    for each in told:
        at: datetime | None = getattr(each.fact, "at", None)
        messages = (each.message_id,) if each.message_id is not None else ()
        moment = Moment(
            at or each.recorded_at, each.kind, sentence(each.fact), _tone(each), at is None, messages, each.connection
        )
        slot = (moment.says, each.connection)
        known = said.get(slot)
        said[slot] = moment if known is None else _joined(known, moment)
    return list(said.values())


def _joined(first: Moment, again: Moment) -> Moment:
    """The source's own time counts before the time we learned it, and the earlier before the later."""
    best = min(first, again, key=lambda moment: (moment.learned, moment.at))
    return replace(best, message_ids=tuple(dict.fromkeys((*first.message_ids, *again.message_ids))))


def _tone(told: Told) -> str:
    if isinstance(told.fact, DispositionDecided | ExceptionWaived | CorrectionDecided):
        return "decided"
    return "told" if told.message_id is not None else "ours"
