"""Fills a freshly migrated Medusa with a small shop, over its own API: places, shipping, reasons and goods."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

from .client import Client
from .counter import Counter
from .shop import MedusaShop

EMAIL = "admin@example.com"
PROMOTION = "TENOFF"
CENTS = {"SHIRT-M": 2000, "SHIRT-L": 2000, "SOCK": 500, "JEANS-32": 6000, "BELT-90": 1500, "MUG": 1200, "SET": 2700}
# A kit is a variant of several inventory items: this one shares SHIRT-M and SOCK with what is sold alone.
KITS = {"SET": {"SHIRT-M": 1, "SOCK": 2}}
STOCK = 1000
PLACES = {"MAIN": "Warehouse", "HUB": "Returns hub", "QUARANTINE": "Quarantine"}
RETURN_REASONS = {
    "too_small": "Too small",
    "too_big": "Too big",
    "defective": "Defective",
    "wrong_item": "Wrong item sent",
    "unwanted": "No longer wanted",
    "other": "Other",
}
# Selling takes some seconds: a test that needs no order of its own kind takes one of these.
ORDERS: dict[str, tuple[list[tuple[str, int]], bool]] = {
    "SHOP-1001": ([("SHIRT-M", 2), ("JEANS-32", 1)], False),
    "SHOP-1002": ([("SET", 2), ("MUG", 1)], False),
    "SHOP-1003": ([("BELT-90", 3)], True),
    "SHOP-1004": ([("SET", 1), ("SHIRT-M", 1)], False),
    "SHOP-1005": ([("SHIRT-M", 3)], False),
    "SHOP-1006": ([("SHIRT-M", 1), ("MUG", 4)], True),
}
REFUND_REASONS = {"returned": "Returned goods", "goodwill": "Goodwill"}


def furnish(url: str, password: str) -> MedusaShop:
    """The shop that is in it afterwards. Raises Refused."""
    with Client(url) as client:
        token = client.call("POST", "/auth/user/emailpass", {"email": EMAIL, "password": password})["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        made = client.call("POST", "/admin/api-keys", {"title": "returns", "type": "secret"}, headers=bearer)
    key = made["api_key"]["token"]
    with Client(url, key=key) as client:
        shop = _Furnisher(client).shop(url, key, password)
    with closing(Counter(shop)) as counter:
        sold = {
            name: counter.sell(lines, metadata={"reference": name}, discount=discount)
            for name, (lines, discount) in ORDERS.items()
        }
    return replace(shop, orders=sold)


class _Furnisher:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._channel = self._sales_channel()
        self._profile = self._shipping_profile()

    def shop(self, url: str, key: str, password: str) -> MedusaShop:
        region = self._region()
        window = self._post("/api-keys", {"title": "shop window", "type": "publishable"})["api_key"]
        self._post(f"/api-keys/{window['id']}/sales-channels", {"add": [self._channel]})
        locations = {code: self._location(name) for code, name in PLACES.items()}
        # Only the place that ships: with an empty one attached as well, reservations look there and fail.
        self._post(f"/stock-locations/{locations['MAIN']}/sales-channels", {"add": [self._channel]})
        zone = self._zone(locations["MAIN"])
        options = {
            "standard": self._shipping_option(zone, "Standard", 5, is_return=False),
            "return": self._shipping_option(zone, "Return parcel", 0, is_return=True),
        }
        reasons = self._reasons("/return-reasons", "return_reason", "value", RETURN_REASONS)
        refund_reasons = self._reasons("/refund-reasons", "refund_reason", "code", REFUND_REASONS)
        items = {sku: self._inventory_item(sku, locations) for sku in CENTS if sku not in KITS}
        variants = {sku: self._variant(sku, items) for sku in CENTS}
        self._promotion()
        return MedusaShop(
            url=url,
            key=key,
            publishable_key=window["token"],
            email=EMAIL,
            password=password,
            region=region,
            sales_channel=self._channel,
            currency="usd",
            locations=locations,
            shipping_options=options,
            return_reasons=reasons,
            refund_reasons=refund_reasons,
            inventory_items=items,
            variants=variants,
            prices=CENTS,
            promotion=PROMOTION,
            orders={},
        )

    def _get(self, path: str) -> Any:
        return self._client.admin("GET", path)

    def _post(self, path: str, body: object) -> Any:
        return self._client.admin("POST", path, body)

    def _sales_channel(self) -> str:
        known = self._get("/sales-channels")["sales_channels"]
        channel = known[0] if known else self._post("/sales-channels", {"name": "Web shop"})["sales_channel"]
        store = self._get("/stores")["stores"][0]["id"]
        about = {
            "name": "Sandbox shop",
            "default_sales_channel_id": channel["id"],
            "supported_currencies": [{"currency_code": "usd", "is_default": True, "is_tax_inclusive": False}],
        }
        self._post(f"/stores/{store}", about)
        return str(channel["id"])

    def _shipping_profile(self) -> str:
        known = self._get("/shipping-profiles")["shipping_profiles"]
        default = {"name": "Default", "type": "default"}
        return str((known[0] if known else self._post("/shipping-profiles", default)["shipping_profile"])["id"])

    def _region(self) -> str:
        about = {
            "name": "United States",
            "currency_code": "usd",
            "countries": ["us"],
            "payment_providers": ["pp_system_default"],
            "automatic_taxes": True,
            "is_tax_inclusive": False,
        }
        region = self._post("/regions", about)["region"]["id"]
        rate = {"rate": 8, "code": "us8", "name": "Sales tax 8%"}
        self._post("/tax-regions", {"country_code": "us", "provider_id": "tp_system", "default_tax_rate": rate})
        return str(region)

    def _location(self, name: str) -> str:
        address = {"address_1": "1 Dock", "city": "Reno", "country_code": "us"}
        place = self._post("/stock-locations", {"name": name, "address": address})["stock_location"]["id"]
        self._post(f"/stock-locations/{place}/fulfillment-providers", {"add": ["manual_manual"]})
        return str(place)

    def _zone(self, location: str) -> str:
        path = f"/stock-locations/{location}/fulfillment-sets?fields=id,*fulfillment_sets"
        made = self._post(path, {"name": "Shipping", "type": "shipping"})["stock_location"]["fulfillment_sets"][0]
        about = {"name": "United States", "geo_zones": [{"type": "country", "country_code": "us"}]}
        zones = self._post(f"/fulfillment-sets/{made['id']}/service-zones", about)["fulfillment_set"]["service_zones"]
        return str(zones[0]["id"])

    def _shipping_option(self, zone: str, name: str, dollars: int, *, is_return: bool) -> str:
        rules = {"is_return": "true" if is_return else "false", "enabled_in_store": "true"}
        about = {
            "name": name,
            "service_zone_id": zone,
            "shipping_profile_id": self._profile,
            "provider_id": "manual_manual",
            "price_type": "flat",
            "type": {"label": name, "description": name, "code": name.lower().replace(" ", "-")},
            "prices": [{"currency_code": "usd", "amount": dollars}],
            "rules": [{"attribute": what, "operator": "eq", "value": value} for what, value in rules.items()],
        }
        return str(self._post("/shipping-options", about)["shipping_option"]["id"])

    def _reasons(self, path: str, noun: str, name: str, labels: dict[str, str]) -> dict[str, str]:
        return {value: self._post(path, {name: value, "label": label})[noun]["id"] for value, label in labels.items()}

    def _inventory_item(self, sku: str, locations: dict[str, str]) -> str:
        item = self._post("/inventory-items", {"sku": sku, "title": sku})["inventory_item"]["id"]
        for code, place in locations.items():
            stocked = STOCK if code == "MAIN" else 0
            level = {"location_id": place, "stocked_quantity": stocked}
            self._post(f"/inventory-items/{item}/location-levels", level)
        return str(item)

    def _variant(self, sku: str, items: dict[str, str]) -> str:
        parts = KITS.get(sku, {sku: 1})
        about = {
            "title": sku,
            "sku": sku,
            "manage_inventory": True,
            "options": {"Kind": "Standard"},
            "prices": [{"currency_code": "usd", "amount": CENTS[sku] / 100}],
            "inventory_items": [
                {"inventory_item_id": items[part], "required_quantity": count} for part, count in parts.items()
            ],
        }
        product = {
            "title": sku.title(),
            "handle": sku.lower(),
            "status": "published",
            "shipping_profile_id": self._profile,
            "sales_channels": [{"id": self._channel}],
            "options": [{"title": "Kind", "values": ["Standard"]}],
            "variants": [about],
        }
        return str(self._post("/products", product)["product"]["variants"][0]["id"])

    def _promotion(self) -> None:
        method = {
            "type": "percentage",
            "target_type": "items",
            "allocation": "each",
            "value": 10,
            "max_quantity": 100,
            "currency_code": "usd",
        }
        about = {"code": PROMOTION, "type": "standard", "status": "active", "application_method": method}
        self._post("/promotions", {**about, "is_automatic": False})
