"""A small shop for the tests of the stand-in, and a client that says what an operation's answer must not be."""

import json
from typing import Any

from backhaul.sandbox.shopify import Shop

Answered = dict[str, Any]


class Client:
    """Speaks to a shop without a server."""

    def __init__(self, shop: Shop, version: str = "2026-07") -> None:
        self.shop = shop
        self.path = f"/admin/api/{version}/graphql.json"
        self.keys = 0

    def raw(self, query: str, **variables: Any) -> Answered:
        """The whole answer to a call that is let in."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        code, _, content = self.shop.answer("POST", self.path, {"X-Shopify-Access-Token": self.shop.token}, body)
        assert code == 200, content
        found: Answered = json.loads(content)
        return found

    def read(self, query: str, **variables: Any) -> Any:
        """The data of a call that has no top-level errors."""
        answer = self.raw(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def payload(self, query: str, **variables: Any) -> Any:
        """The payload of a mutation's only field."""
        return next(iter(self.read(query, **variables).values()))

    def done(self, query: str, **variables: Any) -> Any:
        """The payload of a mutation that was not refused."""
        payload = self.payload(query, **variables)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload

    def codes(self, query: str, **variables: Any) -> list[str]:
        """The codes of the userErrors."""
        return [each.get("code", each["message"]) for each in self.payload(query, **variables)["userErrors"]]

    def key(self) -> str:
        """A fresh idempotency key."""
        self.keys += 1
        return f"key-{self.keys}"


def little_shop(**more: Any) -> tuple[Shop, Client]:
    """A shop with a warehouse, a shirt at 25.00, a mug at 12.00 and a set of both at 33.00."""
    shop = Shop(**more)
    shop.add_location("Warehouse")
    shop.add_location("Store")
    shop.add_variant("SHIRT", 2500, {"Warehouse": 10})
    shop.add_variant("MUG", 1200, {"Warehouse": 10})
    shop.add_bundle("SET", 3300, {"SHIRT": 1, "MUG": 1})
    return shop, Client(shop)
