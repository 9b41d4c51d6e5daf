"""The product master completes an order once, when it is frozen, and never overrules the sale document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder, component_lines, share
from backhaul.domain.policy import DEFAULT_PLACES, Place, Policy
from backhaul.domain.products import Product, ProductComponent, completed, named_in
from tests.support.world import Shop, Told
from tests.unit.domain.cast import MONDAY

BEFORE, SOLD, AFTER = (MONDAY + timedelta(days=days) for days in (-30, 0, 20))
BARE = FrozenLine("1", "SET", 1, 2700, 216)
PARTS = (FrozenComponent("SHIRT-M", 1), FrozenComponent("SOCK", 2))
ORDER = FrozenOrder("1001", "SHOP-1001", "USD", (replace(BARE, components=PARTS),), SOLD)
KIT = (ProductComponent("SHIRT-M", 1), ProductComponent("SOCK", 2))
OTHER_KIT = (ProductComponent("SHIRT-M", 1), ProductComponent("MUG", 1))
MASTER = {
    "SET": [Product("SET", BEFORE, sku_class="bundle", components=KIT)],
    "SHIRT-M": [
        Product("SHIRT-M", BEFORE, "", "apparel", Money(700, "USD"), Money(2000, "USD"), ("SHIRT-MEDIUM", "EAN-1"))
    ],
    "SOCK": [Product("SOCK", BEFORE, "", "hosiery", Money(150, "USD"), Money(500, "USD"), ("EAN-1",))],
}


def told(order: FrozenOrder, *units: f.UnitName, policy: Policy | None = None) -> Told:
    return Shop({"1001": order}, policy or Policy("v1"), known={"1001"}).told(
        "r1", *(f.ReturnInitiated(unit, "return-bar", at=MONDAY) for unit in units)
    )


def sku(name: str) -> f.UnitName:
    return f.UnitName("1001", "x", sku=name)


def test_prices_and_costs_that_the_sale_document_has_not_are_the_product_master_s() -> None:
    (line,) = completed(ORDER, MASTER).lines
    shirt, sock = component_lines(line)
    assert [share(shirt, 0).net_minor, share(sock, 0).net_minor, share(sock, 1).net_minor] == [1800, 450, 450]
    assert [share(shirt, 0).cost_minor, share(sock, 0).cost_minor, share(line, 0).cost_minor] == [700, 150, 1000]
    assert line.exploded_by == "sale"


def test_what_the_sale_document_says_itself_always_counts() -> None:
    own = tuple(replace(one, stand_alone_minor=100, unit_cost_minor=10) for one in PARTS)
    order = replace(ORDER, lines=(replace(BARE, components=own, unit_cost_minor=5),))
    priced = {**MASTER, "SET": [replace(MASTER["SET"][0], unit_cost=Money(77, "USD"))]}
    assert completed(order, priced).lines == order.lines


def test_an_amount_in_another_currency_says_nothing() -> None:
    order = replace(ORDER, currency="EUR")
    assert completed(order, MASTER).lines == order.lines


def test_a_bundle_that_the_sale_did_not_explode_has_the_product_master_s_components_and_says_so() -> None:
    (line,) = completed(replace(ORDER, lines=(BARE,)), MASTER).lines
    assert line.exploded_by == "product-master"
    assert [(one.sku, one.quantity, one.stand_alone_minor) for one in line.components] == [
        ("SHIRT-M", 1, 2000), ("SOCK", 2, 500),
    ]  # fmt: skip
    state = told(completed(replace(ORDER, lines=(BARE,)), MASTER), sku("SOCK"))
    assert [line.order_line for one in state.documents(e.OpenReturnAuthorisation) for line in one.lines] == ["1/SOCK"]


def test_what_is_said_after_the_sale_of_a_bundle_changes_nothing() -> None:
    later = {**MASTER, "SET": [*MASTER["SET"], Product("SET", AFTER, components=OTHER_KIT)]}
    assert completed(ORDER, later).lines == completed(ORDER, MASTER).lines
    bare = replace(ORDER, lines=(BARE,))
    assert completed(bare, later).lines == completed(bare, MASTER).lines


def test_of_a_sale_from_before_the_product_master_knew_anything_the_oldest_version_tells() -> None:
    early = replace(ORDER, sold_at=datetime(2020, 1, 1, tzinfo=UTC), lines=(BARE,))
    later = {**MASTER, "SET": [*MASTER["SET"], Product("SET", AFTER, components=OTHER_KIT)]}
    assert [one.sku for one in completed(early, later).lines[0].components] == ["SHIRT-M", "SOCK"]


def test_a_bundle_that_was_something_else_in_the_product_master_is_an_exception_and_the_sale_counts() -> None:
    order = completed(ORDER, {**MASTER, "SET": [Product("SET", BEFORE, components=OTHER_KIT)]})
    assert [one.sku for one in order.lines[0].components] == ["SHIRT-M", "SOCK"]
    state = told(order, sku("SOCK"))
    (conflict,) = state.decision.exceptions
    assert (conflict.kind, conflict.owner) == ("bundle-conflict", "operations")
    assert "1 x SHIRT-M, 2 x SOCK by the sale document" in conflict.cause
    assert "1 x SHIRT-M, 1 x MUG by the product master" in conflict.cause
    assert "the sale document counts" in conflict.cause
    assert told(order, sku("SET")).problems() == {"bundle-conflict"}


def test_a_conflict_about_a_bundle_that_did_not_come_back_is_nobody_s_concern() -> None:
    mug = FrozenLine("2", "MUG", 1, 1200, 96)
    order = completed(
        replace(ORDER, lines=(*ORDER.lines, mug)), {**MASTER, "SET": [Product("SET", BEFORE, components=OTHER_KIT)]}
    )
    assert told(order, sku("MUG")).problems() == set()


def test_the_same_contents_in_another_order_are_no_conflict() -> None:
    shuffled = (ProductComponent("SOCK", 1), ProductComponent("SHIRT-MEDIUM", 1), ProductComponent("SOCK", 1))
    order = completed(ORDER, {**MASTER, "SET": [Product("SET", BEFORE, components=shuffled)]})
    assert order.lines[0].master_components == ()


def test_a_name_that_the_product_master_knows_is_the_sku_that_was_sold() -> None:
    shirt = replace(ORDER, lines=(FrozenLine("1", "SHIRT-M", 1, 2000, 160),))
    order = completed(shirt, MASTER)
    assert order.aliases == {"EAN-1": "SHIRT-M", "SHIRT-MEDIUM": "SHIRT-M"}
    state = told(order, sku("SHIRT-MEDIUM"))
    assert state.problems() == set()
    assert [line.sku for one in state.documents(e.OpenReturnAuthorisation) for line in one.lines] == ["SHIRT-M"]


def test_a_name_of_two_skus_of_an_order_is_none() -> None:
    assert "EAN-1" not in completed(ORDER, MASTER).aliases
    assert told(completed(ORDER, MASTER), sku("EAN-1")).problems() == {"unit-not-sold"}


def test_the_policy_s_alias_wins_over_the_product_master_s() -> None:
    order = completed(
        replace(ORDER, lines=(FrozenLine("1", "SHIRT-M", 1, 2000, 160), FrozenLine("2", "SHIRT-L", 1, 2000, 160))),
        MASTER,
    )
    state = told(order, sku("SHIRT-MEDIUM"), policy=Policy("v1", sku_aliases={"SHIRT-MEDIUM": "SHIRT-L"}))
    assert [line.sku for one in state.documents(e.OpenReturnAuthorisation) for line in one.lines] == ["SHIRT-L"]


def test_a_sku_that_the_sale_names_by_an_alias_is_known_by_it() -> None:
    order = completed(replace(ORDER, lines=(FrozenLine("1", "SHIRT-MEDIUM", 1, 2000, 160),)), MASTER)
    assert order.lines[0].unit_cost_minor == 700
    assert order.aliases["SHIRT-M"] == "SHIRT-MEDIUM"
    assert order.sku_class("SHIRT-MEDIUM") == "apparel"


def test_classes_of_all_that_was_sold_are_frozen_with_it() -> None:
    order = completed(ORDER, MASTER)
    assert {name: order.sku_class(name) for name in sorted(named_in(order))} == {
        "SET": "bundle", "SHIRT-M": "apparel", "SOCK": "hosiery",
    }  # fmt: skip
    assert order.sku_class("MUG") == ""


def test_names_and_classes_are_those_of_the_moment_of_freezing() -> None:
    newer = {"SHIRT-M": [*MASTER["SHIRT-M"], Product("SHIRT-M", AFTER, sku_class="tops", aliases=("TOP-1",))]}
    order = completed(replace(ORDER, lines=(FrozenLine("1", "SHIRT-M", 1, 2000, 160),)), newer)
    assert (order.aliases, order.sku_class("SHIRT-M")) == ({"TOP-1": "SHIRT-M"}, "tops")
    assert order.lines[0].unit_cost_minor == 700, "what it cost at the sale"


def test_the_class_decides_where_a_unit_goes_unless_the_policy_names_another() -> None:
    order = completed(ORDER, MASTER)
    places = {**DEFAULT_PLACES, "sellable/hosiery": Place("damaged", "TORN"), "sellable/odd": Place("damaged", "ODD")}
    ways: tuple[tuple[dict[str, str], str], ...] = (({}, "TORN"), ({"SOCK": "odd"}, "ODD"))
    for classes, where in ways:
        state = told(order, sku("SOCK"), policy=Policy("v1", places=places, sku_classes=classes))
        state.tell(f.ItemReceived(sku("SOCK"), "MAIN", 1), f.ItemInspected(sku("SOCK"), "MAIN", "sellable", 1))
        state.rest()
        assert [one.location for one in state.documents(e.PutAway)] == [where]


def test_without_a_product_master_an_order_is_as_it_was_read() -> None:
    assert completed(ORDER, {}) is ORDER


def test_an_unsold_unit_moves_in_the_ledger_by_the_name_the_order_knows() -> None:
    order = completed(replace(ORDER, lines=(FrozenLine("1", "SHIRT-M", 1, 2000, 160),)), MASTER)
    state = told(order, f.UnitName("1001", "x", 0, sku="SHIRT-M"), f.UnitName("1001", "x", 1, sku="SHIRT-MEDIUM"))
    assert state.problems() == {"over-return"}
    state.tell(f.ItemDroppedOff(f.UnitName("1001", "x", 1, sku="SHIRT-MEDIUM")))
    assert state.balances()["transit", "SHIRT-M"] == 1
