"""Messages for the connectors' tests, as the flows would hand them over."""

import json
from datetime import UTC, datetime
from typing import Any

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.sdk.messages import Message, Reading, readings_of

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def message(content: Any, kind: str = "") -> Message:
    """A message of this content, or of these bytes, received now."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Message("shop", body, NOW, kind=kind)


def settings(**more: Any) -> HappyReturnsSettings:
    """The settings of the published examples' retailer."""
    return HappyReturnsSettings.model_validate({"retailer_id": "modern-retailer", **more})


def read(content: Any, kind: str = "", **more: Any) -> tuple[Reading, ...]:
    """What the Happy Returns connector reads of it."""
    chosen = settings(**more)
    given = message(content, kind)
    assert connector.identify is not None
    reads = connector.reader(connector.identify(given, chosen))
    assert reads is not None
    return readings_of(reads.read(given, chosen))


def item(**more: Any) -> dict[str, Any]:
    """One item as published, with what a test varies."""
    return {
        "happyReturnsReturnID": "r-1",
        "orderNumber": "SHOP-1001",
        "orderLineItemID": "12345-0-2",
        "sku": "SHIRT-M",
        **more,
    }


def asn(type_id: str = "started", *, others: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    """A return.asn of one item, `others` as (event, typeID) newest first."""
    return {
        "event": "return_status_updated",
        "typeID": type_id,
        "retailerID": "modern-retailer",
        "otherEvents": [{"event": event, "typeID": word} for event, word in others],
        "items": [item()],
        **more,
    }


STATUS = "return_status_updated"
DROPOFF = "return_dropoff_method_created"
