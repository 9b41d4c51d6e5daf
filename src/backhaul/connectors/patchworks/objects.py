"""A failed run as the objects that were in it: each with its name, cause and worth, and to be run again alone."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from jsonpointer import JsonPointer, JsonPointerException
from pydantic import BaseModel, ConfigDict

from backhaul.connectors.patchworks.acts import failure_of
from backhaul.connectors.patchworks.settings import FlowTable, PatchworksSettings, WatchTable
from backhaul.connectors.patchworks.shapes import Line, RunSeen, line_of, run_of
from backhaul.domain.money import Money, exponent
from backhaul.sdk.bodies import decoded, validated
from backhaul.sdk.messages import Unreadable

_NAME_MOST = 100
_CODE = re.compile("[A-Z]{3}").fullmatch


class _Kept(BaseModel):
    """A message of the companion's."""

    model_config = ConfigDict(extra="forbid", strict=True)

    run: dict[str, Any]
    logs: list[Any]
    payloads: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class FailedObject:
    """One object of a failed run. ``place`` counts from 1, 0 where the payload does not fall into objects or is gone.

    ``blamed``: the log names it. ``flow`` takes it again; ``failed`` is the flow that did not.
    """

    run_id: str
    failed: str
    flow: FlowTable
    place: int
    name: str
    cause: str
    blamed: bool = False
    value: Money | None = None
    order: str | None = None


def objects_of(body: bytes, settings: PatchworksSettings) -> tuple[FailedObject, ...]:
    """The objects of a kept run, those first that its log blames. Raises Unreadable."""
    kept = validated(_Kept, decoded(body))
    run, lines = run_of(kept.run), [line_of(row) for row in kept.logs]
    table = settings.watched(run.flow) or WatchTable()
    flow = table.replay or FlowTable(flow=_flow_id(run))
    text, lost = _text(kept.payloads, lines, table)
    cause = failure_of(run, lines)
    if text is None:
        return (FailedObject(run.run_id, run.flow, flow, 0, "", f"{cause} ({lost})" if lost else cause),)
    try:
        each = _array(decoded(text.encode()), table.objects)
    except (Unreadable, UnicodeEncodeError):
        return (FailedObject(run.run_id, run.flow, flow, 0, "", f"{cause} (its payload does not fall into objects)"),)
    found = []
    for place, one in enumerate(each):
        name, order = _name(one, table.name), _name(one, table.order) or None
        line = _blaming(name, lines)
        said = cause if line is None else f"{line.step or 'a step'}: {line.text}"
        value, blamed = _value(one, table), line is not None
        found.append(FailedObject(run.run_id, run.flow, flow, place + 1, name, said, blamed, value, order))
    return tuple(sorted(found, key=lambda one: not one.blamed))


def alone(body: bytes, settings: PatchworksSettings, place: int) -> bytes:
    """The payload of a kept run with that object only, to be started again. Raises Unreadable where there is none."""
    kept = validated(_Kept, decoded(body))
    run, lines = run_of(kept.run), [line_of(row) for row in kept.logs]
    table = settings.watched(run.flow) or WatchTable()
    text, lost = _text(kept.payloads, lines, table)
    if text is None:
        raise Unreadable(f"there is nothing to run again: {lost}")
    decoded(text.encode(errors="replace"))
    content = json.loads(text)
    if place == 0:
        return json.dumps(content).encode()
    each = _array(content, table.objects)
    if not 1 <= place <= len(each):
        raise Unreadable(f"it has {len(each)} objects and no {place}")
    found = _at(content, table.objects)
    if not isinstance(found, list):
        return json.dumps(content).encode()
    if not table.objects:
        return json.dumps([found[place - 1]]).encode()
    JsonPointer(table.objects).set(content, [found[place - 1]])
    return json.dumps(content).encode()


def _flow_id(run: RunSeen) -> int:
    if not run.flow.isdecimal() or int(run.flow) < 1:
        raise Unreadable("expected a number", "run/flow_id")
    return int(run.flow)


def _text(payloads: Mapping[str, Mapping[str, str]], lines: list[Line], table: WatchTable) -> tuple[str | None, str]:
    """The payload to split as text, else why there is none."""
    failing = [payload for line in lines if line.sad for payload in line.payloads]
    order = [*(failing if table.payload == "failing" else ()), *payloads]
    chosen = next((payloads[payload] for payload in order if payload in payloads), None)
    if chosen is None:
        return None, "it shows no payload"
    if "text" in chosen:
        return chosen["text"], ""
    try:
        return base64.b64decode(chosen.get("base64", ""), validate=True).decode() or None, chosen.get("lost", "")
    except (binascii.Error, ValueError):
        return None, "its payload is no text"


def _array(content: Any, pointer: str) -> list[Any]:
    """The objects at the pointer; one that is no array is one object. Raises Unreadable where nothing is there."""
    found = _at(content, pointer)
    if found is None:
        raise Unreadable("nothing is there", pointer)
    return found if isinstance(found, list) else [found]


def _name(one: Any, pointer: str | None) -> str:
    value = _at(one, pointer) if pointer is not None else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(value)[:_NAME_MOST])
    return " ".join(printable.split())


def _blaming(name: str, lines: list[Line]) -> Line | None:
    """The first line of an error or warning that has the name as a word of its own."""
    if not name:
        return None
    spoken = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return next(
        (line for line in lines if (line.sad or "warn" in line.level.casefold()) and spoken.search(line.text)), None
    )


def _value(one: Any, table: WatchTable) -> Money | None:
    """What it is worth, None where that is not told in a way that can be understood."""
    if table.value is None or table.currency is None:
        return None
    amount = _at(one, table.value)
    currency = _at(one, table.currency) if table.currency.startswith("/") else table.currency
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal) or not isinstance(currency, str):
        return None
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return None
    if not _CODE(currency) or not number.is_finite() or abs(number.adjusted()) > 12:
        return None
    minor = number.scaleb(exponent(currency)) if table.value_in == "major" else number
    return Money(int(minor), currency) if minor == minor.to_integral_value() else None


def _at(content: Any, pointer: str) -> Any:
    try:
        return JsonPointer(pointer).resolve(content, None)
    except (JsonPointerException, TypeError, ValueError):
        return None
