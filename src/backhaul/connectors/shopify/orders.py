"""The order as it was sold, for merchants whose books follow the shop's: lines, prices paid, taxes, bundles.

A bundle is what the order itself groups, never today's product: the group is the line, its lines are the components.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from backhaul.connectors.shopify.amounts import money_of
from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.connectors.shopify.tasks import legacy, order_id
from backhaul.domain.effects import LookUpOrder
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.money import from_decimal
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Refused, Rejected, Task


def find_order(task: Task, system: Shopify) -> Found:
    """The order of that number, read."""
    try:
        found = system.ask("OrderSold", id=order_id(system, task.effect_as(LookUpOrder).order))["order"]
    except Rejected as rejected:
        if rejected.status_code != 404:
            raise
        found = None
    if found is None:
        return Absent()
    order = frozen(task.effect_as(LookUpOrder).order, found, system.settings)
    return Done(found["id"], facts=(OrderFrozen(order),))


def look_up_order(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Reads once more, for whoever did not look first."""
    now = find_order(task, system)
    if isinstance(now, Done):
        return now
    order = task.effect_as(LookUpOrder).order
    return Refused(f"Shopify has no order {order}; see whether the number or `order_prefix` is right, then retry")


def frozen(number: str, order: Node, settings: ShopifySettings) -> FrozenOrder:
    """The order as a value; amounts are the order's own, tax taken out where prices include it."""
    currency = order["currencyCode" if settings.money == "shop" else "presentmentCurrencyCode"]
    groups: dict[str, list[Node]] = {}
    for line in order["lineItems"]["nodes"]:
        group = line.get("lineItemGroup")
        groups.setdefault(group["id"] if group else line["id"], []).append(line)
    included = bool(order["taxesIncluded"])
    lines = tuple(_line(lines, included, settings) for lines in groups.values())
    at = datetime.fromisoformat(order["createdAt"])
    return FrozenOrder(number, order["id"], currency, lines, at, {"name": order["name"]})


def _line(lines: list[Node], included: bool, settings: ShopifySettings) -> FrozenLine:
    group = lines[0].get("lineItemGroup")
    parts = [_worth(line, included, settings) for line in lines]
    quantity = group["quantity"] if group else lines[0]["quantity"]
    components = tuple(_component(line, quantity, settings) for line in lines) if group else ()
    return FrozenLine(
        ref=legacy(group["id"] if group else lines[0]["id"]),
        sku=(group["variantSku"] if group else lines[0]["sku"]) or "",
        quantity=quantity,
        net_minor=sum(net for net, _, _ in parts),
        tax_minor=sum(tax for _, tax, _ in parts),
        discount_minor=sum(discount for _, _, discount in parts),
        unit_cost_minor=0 if group else _cost_minor(lines[0]),
        platform_refs=tuple(legacy(line["id"]) for line in lines),
        components=components,
        extra={"line": lines[0]["id"]},
    )


def _component(line: Node, copies: int, settings: ShopifySettings) -> FrozenComponent:
    each = max(line["quantity"] // max(copies, 1), 1)
    alone = money_of(line["originalTotalSet"], settings).minor // max(line["quantity"], 1)
    return FrozenComponent(line["sku"] or "", each, alone, {"line": line["id"]}, _cost_minor(line))


def _worth(line: Node, included: bool, settings: ShopifySettings) -> tuple[int, int, int]:
    """Net, tax and discount of a line, minor units."""
    discount = _sum((one["allocatedAmountSet"] for one in line["discountAllocations"]), settings)
    tax = _sum((one["priceSet"] for one in line["taxLines"]), settings)
    paid = money_of(line["originalTotalSet"], settings).minor - discount
    return (paid - tax if included else paid), tax, discount


def _sum(bags: Iterable[Any], settings: ShopifySettings) -> int:
    return sum(money_of(bag, settings).minor for bag in bags)


def _cost_minor(line: Node) -> int:
    cost = ((line.get("variant") or {}).get("inventoryItem") or {}).get("unitCost")
    return from_decimal(Decimal(str(cost["amount"])), cost["currencyCode"]).minor if cost else 0
