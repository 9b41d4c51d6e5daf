"""What may arrive instead of a message: cut, flipped, nested, of other types; seeded, so that a finding comes back."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

_VALUES: tuple[Any, ...] = (
    None, "", " ", "\x00", "\ud800", "x" * 300, "✓", -1, 0, 10**30, 1.5, True, [], {}, [[]], {"a": 1}, "2026-13-45",
    "NaN",
)  # fmt: skip
_BODIES = (
    b"", b"\x00", b"\xff\xfe", b"null", b"true", b"1", b"[]", b"{}", b'""', b"NaN", b"[" * 5000, b'{"a":' * 5000,
    b"[{}]", b"[null]", b'{"event": null}', b'{"kind": []}', b"{" + b" " * 1000 + b"}",
)  # fmt: skip


def rubbish(body: bytes, dice: random.Random, count: int) -> Iterator[bytes]:
    """``count`` spoilt bodies made of a good one, after the ones nobody should send at all."""
    yield from _BODIES
    for _ in range(count):
        yield _bytes_spoilt(body, dice) if dice.random() < 0.4 else _value_spoilt(body, dice)


def _bytes_spoilt(body: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(body) + 1)
    match dice.randrange(3):
        case 0:
            return body[:place]
        case 1:
            return body[:place] + bytes([dice.randrange(256)]) + body[place:]
        case _:
            return body[:place] + bytes([dice.randrange(256)]) + body[place + 1 :]


def _value_spoilt(body: bytes, dice: random.Random) -> bytes:
    """One value somewhere in it replaced, or taken away."""
    try:
        content = json.loads(body)
    except ValueError:
        return _bytes_spoilt(body, dice)
    content = copy.deepcopy(content)
    slots: list[tuple[Any, Any]] = []
    _collect(content, slots)
    if not slots:
        return json.dumps(dice.choice(_VALUES)).encode()
    holder, name = dice.choice(slots)
    if isinstance(holder, dict) and dice.random() < 0.3:
        del holder[name]
    else:
        holder[name] = dice.choice(_VALUES)
    return json.dumps(content).encode()


def _collect(value: Any, slots: list[tuple[Any, Any]]) -> None:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        slots.append((value, name))
        _collect(inner, slots)
