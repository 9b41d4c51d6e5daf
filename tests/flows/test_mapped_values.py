"""One mapping completes every return that waits for it, once; undone, things are as before."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from backhaul.domain.mappings import ValueMapping
from backhaul.flows.map_values import map_values, preview, undo
from backhaul.flows.usable import CannotMap, Change
from backhaul.project.deployment import adopt
from backhaul.store import mappings
from backhaul.store.sql import atomic, rows
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town

B_WARE = Change(ValueMapping("disposition", "b-ware", "quarantine"))


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def open_kinds() -> list[str]:
    return [kind for (kind,) in rows("SELECT kind FROM exceptions WHERE closed_at IS NULL ORDER BY kind")]


def inspected(shop: Shop, number: int, *skus: str, found: str = "B-Ware") -> Parcel:
    """A return that came back and was found to be in that condition."""
    one = parcel(shop, number, *skus)
    one.said("started")
    one.said("dropped-off")
    shop.work()
    one.received()
    one.inspected(found)
    shop.work()
    return one


def map_one(shop: Shop, *changes: Change) -> str:
    return str(map_values(shop.deployment, shop.merchant_id, changes, "ada", "because"))


def put_away(shop: Shop) -> list[str]:
    return sorted(key for key in shop.books.made if key.startswith(("put-away", "flush-stock")))


def test_one_mapping_completes_every_return_that_waits_for_it(shop: Shop) -> None:
    for number in (1001, 1002):
        inspected(shop, number, "MUG", "SHIRT-M")
    inspected(shop, 1003, "MUG", found="damaged")
    assert open_kinds() == ["unmapped-disposition"] * 4
    before = len(put_away(shop))
    weighed = preview(shop.deployment, shop.merchant_id, [B_WARE])
    assert (weighed.weight.units, weighed.weight.returns) == (4, 2)
    assert str(weighed).startswith("4 units in 2 returns wait for this, worth 43.44 USD at cost (4 to QUAR")
    assert open_kinds() == ["unmapped-disposition"] * 4, "a preview changes nothing"
    assert map_one(shop, B_WARE).startswith("2 returns decided anew, 4 units go to QUAR (quarantine) at BER1; 0 still")
    assert open_kinds() == []
    shop.work()
    assert len(put_away(shop)) == before + 2


def test_the_same_mapping_once_more_changes_nothing(shop: Shop) -> None:
    inspected(shop, 1001, "MUG")
    map_one(shop, B_WARE)
    shop.work()
    made = put_away(shop)
    assert map_one(shop, B_WARE) == "Nothing changed: it is mapped so already."
    assert str(preview(shop.deployment, shop.merchant_id, [B_WARE])).startswith("Nothing changes")
    shop.work()
    assert put_away(shop) == made
    assert rows("SELECT count(*) FROM mappings") == [(1,)]


def test_undone_a_mapping_is_what_it_was_before(shop: Shop) -> None:
    damaged = Change(ValueMapping("disposition", "b-ware", "damaged"))
    name = damaged.mapping.name
    map_one(shop, B_WARE)
    map_one(shop, damaged)
    undo(shop.deployment, shop.merchant_id, name, "ada")
    assert [kept.mapping.target for kept in mappings.active(shop.merchant_id)] == ["quarantine"]
    map_one(shop, Change(B_WARE.mapping, ends=True))
    assert mappings.active(shop.merchant_id) == ()
    undo(shop.deployment, shop.merchant_id, name, "ada")
    assert [kept.mapping.target for kept in mappings.active(shop.merchant_id)] == ["quarantine"]
    told = [(kept.mapping.target, kept.ended) for kept in mappings.history(shop.merchant_id, name)]
    assert told[::-1] == [
        ("quarantine", False),
        ("damaged", False),
        ("quarantine", False),
        ("", True),
        ("quarantine", False),
    ]


def test_a_mapping_taken_back_before_anything_was_moved_leaves_the_unit_in_inspection(shop: Shop) -> None:
    inspected(shop, 1001, "MUG")
    map_one(shop, B_WARE)
    undo(shop.deployment, shop.merchant_id, B_WARE.mapping.name, "ada")
    shop.work()
    assert put_away(shop) == []
    assert open_kinds() == ["unmapped-disposition"]


def test_a_sku_mapped_to_the_sold_one_completes_the_return(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    other = Parcel(shop, one.order, one.name, one.express, (("elsewhere", "MUG-BLUE", 0),))
    other.said("started")
    other.said("dropped-off")
    shop.work()
    assert open_kinds() == ["unit-not-sold"]
    alias = Change(ValueMapping("sku-alias", "MUG-BLUE", "MUG"))
    assert str(preview(shop.deployment, shop.merchant_id, [alias])).startswith("1 unit in 1 return waits for this")
    assert map_one(shop, alias).startswith("1 return decided anew, 1 unit goes to MUG; 0 still wait")
    shop.work()
    assert open_kinds() == []
    assert [key for key in shop.books.made if key.startswith("open-return-authorisation")]


def test_a_word_explained_has_its_messages_read(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    one.said("handed-over")
    assert open_kinds() == ["unknown-value"]
    word = Change(ValueMapping("word", "handed-over", "meaning:dropped-off"))
    assert "1 message read again" in str(preview(shop.deployment, shop.merchant_id, [word]))
    assert "1 message read again" in map_one(shop, word)
    shop.read()
    assert open_kinds() == []
    one.said("Handed_over")
    assert open_kinds() == []


def test_a_reason_goes_out_with_the_authorisation(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    assert "the reason of 1 unit" in map_one(shop, Change(ValueMapping("reason", "too-small", "SIZE-")))
    shop.work()
    ((payload,),) = rows("SELECT payload->'reasons' FROM effects WHERE verb = 'open-return-authorisation'")
    assert "SIZE-" in str(payload)
    map_one(shop, Change(ValueMapping("reason", "too-small", "LATER")))
    assert rows("SELECT payload->'reasons' FROM effects WHERE verb = 'open-return-authorisation'") == [(payload,)]


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        (ValueMapping("place", "b-ware", "stock:STO"), "sellable stock"),
        (ValueMapping("disposition", "worn", "c-ware"), "leads nowhere"),
        (ValueMapping("word", "x", "meaning:teleported"), "cannot use"),
        (ValueMapping("word", "x", "teleported"), "no connection understands"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(shop: Shop, mapping: ValueMapping, why: str) -> None:
    with pytest.raises(CannotMap, match=why):
        map_one(shop, B_WARE, Change(mapping))
    assert rows("SELECT count(*) FROM mappings") == [(0,)]


def test_a_place_that_a_mapped_word_needs_is_not_taken_away(shop: Shop) -> None:
    place = Change(ValueMapping("place", "b-ware", "quarantine:QUAR"))
    map_one(shop, place, Change(ValueMapping("disposition", "worn", "b-ware")))
    with pytest.raises(CannotMap, match="lead nowhere any more"):
        map_one(shop, Change(place.mapping, ends=True))


def test_a_site_that_has_receipts_stays_what_it_is(shop: Shop) -> None:
    map_one(shop, Change(ValueMapping("location", "Dock 3", "BER1")))
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    one.said("dropped-off")
    shop.work()
    one.received("Dock 3")
    shop.work()
    assert rows("SELECT payload->>'site' FROM effects WHERE verb = 'receive-return'") == [("BER1",)]
    for change in (
        Change(ValueMapping("location", "Dock 3", "HAM1")),
        Change(ValueMapping("location", "Dock 3", "BER1"), ends=True),
    ):
        with pytest.raises(CannotMap, match="can be changed no more"):
            map_one(shop, change)


def test_merchants_map_for_themselves(db: object) -> None:
    town = Town()
    ours, theirs = town.open("acme", "Acme"), town.open("bolt", "Bolt")
    adopt(theirs.deployment)
    for shop in (ours, theirs):
        shop.deployment = theirs.deployment
        inspected(shop, 1001, "MUG")
    map_one(ours, B_WARE)
    assert rows("SELECT merchant_id FROM exceptions WHERE closed_at IS NULL") == [(theirs.merchant_id,)]
    assert theirs.deployment.policies[theirs.merchant_id].version == "test-policy"


def test_every_version_of_the_policy_as_it_counts_is_kept(shop: Shop) -> None:
    inspected(shop, 1001, "MUG")
    map_one(shop, B_WARE)
    kept = {version for (version,) in rows("SELECT version FROM policy_versions")}
    used = {version for (version,) in rows("SELECT policy_version FROM effects WHERE verb = 'put-away'")}
    assert used == {shop.deployment.policies[shop.merchant_id].version}
    assert used < kept
    assert "test-policy" in kept


def test_a_return_that_is_just_being_decided_by_the_old_mappings_is_not_forgotten(shop: Shop) -> None:
    """Who maps waits for those who decide, and finds what they left waiting."""
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    one.said("dropped-off")
    shop.work()
    one.received()
    decided, go_on = threading.Event(), threading.Event()

    def another() -> None:
        with atomic():
            one.inspected("B-Ware")
            decided.set()
            assert go_on.wait(20)
        connection.close()

    def mapper() -> None:
        said.append(map_one(shop, B_WARE))
        connection.close()

    said: list[str] = []
    threads = [threading.Thread(target=another), threading.Thread(target=mapper)]
    threads[0].start()
    assert decided.wait(20)
    threads[1].start()
    threads[1].join(0.5)
    assert not said, "it waits for the one who decides"
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert said[0].endswith("0 still wait.")
    assert open_kinds() == []
