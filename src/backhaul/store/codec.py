"""Facts, effects, orders and policies to JSON and back; the class says how, the row's kind or verb says which class.

Plain statements get jsonb as text and the ORM as values: the readers here take both.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from typing import Any, get_args

import orjson
from pydantic import TypeAdapter

from backhaul.domain.effects import Effect
from backhaul.domain.facts import Fact
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.domain.products import Product

FACTS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(Fact)}
# What is kept read: so many, of so many characters at most; a stock flush may have a megabyte.
_MOST_KEPT, _LONGEST_KEPT = 32_768, 2_048
EFFECTS: dict[str, type[Effect]] = {kind.verb: kind for kind in get_args(Effect)}


@cache
def _validator(kind: Any) -> Any:
    # Without the adapter around it: that costs as much again, for every fact of every return that is decided.
    return TypeAdapter(kind).validator


def _read(kind: Any, body: Any) -> Any:
    if not isinstance(body, str | bytes):
        return _validator(kind).validate_python(body)
    return _read_text(kind, body) if len(body) <= _LONGEST_KEPT else _validator(kind).validate_json(body)


@lru_cache(maxsize=_MOST_KEPT)
def _read_text(kind: Any, body: str | bytes) -> Any:
    # What one return is made of is read again with every outcome of its effects, and none of it can be changed.
    return _validator(kind).validate_json(body)


def to_json(value: object) -> str:
    """Canonical JSON of a domain value: sorted keys, dates in ISO 8601."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def digest(kind: str, text: str) -> bytes:
    """16 bytes that name a fact by what it says."""
    return hashlib.blake2b(f"{kind}\n{text}".encode(), digest_size=16).digest()


def read_fact(kind: str, body: Any) -> Fact:
    """Raises KeyError for an unknown kind, pydantic.ValidationError for a body that is not of that kind."""
    fact: Fact = _read(FACTS[kind], body)
    return fact


def read_effect(verb: str, payload: Any) -> Effect:
    effect: Effect = _read(EFFECTS[verb], payload)
    return effect


def read_order(body: Any) -> FrozenOrder:
    order: FrozenOrder = _read(FrozenOrder, body)
    return order


def read_product(body: Any) -> Product:
    product: Product = _read(Product, body)
    return product


def read_policy(body: Any) -> Policy:
    policy: Policy = _read(Policy, body)
    return policy


def policy_body(policy: Policy) -> str:
    """The policy as it is kept with its version."""
    return to_json(TypeAdapter(Policy).dump_python(policy, mode="json"))
