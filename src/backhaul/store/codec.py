"""Facts, effects, orders and policies to JSON and back; the class says how, the row's kind or verb says which class.

Plain statements get jsonb as text and the ORM as values: the readers here take both.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, cast, get_args

import orjson
from pydantic import TypeAdapter

from backhaul.domain.effects import Effect
from backhaul.domain.facts import Fact
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Policy

FACTS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(Fact)}
EFFECTS: dict[str, type[Effect]] = {kind.verb: kind for kind in get_args(Effect)}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _read(kind: Any, body: Any) -> Any:
    adapter = _adapter(kind)
    return adapter.validate_json(body) if isinstance(body, str | bytes) else adapter.validate_python(body)


def to_json(value: object) -> str:
    """Canonical JSON of a domain value: sorted keys, dates in ISO 8601."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def digest(kind: str, text: str) -> bytes:
    """16 bytes that name a fact by what it says."""
    return hashlib.blake2b(f"{kind}\n{text}".encode(), digest_size=16).digest()


def read_fact(kind: str, body: Any) -> Fact:
    """Raises KeyError for an unknown kind, pydantic.ValidationError for a body that is not of that kind."""
    return cast(Fact, _read(cast(Any, FACTS[kind]), body))


def read_effect(verb: str, payload: Any) -> Effect:
    return cast(Effect, _read(cast(Any, EFFECTS[verb]), payload))


def read_order(body: Any) -> FrozenOrder:
    return cast(FrozenOrder, _read(FrozenOrder, body))


def read_policy(body: Any) -> Policy:
    return cast(Policy, _read(Policy, body))
