"""A refund of Shopify's as facts: one per payment that gives something back, confirmed only when it succeeded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backhaul.connectors.shopify.amounts import money_of
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.connectors.shopify.tasks import legacy, order_number
from backhaul.domain.facts import RefundConfirmed, RefundFailed, RefundPending, UnitName
from backhaul.sdk.messages import UnknownValue

RefundFact = RefundPending | RefundConfirmed | RefundFailed
_CONFIRMED = frozenset({"SUCCESS"})
_PENDING = frozenset({"PENDING", "AWAITING_RESPONSE", "UNKNOWN"})
FAILED = frozenset({"FAILURE", "ERROR"})


def facts_of(refund: Mapping[str, Any], settings: ShopifySettings) -> tuple[RefundFact, ...]:
    """What a refund says. ``id`` of a fact is the refund's and the payment's number, as ``5001.7001``.

    A refund of goods that were never sent (cancelled lines only) is no return's. Raises UnknownValue for a standing of
    a payment that nobody has told us the meaning of, Unreadable for an amount that is none.
    """
    lines = refund["refundLineItems"]["nodes"]
    if lines and all(line["restockType"] == "CANCEL" for line in lines):
        return ()
    order = order_number(settings.order_prefix, refund["order"]["name"])
    if settings.order_field == "id":
        order = legacy(refund["order"]["id"])
    units = tuple(_unit(order, line["lineItem"], settings) for line in lines for _ in range(line["quantity"]))
    paid = [one for one in refund["transactions"]["nodes"] if one["kind"] == "REFUND"]
    return tuple(_fact(f"{legacy(refund['id'])}.{legacy(one['id'])}", one, order, units, settings) for one in paid)


def _fact(
    name: str, paid: Mapping[str, Any], order: str, units: tuple[UnitName, ...], settings: ShopifySettings
) -> RefundFact:
    amount, gateway = money_of(paid["amountSet"], settings), paid.get("gateway") or ""
    tender = settings.tenders.get(gateway, "original")
    at = datetime.fromisoformat(paid["processedAt"]) if paid.get("processedAt") else None
    status = paid["status"]
    if status in _CONFIRMED:
        return RefundConfirmed(name, order, amount, tender, None, units, None, at)
    if status in _PENDING:
        return RefundPending(name, order, amount, tender, None, units, None, at)
    if status in FAILED:
        return RefundFailed(name, order, amount, tender, None, units, None, at, reason=f"{gateway} says {status}")
    raise UnknownValue("transactions/status", status)


def _unit(order: str, item: Mapping[str, Any], settings: ShopifySettings) -> UnitName:
    line = legacy(item["id"]) if settings.line_ids == "shared" else None
    return UnitName(order, line, sku=item.get("sku") or None)
