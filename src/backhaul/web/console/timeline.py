"""The story of a return: its facts and the documents that followed, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backhaul.store.browse.one_return import Told, WholeReturn
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
    message_id: int | None = None
    connection: str | None = None
    recorded_at: datetime | None = None


def timeline(whole: WholeReturn) -> tuple[Moment, ...]:
    """Facts and done documents together, the oldest first."""
    moments = [_told(each) for each in whole.told]
    for row in whole.documents:
        if row.done_at is not None and row.standing == "done":
            how = "adopted" if row.adopted else "done"
            says = f"{words(row.verb)}: {how}" + (f", {row.reference}" if row.reference else "")
            moments.append(Moment(row.done_at, row.verb, says, "done", connection=row.connection))
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _told(told: Told) -> Moment:
    at: datetime | None = getattr(told.fact, "at", None)
    tone = "decided" if told.message_id is None else "told"
    return Moment(
        at or told.recorded_at,
        told.kind,
        sentence(told.fact),
        tone,
        at is None,
        told.message_id,
        told.connection,
        told.recorded_at,
    )
