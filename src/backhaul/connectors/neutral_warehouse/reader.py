"""Reads a neutral warehouse message into totals per line, site and condition."""

from __future__ import annotations

from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.sdk.bodies import validated_json
from backhaul.sdk.messages import Message, Reading
from backhaul.sdk.warehouse import WarehouseMessage, facts_of, name_of


def read_warehouse(message: Message, _settings: NeutralWarehouseSettings) -> tuple[Reading, ...]:
    """One reading with one fact per line. Raises Unreadable, or UnknownValue for a kind that is not in its list."""
    said = validated_json(WarehouseMessage, message.body).root
    return (Reading(name_of(said.return_ref, said.order_number), said.order_number, tuple(facts_of(said))),)
