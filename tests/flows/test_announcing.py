"""The warehouse is told what should arrive, once, also when it takes a message and hangs up before it says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest
from django.db import connection

from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings, announcement_schema
from backhaul.flows.deployment import Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.resolve import retry, waive
from backhaul.sdk.wire import Wire
from backhaul.store.sql import rows
from tests.support.day import Parcel, paid, parcel
from tests.support.dock import SECRET, Dock
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Iterator[Shop]:
    shop = Town().open("acme", "Acme")
    yield shop
    _hang_up(shop.links["acme-warehouse"])


@pytest.fixture
def dock() -> Iterator[Dock]:
    with Dock() as dock:
        yield dock


def connect(shop: Shop, dock: Dock, address: str = "", **more: object) -> None:
    """From now on the shop announces what was dropped off to that warehouse."""
    link = shop.links["acme-warehouse"]
    given = {"announce_url": (address or dock.address) + "/returns/expected", "announce_secret": SECRET, **more}
    link.settings = NeutralWarehouseSettings.model_validate(given)
    link.wire = lambda: Wire(link.settings.address(), deadline_s=5.0)
    _hang_up(link)
    policies = shop.deployment.policies.said  # type: ignore[attr-defined]
    policies[shop.merchant_id] = replace(policies[shop.merchant_id], announce_on="drop-off")


def _hang_up(link: Link) -> None:
    if link._system is not None:
        link._system.close()
        link._system = None


def tell(shop: Shop, times: int = 3) -> None:
    """All that is due is sent, and looked at again as time goes by."""
    for _ in range(times):
        shop.work()
        dispatch(shop.deployment, shop.links["acme-warehouse"], "test", width=1)
        shop.clock.at += timedelta(minutes=11)


def on_its_way(shop: Shop, number: int = 1001) -> Parcel:
    one = parcel(shop, number, "MUG", "SHIRT-M")
    one.said("started")
    one.said("dropped off")
    return one


def problems() -> list[tuple[str, str]]:
    found = rows("SELECT kind, owner FROM exceptions WHERE closed_at IS NULL ORDER BY kind")
    return [(kind, owner) for kind, owner in found]


def test_what_was_dropped_off_is_announced_on_the_erps_authorisation(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    one = on_its_way(shop)
    tell(shop)
    (message,) = dock.taken
    jsonschema.validate(message, announcement_schema())
    authorisation = shop.books.made[next(key for key in shop.books.made if key.startswith("open-return"))]
    assert message["return_ref"] == {"kind": "express", "value": one.express}
    assert {"kind": "return", "value": one.name} in message["names"]
    assert [(line["sku"], line["expected_total"], line["authorisation"]) for line in message["lines"]] == [
        ("MUG", 1, authorisation),
        ("SHIRT-M", 1, authorisation),
    ]
    assert (message["warehouse"], message["change"], dock.knocks) == ("BER1", "announced", 1)


def test_it_tells_nothing_of_the_shopper_and_no_price(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    on_its_way(shop)
    tell(shop)
    (body,) = dock.raw
    assert set(json.loads(body)["lines"][0]) == {"line_ref", "sku", "expected_total", "condition", "authorisation"}
    for secret in (b"@", b"shopper", b"1290", b"3490", b"USD", b"too-small"):
        assert secret not in body


def test_a_warehouse_that_hangs_up_after_taking_it_has_one(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    dock.hangs_up = 2
    on_its_way(shop)
    tell(shop, 5)
    assert (len(dock.taken), dock.knocks) == (1, 3)
    assert problems() == []


def test_one_that_cannot_tell_doubles_apart_is_not_sent_the_same_again(shop: Shop) -> None:
    with Dock(dedupes=False, hangs_up=1) as dock:
        connect(shop, dock, receiver_dedupes=False)
        on_its_way(shop)
        tell(shop, 4)
        assert dock.knocks == 1
        assert problems() == [("not-announced", "warehouse")]


def test_one_that_was_away_is_sent_it_when_it_is_back_though_it_cannot_tell_doubles_apart(shop: Shop) -> None:
    """Nobody listened: nothing was sent, so nothing can be there."""
    with Dock(dedupes=False) as dock:
        connect(shop, dock, address="http://127.0.0.1:9", receiver_dedupes=False)
        on_its_way(shop)
        tell(shop, 2)
        connect(shop, dock, receiver_dedupes=False)
        tell(shop, 3)
        assert len(dock.taken) == 1
        assert problems() == []


def test_one_that_can_be_asked_is_asked_before_anything_is_sent_again(shop: Shop) -> None:
    with Dock(dedupes=False, hangs_up=1) as dock:
        connect(shop, dock, receiver_dedupes=False, lookup_url=f"{dock.address}/taken")
        on_its_way(shop)
        tell(shop, 4)
        assert (len(dock.taken), dock.knocks) == (1, 1)
        assert problems() == []


def test_two_dispatchers_announce_it_once(shop: Shop) -> None:
    with Dock(dedupes=False) as dock:
        connect(shop, dock)
        for number in range(1001, 1009):
            on_its_way(shop, number)
        for _ in range(3):
            shop.work()
        together = threading.Barrier(2)

        def work(holder: str) -> None:
            together.wait(10)
            for _ in range(5):
                dispatch(shop.deployment, shop.links["acme-warehouse"], holder)
            connection.close()

        threads = [threading.Thread(target=work, args=(f"dispatcher-{number}",)) for number in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert (len(dock.taken), dock.knocks) == (8, 8)


def test_a_refusal_is_the_warehouses_exception_and_a_retry_closes_it(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    dock.codes = [422]
    on_its_way(shop)
    tell(shop)
    ((key, cause),) = rows("SELECT key, cause FROM exceptions WHERE kind = 'not-announced' AND closed_at IS NULL")
    assert "422" in cause
    retry(shop.deployment, shop.merchant_id, key, "warehouse")
    tell(shop)
    assert (len(dock.taken), problems()) == (1, [])


def test_a_refusal_waived_keeps_the_return_from_nothing(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    dock.codes = [422]
    one = on_its_way(shop)
    tell(shop)
    ((key,),) = rows("SELECT key FROM exceptions WHERE kind = 'not-announced'")
    waive(shop.deployment, shop.merchant_id, key, "warehouse", "told by telephone")
    one.refunded(paid(("MUG", "SHIRT-M")))
    one.received()
    one.inspected("sellable")
    shop.work()
    shop.flush()
    assert rows("SELECT closed FROM returns") == [(True,)]


def test_a_bag_told_later_is_announced_after_the_first_and_what_arrived_is_not(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    one = on_its_way(shop)
    tell(shop)
    label = {"event": "return_label_update", "typeID": "", "retailerID": "acme", "webhookType": "return.label.update"}
    ids = {"happyReturnsReturnID": one.name, "happyReturnsExpressCode": one.express}
    shop.tell("happy", {**label, **ids, "labelID": "HR2ABCDEFGHI"})
    tell(shop)
    one.received()
    tell(shop)
    first, second = dock.taken
    assert (second["follows"], second["sequence"], second["change"]) == (first["message_id"], 2, "amended")
    assert {"kind": "bag", "value": "HR2ABCDEFGHI"} in second["names"]


def test_a_merchant_whose_warehouse_takes_none_owes_none(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    link = shop.links["acme-warehouse"]
    link.settings = NeutralWarehouseSettings()
    on_its_way(shop)
    tell(shop)
    assert rows("SELECT count(*) FROM effects WHERE verb = 'announce-return'") == [(0,)]
    assert problems() == []


def test_what_began_before_go_live_was_announced_by_whoever_did_it_then(shop: Shop, dock: Dock) -> None:
    connect(shop, dock)
    link = shop.links["acme-warehouse"]
    link.go_live_at = shop.clock.at + timedelta(days=1)
    on_its_way(shop)
    rows("UPDATE returns SET initiated_at = first_seen_at RETURNING id")
    tell(shop)
    assert (dock.knocks, problems()) == (0, [])
    assert rows("SELECT standing, adopted FROM effects WHERE verb = 'announce-return'") == [("done", True)]
