"""What comes in: a message word for word, and what a connector reads out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.domain.facts import Fact
from backhaul.domain.money import Money
from backhaul.domain.products import Product


@dataclass(frozen=True, slots=True)
class Message:
    """One thing received. ``headers`` have lower-case names and only those the connector declares it keeps.

    ``kind`` is the connector's name for the sort of message, given by polls and unknown ("") for webhooks.
    """

    connection: str
    body: bytes = field(repr=False)
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a return at its source. ``kind`` is one of NAME_KINDS; ``value`` is a string, never blank."""

    kind: str
    value: str


NAME_KINDS = ("return", "express", "rma", "bag", "label")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says of one return (and of one order of it, where it says which).

    ``names`` strongest first; empty when the message knows only the order number.
    """

    names: tuple[Name, ...]
    order: str | None
    facts: tuple[Fact, ...]
    initiated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row of a message of many rows that could not be read, while the others were. ``line`` counts from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Stranded:
    """One object that a flow of another system failed to process, and that is somebody's to see through.

    ``key`` names it for ever within its connection. ``about`` is what people know it by, ``cause`` why it failed, in
    words that it shares with others of the same cause; ``value`` is what is at risk, ``order`` the order it belongs to.
    """

    key: str
    about: str
    cause: str
    value: tuple[Money, ...] = ()
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """The message says that there is news and not which: its connection is polled at once. ``about`` is for people."""

    about: str


Told = tuple[Reading | Product | RowProblem | Stranded | Prompt, ...]
"""What a reader got out of a message: one reading per return, what is said of products, the rows it could make nothing
of, the objects that another system left behind, and whether its source is to be asked for more."""


def readings_of(told: Told) -> tuple[Reading, ...]:
    return tuple(one for one in told if isinstance(one, Reading))


def products_of(told: Told) -> tuple[Product, ...]:
    return tuple(one for one in told if isinstance(one, Product))


def problems_of(told: Told) -> tuple[RowProblem, ...]:
    return tuple(one for one in told if isinstance(one, RowProblem))


def stranded_of(told: Told) -> tuple[Stranded, ...]:
    return tuple(one for one in told if isinstance(one, Stranded))


def prompts(told: Told) -> bool:
    return any(isinstance(one, Prompt) for one in told)


class Unreadable(Exception):
    """The body is not what its source documents: not JSON, or a required part is missing."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{what} at {where}" if where else what)
        self.what, self.where = what, where


class UnknownValue(Exception):
    """A value nobody has told us the meaning of. Add an alias for it in the connection's settings, then replay."""

    def __init__(self, field_name: str, value: str) -> None:
        super().__init__(f"{field_name} has the unknown value {value!r}; add an alias for it and replay the message")
        self.field_name, self.value = field_name, value
