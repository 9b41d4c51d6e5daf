"""What a connector is: a value that says what it reads, what it can do, and how to reach its system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from backhaul.domain.effects import Effect
from backhaul.domain.mappings import ValueMapping
from backhaul.sdk.messages import Message, Name, Told
from backhaul.sdk.outcomes import Found, Outcome, Task
from backhaul.sdk.signatures import Signature
from backhaul.sdk.wire import Wire


class Settings(BaseModel):
    """Base of every connector's settings: unknown keys are errors, secrets are SecretStr."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Reads:
    """One kind of message and its reader: bytes and settings in, readings out; pure, no clock, no I/O.

    Raises Unreadable or UnknownValue, nothing else, whatever the bytes. Where a message has many rows, those that
    cannot be read come out as RowProblem beside the readings of the others.
    """

    kind: str
    read: Callable[[Message, Any], Told]


@dataclass(frozen=True, slots=True)
class Performs:
    """One sort of effect as a pair: ``find`` looks for what ``do`` would make, by ``key_field``, which carries our key.

    ``do`` is only ever called with what ``find`` answered (Absent or Partial), or with Absent for an effect that
    cannot have been tried. ``visible_after_s``: how long a made document may stay invisible to ``find``.
    ``find`` raises CannotLook where this connection's system cannot be searched. ``offered`` says of settings whether a
    connection with them does it at all. ``irrevocable``: what it does cannot be taken back, so that there is a look
    before the first attempt, too; somebody else may have done it. ``repeatable``: the system knows our key by itself
    and does the same once only; ``find`` need not see it and says Absent for as long as that holds.
    """

    effect: type[Effect]
    find: Callable[[Task, Any], Found]
    do: Callable[[Task, Any, Found], Outcome]
    key_field: str
    searchable: bool = True
    visible_after_s: float = 0.0
    offered: Callable[[Any], bool] = lambda _settings: True
    irrevocable: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A return that is not closed, as a poll may ask about it; the stalest come first."""

    return_id: str
    names: tuple[Name, ...]
    orders: tuple[str, ...]
    last_message_at: datetime
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PollRequest:
    """``cursor`` is what the last answer gave ("" the first time). ``orders`` are asked about by name.

    ``replays`` are the references of what we had done again lately: what became of those is looked up by itself.
    """

    now: datetime
    cursor: str
    returns: tuple[OpenReturn, ...] = ()
    orders: tuple[str, ...] = ()
    replays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Polled:
    """One record a poll brought: kept as a message like any other; the same bytes again are no news.

    Where they are (a file that was changed and changed back), ``delivery`` tells each time from the other.
    ``headers`` are kept with it for people: a file's name.
    """

    kind: str
    body: bytes
    delivery: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What came, where to go on, and the ids of the returns that were ``asked`` about: next time others come first.

    ``again_at_once``: there is more, and it is not to wait for the next time.
    """

    messages: tuple[Polled, ...]
    cursor: str
    asked: tuple[str, ...] = ()
    again_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Polls:
    """Something to ask regularly. ``poll`` gets the connected system and a PollRequest."""

    name: str
    every: timedelta
    poll: Callable[[Any, PollRequest], PollAnswer]


@dataclass(frozen=True, slots=True)
class Replays:
    """How an object that was told as Stranded is done again by its system: started, and looked for afterwards.

    ``start`` gets the connected system, the message's body and the object's key, and answers the reference of what it
    started. It is called once: it may not be repeatable. Raises what the wire raises, and Unreadable, before anything
    is sent, where nothing can be started. ``look`` gets the reference besides: Done where it ended well, Refused where
    it did not, Later while nobody can say.
    """

    start: Callable[[Any, bytes, str], str]
    look: Callable[[Any, bytes, str, str], Outcome]


@dataclass(frozen=True, slots=True)
class Maps:
    """Which ``kinds`` of the merchant's mappings a connection takes up, so that nothing of them stands in its settings.

    ``lay_over`` gives the settings with mappings of those kinds laid over; it leaves words of other systems alone, and
    raises ValueError for one it cannot use. ``targets`` are what a mapping of a kind may lead to, as far as it knows;
    ``values`` those that lead somewhere already, None where every value does or nobody can say.
    """

    kinds: tuple[str, ...]
    lay_over: Callable[[Any, Sequence[ValueMapping]], Any]
    targets: Callable[[Any, str], tuple[str, ...]]
    values: Callable[[Any, str], tuple[str, ...] | None] = lambda _settings, _kind: None


@dataclass(frozen=True, slots=True)
class Connector:
    """One system's language. Discovered as ``connector`` in a folder of backhaul.connectors or by entry point.

    ``identify`` names the kind of a webhook message (raises Unreadable or UnknownValue); ``connect`` gives the object
    that ``find``, ``do`` and ``poll`` get, over a Wire to ``address``; ``check`` tries it, one line per problem;
    ``about`` says, from settings and the number of open returns, what is good to know of such a connection;
    ``link`` gives the address of a document on the system's own screens; ``maps`` says what can be mapped for it;
    ``replays`` does again what was left behind; ``file_kind`` is what a file that a person hands over is read as.
    """

    name: str
    settings: type[Settings]
    reads: tuple[Reads, ...] = ()
    identify: Callable[[Message, Any], str] | None = None
    signature: Callable[[Any], Signature] | None = None
    kept_headers: tuple[str, ...] = ()
    delivery_header: str | None = None
    file_kind: str = ""
    performs: tuple[Performs, ...] = ()
    polls: tuple[Polls, ...] = ()
    connect: Callable[[Any, Wire], Any] | None = None
    address: Callable[[Any], str] = lambda settings: str(settings.base_url)
    check: Callable[[Any], tuple[str, ...]] | None = None
    about: Callable[[Any, int], tuple[str, ...]] | None = None
    link: Callable[[Any, str, str], str | None] | None = None
    concurrency: Callable[[Any], int] = lambda _settings: 4
    maps: Maps | None = None
    replays: Replays | None = None

    def reader(self, kind: str) -> Reads | None:
        """The reader of that kind of message, if there is one."""
        return next((reads for reads in self.reads if reads.kind == kind), None)

    def performer(self, effect: type[Effect]) -> Performs | None:
        """The pair for that sort of effect, if this system can do it."""
        return next((performs for performs in self.performs if performs.effect is effect), None)
