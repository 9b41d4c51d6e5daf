"""The order as it was sold, for merchants whose books follow the shop's: lines, prices paid, taxes, kits.

A kit is what the order's fulfilments packed for its line; only for what was never packed, today's variant says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from backhaul.connectors.medusa.amounts import exact, rounded, whole
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.levels import variants
from backhaul.connectors.medusa.tasks import order_id
from backhaul.domain.effects import LookUpOrder
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Refused, Rejected, Task

_FIELDS = (
    "id,display_id,currency_code,created_at,canceled_at,total,*items,items.total,items.tax_total,items.discount_subtotal,"
    "*items.detail,*items.variant,*items.variant.inventory_items,*items.variant.inventory_items.inventory,"
    "*fulfillments.items"
)
_NOT_FOUND = 404


def find_order(task: Task, system: Medusa) -> Found:
    """The order of that number, read."""
    number = task.effect_as(LookUpOrder).order
    try:
        found = system.seek(f"/orders/{order_id(system, number)}", fields=_FIELDS)
    except Rejected as rejected:
        if rejected.status_code != _NOT_FOUND:
            raise
        found = None
    if found is None:
        return Absent()
    order = found["order"]
    return Done(order["id"], facts=(OrderFrozen(frozen(number, order, _prices(order, system))),))


def look_up_order(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Reads once more, for whoever did not look first."""
    now = find_order(task, system)
    if isinstance(now, Done):
        return now
    order = task.effect_as(LookUpOrder).order
    return Refused(f"Medusa has no order {order}; see whether the number or `order_field` is right, then retry")


def frozen(number: str, order: Node, prices: dict[str, int]) -> FrozenOrder:
    """The order as a value. Medusa rounds nothing: the lines' amounts are whole and sum to the rounded sum of them."""
    currency = str(order["currency_code"]).upper()
    items = sorted(order["items"], key=lambda one: (one["created_at"], one["id"]))
    paid = whole([exact(one["total"]) for one in items], currency)
    taxes = whole([exact(one["tax_total"]) for one in items], currency)
    discounts = whole([exact(one.get("discount_subtotal") or 0) for one in items], currency)
    packed = _packed(order)
    lines = []
    for item, gross, tax, discount in zip(items, paid, taxes, discounts, strict=True):
        parts, by_sale = _parts(item, packed.get(item["id"], Counter()))
        lines.append(
            FrozenLine(
                ref=item["id"],
                sku=item["variant_sku"] or "",
                quantity=int(item["quantity"]),
                net_minor=gross - tax,
                tax_minor=tax,
                discount_minor=discount,
                platform_refs=(item["id"],),
                components=tuple(FrozenComponent(sku, each, prices.get(sku, 0)) for sku, each in sorted(parts.items())),
                exploded_by="sale" if by_sale else "product-master",
            )
        )
    at = datetime.fromisoformat(order["created_at"])
    return FrozenOrder(number, order["id"], currency, tuple(lines), at, {"display_id": str(order["display_id"])})


def _packed(order: Node) -> dict[str, Counter[str]]:
    """What was packed for each line, by the SKU of the inventory item."""
    found: dict[str, Counter[str]] = {}
    for fulfilment in order.get("fulfillments") or ():
        for one in () if fulfilment.get("canceled_at") else fulfilment.get("items") or ():
            found.setdefault(one["line_item_id"], Counter())[one["sku"] or ""] += int(one["quantity"])
    return found


def _parts(item: Node, packed: Counter[str]) -> tuple[dict[str, int], bool]:
    """The components of one unit of a line, and whether the order itself says so; none of what is no kit."""
    sent = int(item["detail"]["fulfilled_quantity"])
    if sent and packed and "" not in packed and all(count % sent == 0 for count in packed.values()):
        parts, by_sale = {sku: count // sent for sku, count in packed.items()}, True
    else:
        own = ((item.get("variant") or {}).get("inventory_items")) or ()
        named = [((one.get("inventory") or {}).get("sku") or "", int(one["required_quantity"])) for one in own]
        parts, by_sale = ({} if any(not sku for sku, _ in named) else dict(named)), False
    is_kit = len(parts) > 1 or any(each > 1 for each in parts.values())
    return (parts, by_sale) if is_kit else ({}, True)


def _prices(order: Node, system: Medusa) -> dict[str, int]:
    """What the components of its kits cost alone, minor units of the order's currency; today's, for want of others."""
    packed = _packed(order)
    skus = {sku for item in order["items"] for sku in _parts(item, packed.get(item["id"], Counter()))[0]}
    if not skus:
        return {}
    currency = str(order["currency_code"])
    found = variants(system, skus, ",*prices")
    return {
        sku: price for sku, one in found.items() if (price := _alone(one.get("prices") or (), currency)) is not None
    }


def _alone(prices: Iterable[Node], currency: str) -> int | None:
    amounts: list[Decimal] = [
        exact(one["amount"])
        for one in prices
        if one.get("currency_code") == currency and not one.get("min_quantity") and not one.get("price_list_id")
    ]
    return rounded(min(amounts), currency).minor if amounts else None
