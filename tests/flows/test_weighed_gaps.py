"""For each gap it is known how much waits: returns, units, what is at risk; and for an exception, what closes it."""

from __future__ import annotations

import pytest

from backhaul.domain.mappings import ValueMapping
from backhaul.domain.money import Money
from backhaul.flows.find_gaps import find_gaps
from backhaul.flows.map_values import map_values
from backhaul.flows.resolve import decide_disposition, waive
from backhaul.flows.usable import Change
from backhaul.flows.weigh_gaps import Waiting, asked_by, weigh_gaps
from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def came_back(shop: Shop, number: int, found: str, *skus: str, site: str = "BER1") -> None:
    one = parcel(shop, number, *skus)
    one.said("started")
    one.said("dropped-off")
    shop.work()
    one.received(site)
    one.inspected(found, site)
    shop.work()


def weighed(shop: Shop) -> dict[tuple[str, str, str], Waiting]:
    gaps = find_gaps(shop.deployment, shop.merchant_id)
    found = weigh_gaps(shop.deployment, shop.merchant_id, gaps)
    return {(gap.kind, gap.value, gap.site): waiting for gap, waiting in found}


def open_keys(kind: str) -> list[str]:
    return [key for (key,) in rows("SELECT key FROM exceptions WHERE kind = %s AND closed_at IS NULL", (kind,))]


def test_what_waits_for_a_word_is_counted_by_site_with_what_it_is_worth(shop: Shop) -> None:
    came_back(shop, 1001, "moth-eaten", "MUG")
    for number in (1002, 1003):
        came_back(shop, number, "B-Ware", "MUG", "SCARF-RED")
    found = weighed(shop)
    assert list(found)[:2] == [("disposition", "b-ware", "BER1"), ("disposition", "moth-eaten", "BER1")]
    most = found["disposition", "b-ware", "BER1"]
    assert (most.units, most.returns, most.whole) == (4, 2, True)
    costs = {"MUG": 586, "SCARF-RED": 1113}
    assert most.value == (Money(2 * sum(costs.values()), "USD"),), "what a shop paid for them"
    assert most.at_risk == (), "they are where they should be, in inspection"
    assert not found["reason", "too-small", "*"].anything


def test_a_unit_that_was_decided_or_waived_waits_for_nothing(shop: Shop) -> None:
    for number in (1001, 1002):
        came_back(shop, number, "B-Ware", "MUG")
    first, second = rows("SELECT key, return_id, about FROM exceptions WHERE closed_at IS NULL ORDER BY key")
    waive(shop.deployment, shop.merchant_id, first[0], "ada", "thrown away")
    assert weighed(shop)["disposition", "b-ware", "BER1"].units == 1
    decide_disposition(shop.deployment, shop.merchant_id, second[1], second[2], "damaged", "ada", "seen it")
    assert not weighed(shop)["disposition", "b-ware", "BER1"].anything


def test_skus_and_messages_that_wait_are_counted(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    Parcel(shop, one.order, one.name, one.express, (("elsewhere", "MUG-BLUE", 0),)).said("started")
    shop.work()
    one.said("handed-over")
    found = weighed(shop)
    assert (found["sku-alias", "MUG-BLUE", "*"].units, found["sku-alias", "MUG-BLUE", "*"].returns) == (1, 1)
    assert found["sku-alias", "MUG-BLUE", "*"].value == (), "nobody knows yet what it was sold as"
    assert found["word", "handed-over", "*"].messages == 1


def test_an_exception_says_which_mapping_closes_it(shop: Shop) -> None:
    came_back(shop, 1001, "B-Ware", "MUG")
    one = parcel(shop, 1002, "MUG")
    Parcel(shop, one.order, one.name, one.express, (("elsewhere", "MUG-BLUE", 0),)).said("started")
    shop.work()
    one.said("handed-over")
    targets = {"unmapped-disposition": "damaged", "unit-not-sold": "MUG", "unknown-value": "meaning:dropped-off"}
    for kind, target in targets.items():
        (key,) = open_keys(kind)
        name = asked_by(shop.deployment, shop.merchant_id, key)
        assert name is not None
        mapping = ValueMapping(name[0], name[1], target, *name[2:])
        map_values(shop.deployment, shop.merchant_id, [Change(mapping)], "ada")
        shop.read()
        assert open_keys(kind) == []
        assert asked_by(shop.deployment, shop.merchant_id, key) is None, "closed, it asks for nothing"


def test_an_exception_that_no_mapping_closes_asks_for_none(shop: Shop) -> None:
    came_back(shop, 1001, "missing", "MUG")
    (key,) = open_keys("missing-item")
    assert asked_by(shop.deployment, shop.merchant_id, key) is None
    assert asked_by(shop.deployment, shop.merchant_id, "none") is None
    came_back(shop, 1002, "B-Ware", "MUG")
    (key,) = open_keys("unmapped-disposition")
    assert asked_by(shop.deployment, shop.merchant_id + 1, key) is None, "it is another merchant's"
