"""Reads a neutral warehouse message into totals per line, site and condition."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.connectors.neutral_warehouse.messages import (
    InspectedLine,
    Inspection,
    NeutralWarehouseSettings,
    Receipt,
    ReceivedLine,
    WarehouseMessage,
)
from backhaul.domain import facts as f
from backhaul.sdk.bodies import validated_json
from backhaul.sdk.messages import Message, Name, Reading, Unreadable


def read_warehouse(message: Message, _settings: NeutralWarehouseSettings) -> tuple[Reading, ...]:
    """One reading with one fact per line. Raises Unreadable, or UnknownValue for a kind that is not in its list."""
    said = validated_json(WarehouseMessage, message.body).root
    if said.return_ref is None and said.order_number is None:
        raise Unreadable("needs a return_ref or an order_number")
    names = () if said.return_ref is None else (Name(said.return_ref.kind, said.return_ref.value),)
    return (Reading(names, said.order_number, tuple(_facts(said))),)


def _facts(said: Receipt | Inspection) -> Iterator[f.Fact]:
    match said:
        case Receipt():
            for place, line in enumerate(said.lines):
                unit = _unit(said, line, place)
                yield f.ItemReceived(unit, said.warehouse, line.received_total, said.sequence, said.occurred_at)
        case Inspection():
            for place, found in enumerate(said.lines):
                yield f.ItemInspected(
                    _unit(said, found, place),
                    said.warehouse,
                    found.disposition,
                    found.inspected_total,
                    said.sequence,
                    said.occurred_at,
                )


def _unit(said: Receipt | Inspection, line: ReceivedLine | InspectedLine, place: int) -> f.UnitName:
    if line.line_ref is None and line.item_ref is None and line.sku is None:
        raise Unreadable("a line needs a line_ref, an item_ref or a sku", f"lines/{place}")
    return f.UnitName(said.order_number or "", line.line_ref, 0, line.item_ref, line.sku)
