"""What the product master says is kept, completes the orders that are frozen from then on, and no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backhaul.connectors.product_master import connector
from backhaul.connectors.product_master.messages import ProductMasterSettings
from backhaul.flows.deployment import Link
from backhaul.flows.poll import poll
from backhaul.store import merchants, products
from backhaul.store.codec import read_order
from backhaul.store.sql import rows
from tests.support.day import parcel
from tests.support.shop import MORNING, Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


@pytest.fixture
def master(shop: Shop, tmp_path: Path) -> Link:
    name = f"{shop.name}-master"
    row = merchants.keep_connection(shop.merchant_id, name, connector.name, MORNING)
    no_wire: Callable[[], Any] = lambda: None  # noqa: E731  a folder needs none
    link = Link(row, name, shop.merchant_id, connector, ProductMasterSettings(folder=tmp_path), no_wire)
    shop.links[name] = link
    shop.deployment.links[name] = link  # type: ignore[index]
    return link


def said(day: int, *entries: dict[str, Any]) -> dict[str, Any]:
    at = (MORNING - timedelta(days=day)).isoformat().replace("+00:00", "Z")
    return {"kind": "products", "message_id": f"pim-{day}", "occurred_at": at, "products": list(entries)}


def exceptions() -> list[tuple[str, str]]:
    return [(kind, cause) for kind, cause in rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL")]


KIT = {
    "sku": "SHIRT-M",
    "class": "bundle",
    "components": [{"sku": "TOP", "quantity": 1}, {"sku": "SOCK", "quantity": 2}],
}
ELSE = {"sku": "SHIRT-M", "components": [{"sku": "MUG", "quantity": 1}]}


def frozen(order: str) -> Any:
    ((body,),) = rows("SELECT frozen FROM orders WHERE number = %s", (order,))
    return read_order(body)


def test_an_order_is_frozen_with_what_the_product_master_says_and_stays_as_it_was_frozen(
    shop: Shop, master: Link
) -> None:
    shop.tell("master", said(30, KIT))
    box = parcel(shop, 1, "SHIRT-M")
    box.said("started")
    shop.work()
    (line,) = frozen(box.order).lines
    assert (line.exploded_by, [(one.sku, one.quantity) for one in line.components]) == (
        "product-master", [("TOP", 1), ("SOCK", 2)],
    )  # fmt: skip
    before = frozen(box.order)
    shop.tell("master", said(25, ELSE))
    box.said("dropped_off")
    shop.work()
    assert frozen(box.order) == before
    assert exceptions() == []


def test_a_file_in_the_folder_is_read_and_its_bad_rows_are_told_by_line(
    shop: Shop, master: Link, tmp_path: Path
) -> None:
    (tmp_path / "pim.csv").write_text("sku,unit_cost_minor,currency\nSHIRT-M,1234,USD\nMUG,dear,USD\nBELT,5,USD\n")
    assert poll(shop.deployment, master, now_already=True) == 1
    shop.read()
    assert sorted(products.versions(shop.merchant_id, ["SHIRT-M", "MUG", "BELT"])) == ["BELT", "SHIRT-M"]
    ((kind, cause),) = exceptions()
    assert kind == "unreadable-rows"
    assert "line 3: unit_cost_minor has 'dear'" in cause
    assert poll(shop.deployment, master, now_already=True) == 0
    # Changed and changed back: it is so again, although these bytes were there before.
    for text in ("sku\nSHIRT-M\n", "sku\nSHIRT-M\nSOCK\n", "sku\nSHIRT-M\n"):
        shop.clock.at += timedelta(days=1)
        (tmp_path / "pim.csv").unlink()
        (tmp_path / "pim.csv").write_text(text)
        assert poll(shop.deployment, master, now_already=True) == 1
        shop.read()
    (now,) = products.newest(shop.merchant_id, "SHIRT-M", 1)
    assert now.at == shop.clock.at
    assert rows("SELECT state FROM messages") == [("read",)] * 4


def test_what_one_merchant_s_product_master_says_is_not_said_to_another(shop: Shop, master: Link) -> None:
    shop.tell("master", said(30, KIT))
    assert products.versions(shop.merchant_id + 1, ["SHIRT-M"]) == {}
