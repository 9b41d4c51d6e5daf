"""What others need of the seeded shop, as files: a connection for backhaul.toml, a catalogue for the stand-in."""

from __future__ import annotations

import json
import os
from pathlib import Path

from backhaul.sandbox.tryton.shop import TrytonShop

CONNECTION = """
[merchants.shop.connections.erp]
connector = "tryton"
go_live_at = {go_live_at}
[merchants.shop.connections.erp.settings]
url = "{url}"
database = "{database}"
login = "{login}"
key = "{key}"
password = "{password}"
"""


def hand_over(shop: TrytonShop, directory: Path, go_live_at: str = "2026-01-01T00:00:00Z") -> tuple[Path, Path]:
    """Write ``connection.toml`` (for its owner only: it holds the key) and ``orders.json``; answers both paths."""
    connection, orders = directory / "connection.toml", directory / "orders.json"
    text = CONNECTION.format(
        go_live_at=go_live_at,
        url=shop.url,
        database=shop.database,
        login=shop.login,
        key=shop.key,
        password=shop.password,
    )
    with os.fdopen(os.open(connection, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    orders.write_text(json.dumps(catalogue(shop), indent=1), encoding="utf-8")
    return connection, orders


def catalogue(shop: TrytonShop) -> list[dict[str, object]]:
    """The shop's orders in the form that the Happy Returns stand-in takes."""
    return [
        {
            "orderNumber": number,
            "orderID": str(order["id"]),
            "email": f"shopper-{order['id']}@example.com",
            "lines": [
                {"orderLineItemID": str(line["id"]), "sku": line["sku"], "quantity": int(line["quantity"])}
                for line in order["lines"]
            ],
        }
        for number, order in sorted(shop.orders.items())
    ]
