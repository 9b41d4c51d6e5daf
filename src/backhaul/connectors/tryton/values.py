"""Tryton's JSON and ours: decimals and times carry their class, a document is named ``model,id``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from backhaul.domain.money import Money, exponent
from backhaul.sdk.outcomes import Unsure


def decoded(body: bytes) -> Any:
    """A body with Decimal and aware datetime where Tryton means them. Raises ValueError."""
    return json.loads(body, object_hook=_value)


def _value(found: dict[str, Any]) -> Any:
    match found.get("__class__"):
        case "Decimal":
            return Decimal(found["decimal"])
        case "datetime":
            day = (found["year"], found["month"], found["day"])
            time = (found["hour"], found["minute"], found["second"], found["microsecond"])
            return datetime(*day, *time, tzinfo=UTC)
        case _:
            return found


def decimal(value: Decimal) -> dict[str, str]:
    """A decimal as Tryton wants it."""
    return {"__class__": "Decimal", "decimal": format(value, "f")}


def moment(value: datetime) -> dict[str, Any]:
    """A time as Tryton wants it: UTC without saying so."""
    utc = value.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(utc, part) for part in parts}}


def minor(amount: Decimal, currency: str) -> int:
    """Major units to minor ones, rounded half away from zero where Tryton keeps more digits than the currency has."""
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def amount(minor_units: int, currency: str) -> dict[str, str]:
    """Minor units as a decimal of major ones."""
    return decimal(Money(minor_units, currency).decimal)


def unit_price(total_minor: int, quantity: int, currency: str) -> dict[str, str]:
    """The price of one of ``quantity`` units, with the four decimals Tryton keeps of a price."""
    return decimal((Money(total_minor, currency).decimal / quantity).quantize(Decimal("0.0001")))


def reference(model: str, id_: int) -> str:
    """The name of a record that Tryton itself uses for it."""
    return f"{model},{id_}"


def id_of(name: str) -> int:
    """The id in a ``model,id``."""
    return int(name.rpartition(",")[2])


def content_of(answer: httpx.Response, what: str, read: Callable[[bytes], Any] = decoded) -> Any:
    """An answer's body, {} where it has none. Raises Unsure where it is not JSON: who knows what was done."""
    if not answer.content:
        return {}
    try:
        return read(answer.content)
    except ValueError as error:
        raise Unsure(f"{what}: the answer is not Tryton's JSON ({error})") from error
