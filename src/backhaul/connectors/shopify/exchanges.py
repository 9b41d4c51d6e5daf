"""Exchange orders at the shop: a paid order of price zero to where the sold one went, its stock claimed.

Our key is a unique metafield, by which the order is found without the lag of a search.
"""

from __future__ import annotations

import hashlib

from backhaul.connectors.shopify.client import Node, Refusal, Shopify
from backhaul.connectors.shopify.tasks import document_of, escaped, order_id, order_number
from backhaul.domain.effects import CancelExchangeAtStorefront, OrderExchangeAtStorefront
from backhaul.domain.facts import ExchangeOrdered
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task

NAMESPACE, KEY = "$app:backhaul", "exchange_key"
OUT_OF_STOCK, SHIPPED = "exchange-out-of-stock", "exchange-shipped"
_UNTOUCHED = ("UNFULFILLED", "ON_HOLD", "OPEN", "SCHEDULED", "PENDING_FULFILLMENT", "REQUEST_DECLINED")


def find_exchange(task: Task, system: Shopify) -> Found:
    """The order whose unique metafield is our key."""
    effect = task.effect_as(OrderExchangeAtStorefront)
    _define(system)
    identifier = {"customId": {"namespace": NAMESPACE, "key": KEY, "value": task.key}}
    found = system.ask("OrderOfExchange", identifier=identifier)["orderByIdentifier"]
    return _made(effect, found, system) if found is not None else Absent()


def _define(system: Shopify) -> None:
    """The metafield must be defined as an id once per shop; that it is already is no error."""
    if system.recall("definition", KEY) is not None:
        return
    definition = {"name": "Backhaul exchange", "namespace": NAMESPACE, "key": KEY, "type": "id", "ownerType": "ORDER"}
    try:
        system.change("DefineExchangeKey", "metafieldDefinitionCreate", definition=definition)
    except Refusal as refusal:
        if "TAKEN" not in refusal.codes:
            raise
    system.remember("definition", KEY, KEY)


def order_exchange(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Create the order; where there is not enough of the replacement nothing is left of it."""
    effect = task.effect_as(OrderExchangeAtStorefront)
    _define(system)
    query = f'sku:"{escaped(effect.sku)}"'
    found = system.ask("ExchangeWanted", id=order_id(system, effect.order), q=query)
    wanted = [one for one in found["productVariants"]["nodes"] if one["sku"] == effect.sku]
    if len(wanted) != 1:
        count = len(wanted) or "no"
        return Refused(f"Shopify has {count} variants with the SKU {effect.sku}; mend or map it, then retry")
    order = _order(task, effect, found["order"], wanted[0], system)
    options = {"inventoryBehaviour": "DECREMENT_OBEYING_POLICY", "sendReceipt": False}
    try:
        made = system.change("CreateOrder", "orderCreate", order=order, options=options)
    except Refusal as refusal:
        again = find_exchange(task, system)  # an order with our key is refused: it may have come through late
        if isinstance(again, Done):
            return again
        kind = OUT_OF_STOCK if "INVENTORY_CLAIM_FAILED" in refusal.codes else "effect-refused"
        return Refused(str(refusal), kind=kind)
    return _made(effect, made["order"], system)


def _made(effect: OrderExchangeAtStorefront, found: Node, system: Shopify) -> Done:
    number = order_number(system.settings.order_prefix, found["name"])
    return Done(found["id"], facts=(ExchangeOrdered(effect.exchange, number),))


def _order(task: Task, effect: OrderExchangeAtStorefront, original: Node, variant: Node, system: Shopify) -> Node:
    parts = [(one["productVariant"]["id"], one["quantity"]) for one in variant["productVariantComponents"]["nodes"]]
    parts = parts if variant["requiresComponents"] else [(variant["id"], 1)]
    free = {"shopMoney": {"amount": "0.00", "currencyCode": original["currencyCode"]}}
    order: Node = {
        "currency": original["currencyCode"],
        "financialStatus": "PAID",
        "sourceIdentifier": hashlib.sha256(task.key.encode()).hexdigest()[:32],
        "tags": [system.settings.exchange_tag],
        "note": f"Exchange {effect.exchange} of {effect.label}, order {original['name']}",
        "metafields": [{"namespace": NAMESPACE, "key": KEY, "type": "id", "value": task.key}],
        "lineItems": [
            {"variantId": id_, "quantity": each * effect.quantity, "requiresShipping": True, "priceSet": free}
            for id_, each in parts
        ],
    }
    if original.get("customer"):
        order["customer"] = {"toAssociate": {"id": original["customer"]["id"]}}
    address = original.get("shippingAddress")
    if address:
        given = {name: value for name, value in address.items() if value and name != "countryCodeV2"}
        order["shippingAddress"] = {**given, "countryCode": address["countryCodeV2"]}
    return order


def find_exchange_cancelled(task: Task, system: Shopify) -> Found:
    """Whether the order is cancelled by now, by whomever."""
    document = task.references.get(task.effect_as(CancelExchangeAtStorefront).exchange_order)
    if document is None:
        return Absent()
    found = system.ask("ExchangeOrderStanding", id=document)["order"]
    return Done(document) if found is not None and found["cancelledAt"] else Absent()


def cancel_exchange(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Cancel it and have its stock back; one that is on its way is somebody's to stop."""
    document = document_of(task, task.effect_as(CancelExchangeAtStorefront).exchange_order)
    if isinstance(document, Later):
        return document
    refusal: Refusal | None = None
    try:
        system.change("CancelOrder", "orderCancel", id=document)
    except Refusal as refused:
        refusal = refused
    found = system.ask("ExchangeOrderStanding", id=document)["order"]
    if found is None or found["cancelledAt"]:
        return Done(document)
    if found["displayFulfillmentStatus"] not in _UNTOUCHED:
        return Refused(f"{found['name']} is {found['displayFulfillmentStatus'].lower()} already", kind=SHIPPED)
    return Refused(str(refusal)) if refusal is not None else Later(f"Shopify is cancelling {found['name']}", 5.0)
