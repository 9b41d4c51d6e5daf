"""What leads nowhere is named with how often it was seen, and what it could be meant to be is suggested."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backhaul.domain.mappings import Kind, ValueMapping
from backhaul.flows.find_gaps import Gap, find_gaps
from backhaul.flows.map_values import map_values
from backhaul.flows.suggest import near, suggest
from backhaul.flows.usable import Change
from backhaul.store import mappings
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def came_back(shop: Shop, number: int, found: str, *skus: str) -> Parcel:
    one = parcel(shop, number, *skus)
    one.said("started")
    one.said("dropped-off")
    shop.work()
    one.received()
    one.inspected(found)
    shop.work()
    return one


def gaps(shop: Shop) -> dict[tuple[str, str], Gap]:
    return {(gap.kind, gap.value): gap for gap in find_gaps(shop.deployment, shop.merchant_id)}


def best(shop: Shop, kind: Kind, value: str) -> list[str]:
    return [one.target for one in suggest(shop.deployment, shop.merchant_id, kind, value)]


def test_every_value_that_leads_nowhere_is_named_with_how_often_and_since_when(shop: Shop) -> None:
    first = shop.clock()
    came_back(shop, 1001, "Slighty damaged", "MUG", "SHIRT-M")
    shop.clock.at += timedelta(days=1)
    came_back(shop, 1002, "slighty_damaged", "MUG")
    came_back(shop, 1003, "damaged", "MUG")
    came_back(shop, 1004, "missing", "MUG")
    found = gaps(shop)
    assert set(found) == {("disposition", "slighty-damaged"), ("reason", "too-small")}
    gap = found["disposition", "slighty-damaged"]
    assert (gap.count, gap.site, gap.waits) == (3, "BER1", True)
    assert (gap.first_at, gap.last_at) == (first, shop.clock())
    assert not found["reason", "too-small"].waits, "a reason keeps nothing back"


def test_what_is_mapped_is_no_gap_any_more(shop: Shop) -> None:
    came_back(shop, 1001, "B-Ware", "MUG", "SHIRT-M")
    shop_mappings = (
        ValueMapping("place", "b-ware", "quarantine:QUAR", "BER1", "mugs"),
        ValueMapping("sku-class", "MUG*", "mugs"),
        ValueMapping("reason", "*", "RETURN"),
    )
    map_values(shop.deployment, shop.merchant_id, [Change(one) for one in shop_mappings], "ada")
    assert gaps(shop)["disposition", "b-ware"].count == 1, "of another class it still leads nowhere"
    map_values(shop.deployment, shop.merchant_id, [Change(ValueMapping("place", "b-ware", "quarantine:QUAR"))], "ada")
    assert gaps(shop) == {}


def test_skus_that_were_not_sold_and_words_nobody_knows_are_gaps(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    Parcel(shop, one.order, one.name, one.express, (("elsewhere", "MUG-BLUE", 0),)).said("started")
    shop.work()
    one.said("it's gone")
    found = gaps(shop)
    assert found["sku-alias", "MUG-BLUE"].waits
    assert found["word", "it's gone"].waits


def test_what_was_seen_long_ago_only_is_not_looked_at(shop: Shop) -> None:
    came_back(shop, 1001, "B-Ware", "MUG")
    shop.clock.at += timedelta(days=100)
    assert gaps(shop) == {}


def test_a_typing_error_suggests_what_was_meant(shop: Shop) -> None:
    suggestions = suggest(shop.deployment, shop.merchant_id, "disposition", "Slighty_damaged")
    assert suggestions[0].target == "damaged"
    assert suggestions[0].score >= 80
    map_values(shop.deployment, shop.merchant_id, [Change(ValueMapping("disposition", "as-new", "sellable"))], "ada")
    assert best(shop, "disposition", "like new / as new")[0] == "sellable"
    assert mappings.active(shop.merchant_id)[0].mapping.value == "as-new", "nothing is mapped by itself"
    assert len(mappings.active(shop.merchant_id)) == 1


def test_the_sku_on_the_order_that_waits_is_suggested_before_one_that_looks_more_alike(shop: Shop) -> None:
    parcel(shop, 1001, "MUG-BLU").said("started")
    one = parcel(shop, 1002, "CUP")
    Parcel(shop, one.order, one.name, one.express, (("elsewhere", "MUG-BLUE", 0),)).said("started")
    shop.work()
    assert best(shop, "sku-alias", "MUG-BLUE")[:2] == ["CUP", "MUG-BLU"]


def test_words_of_a_platform_are_suggested_by_what_they_mean(shop: Shop) -> None:
    assert best(shop, "word", "approvd")[0] == "meaning:approved"
    assert best(shop, "place", "dmaged")[0] == "damaged:DAMAGED"
    assert best(shop, "location", "anything") == ["BER1"]


@pytest.mark.parametrize(
    ("one", "other"), [("Slighty damaged", "damaged"), ("DAMAGED", "damaged"), ("qurantine", "quarantine")]
)
def test_errors_of_typing_count_little(one: str, other: str) -> None:
    assert near(one, other) >= 80
    assert near("sellable", other) < 60
