"""What an exchange order notes for later: the value its replacement carries, and the sale whose goods came back."""

from __future__ import annotations

import re
from decimal import Decimal

from backhaul.connectors.tryton.client import Record
from backhaul.domain.effects import CreateExchangeOrder
from backhaul.domain.money import Money

_CARRIES = re.compile(r"^Carries net (\S+) and tax (\S+)\.$", re.MULTILINE)
_ORIGIN = re.compile(r"^Exchange on sale\.sale,(\d+)$", re.MULTILINE)


def note_of_value(net: Money, tax: Money) -> str:
    """The note of a line whose goods carry that value."""
    return f"Carries net {net.decimal:f} and tax {tax.decimal:f}."


def carried_by(note: str | None) -> tuple[Decimal, Decimal] | None:
    """Net and tax, major units, that a line carries by its note; None where it has no such note."""
    found = _CARRIES.search(note or "")
    return (Decimal(found[1]), Decimal(found[2])) if found else None


def note_of_origin(sale: str) -> str:
    """The first line of an exchange order's comment: the sale, ``model,id``, whose goods came back."""
    return f"Exchange on {sale}"


def origin_of(sale: Record) -> int | None:
    """The sale whose goods came back for an exchange order; None of any other sale."""
    ours = (sale["description"] or "").startswith(f"{CreateExchangeOrder.verb}:")
    found = _ORIGIN.search(sale["comment"] or "") if ours else None
    return int(found[1]) if found else None
