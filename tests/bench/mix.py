"""The message mix: what is said of each return from its start to the inspection, a tenth of it said twice."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from backhaul.domain.orders import FrozenLine, FrozenOrder

RETAILER = "modern-retailer"
STAGES = ("started", "approved", "shipped", "refunded", "received", "inspected")
SAID_TWICE = 0.1
NET_MINOR, TAX_MINOR = 2000, 200
# Of these days: what is said of older ones is overdue at once.
MORNING = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=3)
_NAMES = uuid.UUID("6f1d6d4e-0000-4000-8000-00000000be7c")


@dataclass(frozen=True, slots=True)
class Told:
    """One message to send: to which connection, and its body."""

    connection: str
    body: bytes


def units(number: int) -> int:
    """Every other return is of two units."""
    return 1 + number % 2


def order(number: str) -> FrozenOrder:
    """The order as the back office would show it; its number says all about it."""
    lines = tuple(
        FrozenLine(ref, f"SKU-{ref[-3:]}", 1, NET_MINOR, TAX_MINOR, unit_cost_minor=900, platform_refs=(ref,))
        for ref in _lines(int(number.removeprefix("BENCH-")))
    )
    return FrozenOrder(number, f"SO-{number}", "USD", lines, MORNING - timedelta(days=20))


def stage(name: str, returns: int) -> list[Told]:
    """What is said of all returns at one stage, each message once."""
    return [tell(name, number) for number in range(returns)]


def tell(name: str, number: int) -> Told:
    """One message of one return."""
    match name:
        case "started":
            return Told("happy-returns", _asn(number, "started", []))
        case "approved":
            return Told("happy-returns", _asn(number, "approved", ["dropped_off"]))
        case "shipped":
            return Told("happy-returns", _shipment(number))
        case "refunded":
            return Told("money", _refund(number))
        case "received":
            return Told("warehouse", _warehouse(number, "receipt", received_total=1))
        case "inspected":
            return Told("warehouse", _warehouse(number, "inspection", disposition="sellable", inspected_total=1))
    raise ValueError(f"the mix has no stage {name!r}")


def twice(told: list[Told], seed: int = 1) -> Iterator[Told]:
    """The same with a tenth of it again, somewhat later."""
    dice = random.Random(seed)
    late: list[Told] = []
    for one in told:
        yield one
        if dice.random() < SAID_TWICE:
            late.append(one)
        if len(late) > 20:
            yield late.pop(0)
    yield from late


def _lines(number: int) -> list[str]:
    return [f"{100_000 + number * 10 + unit}" for unit in range(units(number))]


def _asn(number: int, word: str, others: list[str]) -> bytes:
    said = "return_status_updated"
    items = [
        {
            "happyReturnsReturnID": str(uuid.uuid5(_NAMES, str(number))), "purchasedAt": "2026-10-05T16:26:05-05:00",
            "email": f"shopper{number}@example.com", "orderNumber": f"BENCH-{number}", "externalRMAID": None,
            "orderID": str(5_324_938_444_866 + number), "orderLineItemID": f"{line}-0-1", "sku": f"SKU-{line[-3:]}",
            "upc": None, "productVariantID": None, "labelBarcode": None, "productName": "Shirt, long sleeves",
            "returnReasonID": "too-small",
        }
        for line in _lines(number)
    ]  # fmt: skip
    more = [{"event": said, "typeID": other} for other in others]
    return orjson.dumps({"event": said, "typeID": word, "retailerID": RETAILER, "otherEvents": more, "items": items})


def _shipment(number: int) -> bytes:
    rows = [
        {
            "purchasedDate": "2026-10-05T16:26:05-05:00", "orderNumber": f"BENCH-{number}",
            "orderID": str(5_324_938_444_866 + number), "orderLineItemID": f"{line}-0-1", "sku": f"SKU-{line[-3:]}",
            "upc": None, "productVariantID": None, "labelBarcode": None, "productName": "Shirt, long sleeves",
            "returnReason": "too-small", "categoryID": None, "refundType": None, "oneClickExchange": None,
            "location": "Return Bar 12", "locationMetro": "Los Angeles", "country": "US",
            "startedDate": _at(0), "approvedDate": _at(1), "inspectionOutcome": None, "poNumber": None,
            "palletNumber": None, "shippingBoxBarcode": f"BOX{number // 10}", "shippingBoxKind": "box",
            "tracking": f"1Z999AA10{number // 10:09}", "carrier": "ups", "departureDate": _at(20),
            "happyReturnsRetailerID": RETAILER, "destinationAddressID": None,
            "happyReturnsExpressCode": f"HR{number:06}", "happyReturnsItemID": str(uuid.uuid5(_NAMES, line)),
        }
        for line in _lines(number)
    ]  # fmt: skip
    return orjson.dumps(rows)


def _refund(number: int) -> bytes:
    return orjson.dumps({
        "message_id": f"m-{number}", "occurred_at": _at(30), "sequence": 1, "order_number": f"BENCH-{number}",
        "return_ref": {"kind": "express", "value": f"HR{number:06}"}, "kind": "refund", "refund_id": f"re_{number}",
        "state": "succeeded", "amount": {"minor": units(number) * (NET_MINOR + TAX_MINOR), "currency": "USD"},
    })  # fmt: skip


def _warehouse(number: int, kind: str, **found: Any) -> bytes:
    lines = [{"line_ref": line, "sku": f"SKU-{line[-3:]}", **found} for line in _lines(number)]
    return orjson.dumps({
        "message_id": f"w-{kind}-{number}", "occurred_at": _at(40 if kind == "receipt" else 50), "sequence": 1,
        "warehouse": "MAIN", "return_ref": {"kind": "express", "value": f"HR{number:06}"},
        "order_number": f"BENCH-{number}", "kind": kind, "lines": lines,
    })  # fmt: skip


def _at(hours: int) -> str:
    return (MORNING + timedelta(hours=hours)).isoformat()
