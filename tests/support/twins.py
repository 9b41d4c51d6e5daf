"""One return told of by two names and never by both: its id by the platform, its code by finance and the hub."""

from __future__ import annotations

from typing import Any

from tests.support.day import Parcel
from tests.support.shop import Shop

ORDER = "ACME-7001"
PRICE = 1290
LINE = (f"{ORDER}1", "MUG", 0)


def sold(shop: Shop) -> None:
    """The order of which it is."""
    shop.sold(ORDER, ("MUG", 3, PRICE), ("SCARF-RED", 1, 2450))


def parcel(shop: Shop, *units: tuple[str, str, int]) -> Parcel:
    return Parcel(shop, ORDER, "0c9ae9a5-return", "HRTWIN01", units or (LINE,))


def by_id(one: Parcel, word: str) -> None:
    items = [{k: v for k, v in item.items() if k != "happyReturnsExpressCode"} for item in one.items()]
    body = {"event": "return_status_updated", "typeID": word, "retailerID": one.shop.name, "items": items}
    one.shop.tell("happy", body)


def shipped_by_code(one: Parcel) -> None:
    row: dict[str, Any] = {"happyReturnsRetailerID": one.shop.name, "happyReturnsExpressCode": one.express}
    rows_ = [
        row | {"orderNumber": one.order, "orderLineItemID": f"{line}-{offset}-3", "sku": sku}
        for line, sku, offset in one.units
    ]
    one.shop.tell("happy", rows_)


def refunded_by_code(one: Parcel) -> None:
    one.refunded(PRICE, return_ref={"kind": "express", "value": one.express})


def told_apart_by_name(shop: Shop) -> Parcel:
    """All that is told of it; the platform's word was acted upon before the code was seen with goods."""
    one = parcel(shop)
    refunded_by_code(one)
    by_id(one, "started")
    by_id(one, "approved")
    shop.work()
    shipped_by_code(one)
    shop.work()
    return one
