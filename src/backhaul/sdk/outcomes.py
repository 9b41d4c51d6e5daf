"""What looking for a document finds and what doing an effect comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from backhaul.domain.effects import Effect
from backhaul.domain.facts import Fact
from backhaul.domain.orders import FrozenOrder

E = TypeVar("E", bound=Effect)


@dataclass(frozen=True, slots=True)
class Task:
    """One effect to be done: its key, what it builds on and the order it belongs to.

    ``references`` maps the keys of effects it builds on to their documents' references. ``known`` are all documents
    of the return that are on record: a document of this return that is not among them was made before a restore.
    ``others`` are the keys of the other effects of the order: a document that carries one is that effect's, also while
    nobody knows yet that it is there.
    ``recovered``: the deployment was restored since its beginning, so ``find`` looks by natural keys as well;
    ``restored_at`` is when.
    ``recorded``: then also the effects of the order that are done, by their documents: what of a document is theirs is
    nobody else's.
    ``adopt``: the return is older than the connection's go-live: what exists is adopted by its natural keys, nothing is
    created; Absent then becomes an exception.
    ``stated`` are the ids of refunds that their sources have told of for other returns of the order.
    ``tried_since``: when it was first attempted, None where nobody says. A system that forgets needs it: what is older
    than its memory cannot be looked for.
    """

    key: str
    effect: Effect
    references: Mapping[str, str] = field(default_factory=dict)
    order: FrozenOrder | None = None
    adopt: bool = False
    known: frozenset[str] = frozenset()
    recovered: bool = False
    others: frozenset[str] = frozenset()
    recorded: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)
    restored_at: datetime | None = None
    tried_since: datetime | None = None
    stated: frozenset[str] = frozenset()

    def effect_as(self, kind: type[E]) -> E:
        """The effect in its type. Raises TypeError where the wiring gave it to the wrong pair."""
        if not isinstance(self.effect, kind):
            raise TypeError(f"{self.key} is no {kind.__name__}")
        return self.effect


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked for and not there."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Begun: ``reference`` is the document and ``step`` the next step to take."""

    reference: str
    step: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one document answers to the effect: a person must say which."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The document is there and complete.

    ``facts`` are what the other system answered (look-up, adoption). ``left``: keys of members of a batch that it did
    not take; they go into the next batch.
    """

    reference: str
    facts: tuple[Fact, ...] = ()
    adopted: bool = False
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: look again after ``wait_s`` seconds. Nothing was begun or what was begun is found again."""

    why: str
    wait_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Refused:
    """The other system will not do it, or we must not: a person decides. ``kind`` names the exception."""

    why: str
    kind: str = "effect-refused"


Found = Absent | Partial | Done | Ambiguous
Outcome = Done | Later | Refused


class CannotLook(Exception):
    """The other system cannot be asked whether it has the document: only what was never sent may be done."""


class WireError(Exception):
    """Something went wrong between us and the other system."""


class NotSent(WireError):
    """No byte of the request left us (refused, no such host, lease too short): it did not happen."""


class Unsure(WireError):
    """It may have happened: time-out, cut connection, 5xx. Look before doing anything again.

    ``wait_s``: for so long the other system may still be at it, and a look would come too early.
    """

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Throttled(WireError):
    """Not done, the quota is used up. Nothing goes to this connection for ``wait_s`` seconds."""

    def __init__(self, why: str, wait_s: float) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Rejected(WireError):
    """Answered with a 4xx: it did not happen. ``status_code`` and ``text`` are the other system's own."""

    def __init__(self, why: str, status_code: int, text: str) -> None:
        super().__init__(why)
        self.status_code, self.text = status_code, text
