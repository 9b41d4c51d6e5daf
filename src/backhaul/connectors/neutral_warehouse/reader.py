"""Reads a neutral warehouse message into totals per line, site and condition."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.domain import facts as f
from backhaul.sdk.bodies import validated_json
from backhaul.sdk.messages import Message, Reading
from backhaul.sdk.warehouse import Inspection, Receipt, WarehouseMessage, name_of, unit_of


def read_warehouse(message: Message, _settings: NeutralWarehouseSettings) -> tuple[Reading, ...]:
    """One reading with one fact per line. Raises Unreadable, or UnknownValue for a kind that is not in its list."""
    said = validated_json(WarehouseMessage, message.body).root
    return (Reading(name_of(said.return_ref, said.order_number), said.order_number, tuple(_facts(said))),)


def _facts(said: Receipt | Inspection) -> Iterator[f.Fact]:
    match said:
        case Receipt():
            for place, line in enumerate(said.lines):
                unit = unit_of(said.order_number, line, f"lines/{place}")
                yield f.ItemReceived(unit, said.warehouse, line.received_total, said.sequence, said.occurred_at)
        case Inspection():
            for place, found in enumerate(said.lines):
                yield f.ItemInspected(
                    unit_of(said.order_number, found, f"lines/{place}"),
                    said.warehouse,
                    found.disposition,
                    found.inspected_total,
                    said.sequence,
                    said.occurred_at,
                )
