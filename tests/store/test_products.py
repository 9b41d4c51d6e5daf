"""What the product master said is kept version by version, whatever the order it comes in."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from backhaul.domain.products import Product, ProductComponent
from backhaul.store import merchants, products

T0 = datetime(2026, 11, 2, tzinfo=UTC)


def at(day: int, title: str, sku: str = "A", **more: tuple[str, ...] | tuple[ProductComponent, ...]) -> Product:
    return Product(sku, T0 + timedelta(days=day), title, **more)  # type: ignore[arg-type]


@pytest.fixture
def merchant(db: object) -> int:
    return merchants.keep("acme", "Acme", "UTC")


def test_the_same_every_night_is_kept_as_its_first_and_its_last_time(merchant: int) -> None:
    for day in range(5):
        products.keep(merchant, [at(day, "one")])
        products.keep(merchant, [at(day, "one")])
    assert products.versions(merchant, ["A"]) == {"A": [at(0, "one"), at(4, "one")]}


def test_what_is_told_late_finds_its_place(merchant: int) -> None:
    for number, told in enumerate(itertools.permutations(range(3))):
        said = [at(day, title, f"A-{number}") for day, title in enumerate(("one", "two", "one"))]
        for place in told:
            products.keep(merchant, [said[place]])
        assert products.versions(merchant, [f"A-{number}"]) == {f"A-{number}": said}, told


def test_a_sku_is_found_by_its_name_by_another_name_and_in_a_bundle_and_only_by_its_merchant(merchant: int) -> None:
    other = merchants.keep("other", "Other", "UTC")
    kit = at(0, "kit", "KIT", components=(ProductComponent("PART", 2),))
    told = [at(0, "a", "A", aliases=("EAN",)), kit, at(0, "part", "PART"), at(0, "else", "ELSE")]
    products.keep(merchant, told)
    products.keep(other, [at(0, "theirs")])
    assert sorted(products.versions(merchant, ["EAN"])) == ["A"]
    assert sorted(products.versions(merchant, ["KIT"])) == ["KIT", "PART"]
    assert products.versions(other, ["A"]) == {"A": [at(0, "theirs")]}
    assert products.versions(merchant, ["NONE"]) == {}
    assert [one.sku for one in products.newest(merchant, "", 10)] == ["A", "ELSE", "KIT", "PART"]
    assert [one.sku for one in products.newest(merchant, "EAN", 10)] == ["A"]
    assert [one.sku for one in products.newest(merchant, "art", 10)] == ["PART"]
