"""Reads hub shipments: rows of units on their way to the warehouse, of many returns at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backhaul.connectors.happy_returns.mapping import as_moment
from backhaul.connectors.happy_returns.payloads import OutboundRow
from backhaul.connectors.happy_returns.reader import require_retailer
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.connectors.happy_returns.units import told_apart, unit_of
from backhaul.domain import facts as f
from backhaul.sdk.bodies import decoded, validated
from backhaul.sdk.messages import Message, Name, Reading, Unreadable

_ROWS_MAX = 10_000


def read_outbound_asn(message: Message, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    """``outbound_shipment.asn`` v1: an array of rows."""
    body = decoded(message.body)
    if not isinstance(body, list):
        raise Unreadable("expected an array of rows")
    return _readings(body, None, settings)


def read_polled_shipment(message: Message, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    """One page of ``GET /outbound-shipment/{id}``, kept as an object of shipment and rows."""
    body = decoded(message.body)
    if not isinstance(body, dict) or not isinstance(body.get("rows"), list):
        raise Unreadable("expected an object with rows")
    shipment = body.get("shipment")
    return _readings(body["rows"], shipment if isinstance(shipment, str) else None, settings)


def _readings(rows: Sequence[Any], shipment: str | None, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    if len(rows) > _ROWS_MAX:
        raise Unreadable(f"more than {_ROWS_MAX} rows")
    found: dict[tuple[str | None, str], list[tuple[OutboundRow, f.UnitName]]] = {}
    for place, entry in enumerate(rows):
        row = validated(OutboundRow, entry, f"rows/{place}")
        require_retailer(row.happyReturnsRetailerID, settings)
        unit = unit_of(row, None, f"rows/{place}")
        found.setdefault((row.happyReturnsExpressCode, row.orderNumber), []).append((row, unit))
    return tuple(_reading(code, order, own, shipment) for (code, order), own in found.items())


def _reading(code: str | None, order: str, rows: list[tuple[OutboundRow, f.UnitName]], shipment: str | None) -> Reading:
    told_apart((unit for _, unit in rows), f"the rows of {code or order}")
    told: list[f.Fact] = []
    for row, unit in rows:
        told += _facts(row, unit, shipment)
    names = () if code is None else (Name("express", code),)
    begun = [as_moment(row.startedDate, "startedDate") for row, _ in rows if row.startedDate]
    return Reading(names, order, tuple(dict.fromkeys(told)), min(begun, default=None))


def _facts(row: OutboundRow, unit: f.UnitName, shipment: str | None) -> list[f.Fact]:
    started_at, approved_at, departed_at = (
        as_moment(text, name) if text else None
        for name, text in (
            ("startedDate", row.startedDate),
            ("approvedDate", row.approvedDate),
            ("departureDate", row.departureDate),
        )
    )
    told: list[f.Fact] = [
        f.ReturnInitiated(unit, reason=row.returnReason, product=row.productVariantID or row.upc, at=started_at)
    ]
    if approved_at is not None:
        told.append(f.RefundApproved(unit, approved_at))
    # The hub's own inspection stays in the message: stock follows what the warehouse finds, not what the hub saw.
    told.append(f.ItemShippedToWarehouse(unit, row.tracking or row.shippingBoxBarcode or shipment, departed_at))
    return told
