"""How the Medusa connector raises stock on a real Medusa, which takes levels only: proven, or a person's to judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backhaul.connectors.medusa.client import Medusa as System
from backhaul.domain import effects as e
from backhaul.sandbox.medusa import Counter, Medusa
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Partial, Refused
from tests.support.medusa_story import MedusaStory, connected

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def counter(medusa: Medusa) -> Counter:
    return medusa.counter


@pytest.fixture
def system(counter: Counter) -> Iterator[System]:
    with connected(counter.shop) as one:
        yield one


def batch(*skus: str, name: str = "b1") -> e.FlushStorefrontStock:
    members = tuple(e.FlushMember(f"k-{nth}", f"u-{nth}", sku, "STO") for nth, sku in enumerate(skus))
    return e.FlushStorefrontStock(f"BER1-20261128T080000-{name}", "BER1", members)


def test_a_flush_raises_levels_a_kits_by_its_parts_and_leaves_what_medusa_does_not_have(
    system: System, counter: Counter
) -> None:
    one = MedusaStory(system, counter.shop.orders["SHOP-1005"])
    before = {sku: counter.stock(sku) for sku in ("MUG", "SOCK", "SHIRT-M")}
    outcome = one.do(batch("MUG", "MUG", "SET", "NOPE"))
    assert outcome == Done("BER1-20261128T080000-b1", left=("k-3",))
    assert {sku: counter.stock(sku) - count for sku, count in before.items()} == {"MUG": 2, "SOCK": 2, "SHIRT-M": 1}
    counter.sell([("MUG", 1)])
    assert one.find(batch("MUG", "MUG", "SET", "NOPE")) == outcome, "it is written down as done, whatever is sold since"
    assert isinstance(one.do(batch("NOPE", name="b2")), Refused)


def test_a_flush_that_was_cut_off_is_proven_by_the_levels_or_a_persons_to_judge(
    system: System, counter: Counter
) -> None:
    one, shop = MedusaStory(system, counter.shop.orders["SHOP-1005"]), counter.shop
    item, place, now = shop.inventory_items["MUG"], shop.locations["MAIN"], counter.stock("MUG")
    note = {
        "batch": "BER1-20261128T080000-b1",
        "at": system.now().isoformat(),
        "left": [],
        "levels": [[item, place, now, now + 1]],
        "done": False,
    }
    counter.client.admin("POST", f"/stock-locations/{place}", {"metadata": {"backhaul_flushes": [note]}})
    assert isinstance(one.find(batch("MUG")), Absent)
    path = f"/inventory-items/{item}/location-levels/{place}"
    counter.client.admin("POST", path, {"stocked_quantity": now + 3})
    with pytest.raises(CannotLook, match="neither"):
        one.find(batch("MUG"))
    counter.client.admin("POST", path, {"stocked_quantity": now + 1})
    assert isinstance(one.find(batch("MUG")), Partial)
    one.done(batch("MUG"))
    assert counter.stock("MUG") == now + 1
