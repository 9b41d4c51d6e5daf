"""Mappings, gaps and sheets: what is asked for and what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from ninja import Schema
from pydantic import Field, StringConstraints

from backhaul.domain.mappings import Kind
from backhaul.domain.mappings import ValueMapping as Mapping
from backhaul.flows.map_values import Mapped, Preview
from backhaul.web.api.shapes.values import MoneyOut, Text

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class NameIn(Schema):
    """What a mapping is about. ``site`` and ``sku_class`` are ``*`` for any."""

    kind: Kind
    value: Word
    site: Text = "*"
    sku_class: Text = "*"

    def leading_to(self, target: str) -> Mapping:
        return Mapping(self.kind, self.value, target, self.site, self.sku_class)


class ChangeIn(NameIn):
    """``target`` is what the value leads to from now on; null ends the mapping."""

    target: Word | None
    why: Note = ""


class ChangesIn(Schema):
    """All of them are made, or none. ``why`` is kept with those that have none of their own."""

    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=500)]
    why: Note = ""


class UndoIn(NameIn):
    why: Note = ""


class SheetIn(Schema):
    """``sheet`` is CSV as it was exported, edited. What is not in it ends, unless ``keep_others``."""

    sheet: Annotated[str, StringConstraints(max_length=1_000_000)]
    apply: bool = False
    keep_others: bool = False
    why: Note = ""


class NameOut(Schema):
    kind: str
    value: str
    site: str
    sku_class: str


class MappingOut(NameOut):
    """``target`` is null where the mapping ended; ``before`` is what it led to before, null where it was not mapped."""

    target: str | None
    before: str | None
    set_by: str
    set_at: datetime
    why: str


class MappingsOut(Schema):
    rows: list[MappingOut]
    next: str


class VersionOut(Schema):
    """One version of a mapping; ``target`` is null where it ended."""

    target: str | None
    set_by: str
    set_at: datetime
    why: str


class SuggestionOut(Schema):
    """``score`` is how near it is, 100 being the same; ``because`` is where the target is known from."""

    target: str
    score: int
    because: str


class WaitingOut(Schema):
    """What waits for a gap. ``value`` is what the units cost, ``at_risk`` what their exceptions state.

    ``whole`` is false where more waits than was counted.
    """

    units: int
    returns: int
    messages: int
    documents: int
    value: list[MoneyOut]
    at_risk: list[MoneyOut]
    whole: bool


class GapOut(NameOut):
    """A value that leads nowhere; ``count`` is how often messages carried it in the last 90 days."""

    count: int
    first_at: datetime
    last_at: datetime
    waiting: WaitingOut
    suggestions: list[SuggestionOut]


class LeadsToOut(Schema):
    place: str
    units: int


class ConsequenceOut(Schema):
    """What comes of changes: of a preview what would, else what did.

    ``units`` in ``returns`` lead somewhere by them that led nowhere, ``value`` is what they cost. ``elsewhere`` are
    units that led somewhere else, ``nowhere`` those that would wait again. ``decided`` returns were decided anew,
    ``left`` more are within seconds, and ``still`` units wait on; null in a preview.
    """

    changes: int
    units: int
    returns: int
    value: list[MoneyOut]
    leads_to: list[LeadsToOut]
    elsewhere: int
    nowhere: int
    reasons: int
    messages: int
    documents: int
    whole: bool
    decided: int | None
    left: int | None
    still: int | None
    says: str

    @classmethod
    def of(cls, came: Preview | Mapped) -> Self:
        weight = came.weight
        done = (came.decided, came.left, came.still) if isinstance(came, Mapped) else (None, None, None)
        return cls(
            changes=len(came.fresh), units=weight.units, returns=weight.returns,
            value=[MoneyOut(minor=one.minor, currency=one.currency) for one in weight.value],
            leads_to=[LeadsToOut(place=place, units=many) for place, many in sorted(weight.leads_to.items())],
            elsewhere=weight.elsewhere, nowhere=weight.nowhere,
            reasons=weight.reasons, messages=came.messages, documents=came.refused,
            whole=weight.whole, decided=done[0], left=done[1], still=done[2], says=str(came),
        )  # fmt: skip


class SheetChangeOut(NameOut):
    """``line`` is 0 for what is not in the sheet and ends; ``was`` and ``becomes`` are null where nothing is mapped."""

    line: int
    was: str | None
    becomes: str | None


class SheetOut(Schema):
    """``came`` is what would come of it, or did where it was applied."""

    applied: bool
    changes: list[SheetChangeOut]
    came: ConsequenceOut
