"""A scanner reads more than the number that the platform told: the return is found by what stands within the code."""

from __future__ import annotations

from typing import Any

import pytest

from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town

BAG = "HR2ABCDEFGHI"
SCANNED = f"]C1420941079{BAG}05"


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def bagged(shop: Shop, number: int, bag: str) -> Parcel:
    """A return that the platform told the bag of."""
    one = parcel(shop, number, "MUG")
    one.said("started")
    label = {"event": "return_label_update", "typeID": "", "retailerID": shop.name, "labelID": bag}
    shop.tell("happy", {**label, "happyReturnsReturnID": one.name, "happyReturnsExpressCode": one.express})
    one.said("dropped_off")
    shop.work()
    return one


def received(one: Parcel, code: str, kind: str = "bag", **more: Any) -> None:
    """The warehouse scanned the parcel and counted what was in it; it knows no order."""
    said = {"message_id": f"w-{code}", "occurred_at": one.now(), "sequence": 1, "warehouse": "BER1", "kind": "receipt"}
    lines = [{"sku": "MUG", "received_total": 1}]
    said |= {"return_ref": {"kind": kind, "value": code}, "lines": lines, **more}
    one.shop.tell("warehouse", said)
    one.shop.work()


def stages() -> list[tuple[str, str]]:
    return [(label, stage) for label, stage in rows("SELECT label, stage FROM returns ORDER BY id")]


def test_a_code_with_more_around_the_bag_is_its_return(shop: Shop) -> None:
    one = bagged(shop, 1001, BAG)
    received(one, SCANNED)
    assert stages() == [(one.express, "received")]


def test_the_same_code_again_and_an_exact_one_are_the_same_return(shop: Shop) -> None:
    one = bagged(shop, 1001, BAG)
    received(one, SCANNED)
    received(one, SCANNED, message_id="again", sequence=2)
    received(one, BAG, sequence=3)
    assert stages() == [(one.express, "received")]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(f"{BAG}0", id="a longer number of the same sort"),
        pytest.param("]C1420941079HR2ABCDEFGHX05", id="another bag"),
        pytest.param(f"]C1{BAG}-HR2ABCDEFGHJ", id="two bags"),
    ],
)
def test_a_code_that_need_not_mean_it_does_not(shop: Shop, code: str) -> None:
    one, other = bagged(shop, 1001, BAG), bagged(shop, 1002, "HR2ABCDEFGHJ")
    received(one, code)
    assert {one.express: "dropped-off", other.express: "dropped-off"}.items() <= dict(stages()).items()


def test_a_code_beside_another_order_is_not_believed(shop: Shop) -> None:
    one = bagged(shop, 1001, BAG)
    other = parcel(shop, 1002, "MUG")
    other.said("started")
    received(one, SCANNED, order_number=other.order)
    counted = "SELECT r.label FROM facts f JOIN returns r ON r.id = f.return_id WHERE f.kind = 'ItemReceived'"
    assert (one.express,) not in rows(counted)


def test_the_platforms_own_names_are_taken_as_they_are(shop: Shop) -> None:
    one, other = bagged(shop, 1001, BAG), bagged(shop, 1002, SCANNED)
    received(other, SCANNED)
    assert dict(stages()) == {one.express: "dropped-off", other.express: "received"}
