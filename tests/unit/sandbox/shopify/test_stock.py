"""Stock on the stand-in of Shopify: states, documents, comparison, and the codes of each refusal."""

from typing import Any

import pytest

from backhaul.sandbox.shopify import Shop
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop

LEDGER = "gid://backhaul/Receipt/9"
REFERENCE = "gid://backhaul/Return/1"


@pytest.fixture
def world() -> tuple[Shop, Client]:
    return little_shop()


def change(shop: Shop, delta: int = 1, sku: str = "SHIRT", place: str = "Warehouse", **more: Any) -> dict[str, Any]:
    found = {"inventoryItemId": shop.variant(sku).item.gid, "locationId": shop.location(place).gid, "delta": delta}
    return found | {"changeFromQuantity": None, **more}


def adjusting(name: str, *changes: Any) -> dict[str, Any]:
    return {"name": name, "reason": "damaged", "referenceDocumentUri": REFERENCE, "changes": list(changes)}


def codes(client: Client, asked: dict[str, Any], operation: str = op.ADJUST) -> list[str]:
    return client.codes(operation, input=asked, key=client.key())


def test_an_adjustment_moves_its_state_and_what_is_on_hand(world: tuple[Shop, Client]) -> None:
    shop, client = world
    asked = adjusting("damaged", change(shop, ledgerDocumentUri=LEDGER, changeFromQuantity=0))
    group = client.done(op.ADJUST, input=asked, key="k")["inventoryAdjustmentGroup"]
    assert [(each["name"], each["quantityAfterChange"]) for each in group["changes"]] == [
        ("damaged", 1),
        ("on_hand", 11),
    ]
    found = client.read(op.LEVELS, id=shop.variant("SHIRT").item.gid, names=["available", "damaged", "on_hand"])
    assert [each["quantity"] for each in found["inventoryItem"]["inventoryLevels"]["nodes"][0]["quantities"]] == [
        10,
        1,
        11,
    ]


def test_what_the_caller_believes_must_be_passed_even_as_null(world: tuple[Shop, Client]) -> None:
    shop, client = world
    bare = change(shop)
    del bare["changeFromQuantity"]
    answer = client.raw(op.ADJUST, input=adjusting("available", bare), key="k")
    assert "changeFromQuantity" in answer["errors"][0]["message"]
    assert shop.available("SHIRT") == 10


def test_a_stale_belief_is_refused(world: tuple[Shop, Client]) -> None:
    shop, client = world
    asked = adjusting("available", change(shop, changeFromQuantity=9))
    assert codes(client, asked) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert shop.available("SHIRT") == 10


@pytest.mark.parametrize(
    ("name", "ledger", "code"),
    [
        ("available", LEDGER, "INVALID_AVAILABLE_DOCUMENT"),
        ("damaged", None, "INVALID_QUANTITY_DOCUMENT"),
        ("damaged", "gid://shopify/Order/1", "INTERNAL_LEDGER_DOCUMENT"),
        ("damaged", "receipt", "INVALID_LEDGER_DOCUMENT"),
        ("on_hand", None, "INVALID_QUANTITY_NAME"),
        ("broken", None, "INVALID_QUANTITY_NAME"),
    ],
)
def test_each_state_wants_the_right_document(world: tuple[Shop, Client], name: str, ledger: str, code: str) -> None:
    shop, client = world
    assert codes(client, adjusting(name, change(shop, ledgerDocumentUri=ledger))) == [code]


def test_one_adjustment_has_one_ledger_document(world: tuple[Shop, Client]) -> None:
    shop, client = world
    changes = [change(shop, ledgerDocumentUri=LEDGER), change(shop, sku="MUG", ledgerDocumentUri=LEDGER + "0")]
    assert codes(client, adjusting("damaged", *changes)) == ["MAX_ONE_LEDGER_DOCUMENT"]


def test_the_stock_of_a_set_is_that_of_its_parts(world: tuple[Shop, Client]) -> None:
    shop, client = world
    assert codes(client, adjusting("available", change(shop, sku="SET"))) == ["NON_MUTABLE_INVENTORY_ITEM"]


def test_what_is_not_known_or_not_stocked_is_refused(world: tuple[Shop, Client]) -> None:
    shop, client = world
    unknown = change(shop) | {"inventoryItemId": "gid://shopify/InventoryItem/1"}
    assert codes(client, adjusting("available", unknown)) == ["INVALID_INVENTORY_ITEM"]
    assert codes(client, adjusting("available", change(shop, place="Store"))) == ["ITEM_NOT_STOCKED_AT_LOCATION"]
    assert codes(client, adjusting("available", change(shop)) | {"reason": "mood"}) == ["INVALID_REASON"]
    assert codes(client, adjusting("available", change(shop, 2_000_000_001))) == ["INVALID_QUANTITY_TOO_HIGH"]


def test_an_item_is_stocked_where_it_is_activated(world: tuple[Shop, Client]) -> None:
    shop, client = world
    item, store = shop.variant("SHIRT").item.gid, shop.location("Store").gid
    client.done(op.ACTIVATE, item=item, location=store, key="k")
    assert codes(client, adjusting("available", change(shop, place="Store"))) == []


def moving(shop: Shop, source: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    place = {"locationId": shop.location().gid, "changeFromQuantity": None}
    moved = {"inventoryItemId": shop.variant("SHIRT").item.gid, "quantity": 1}
    changes = [moved | {"from": place | source, "to": place | target}]
    return {"reason": "quality_control", "referenceDocumentUri": REFERENCE, "changes": changes}


def test_units_move_between_the_states_of_a_location(world: tuple[Shop, Client]) -> None:
    shop, client = world
    to = {"name": "quality_control", "ledgerDocumentUri": LEDGER}
    assert codes(client, moving(shop, {"name": "available"}, to), op.MOVE) == []
    assert (shop.available("SHIRT"), shop.quantity("SHIRT", state="quality_control")) == (9, 1)


def test_units_do_not_move_between_locations(world: tuple[Shop, Client]) -> None:
    shop, client = world
    to = {"name": "damaged", "ledgerDocumentUri": LEDGER, "locationId": shop.location("Store").gid}
    assert codes(client, moving(shop, {"name": "available"}, to), op.MOVE) == ["DIFFERENT_LOCATIONS"]
    same = moving(shop, {"name": "available"}, {"name": "available"})
    assert codes(client, same, op.MOVE) == ["SAME_QUANTITY_NAME"]


def test_a_level_is_set_by_what_it_was(world: tuple[Shop, Client]) -> None:
    shop, client = world
    one = {"inventoryItemId": shop.variant("SHIRT").item.gid, "locationId": shop.location().gid, "quantity": 4}
    asked = {"name": "on_hand", "reason": "correction", "quantities": [one | {"changeFromQuantity": 10}]}
    assert codes(client, asked, op.SET) == []
    assert shop.available("SHIRT") == 4
    assert codes(client, asked, op.SET) == ["CHANGE_FROM_QUANTITY_STALE"]
    twice = asked | {"quantities": [one | {"changeFromQuantity": None}] * 2}
    assert codes(client, twice, op.SET) == ["NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"]
    assert codes(client, asked | {"name": "damaged"}, op.SET) == ["INVALID_NAME"]


def test_a_sale_claims_stock_and_sending_takes_it(world: tuple[Shop, Client]) -> None:
    shop, _ = world
    order = shop.sell(lines=[("SET", 2)], fulfill=False)
    assert (shop.available("SHIRT"), shop.quantity("SHIRT", state="committed")) == (8, 2)
    shop.fulfill(order)
    assert (shop.quantity("SHIRT", state="committed"), shop.quantity("SHIRT", state="on_hand")) == (0, 8)


def test_the_shop_names_its_states(world: tuple[Shop, Client]) -> None:
    _, client = world
    names = client.read(op.PROPERTIES)["inventoryProperties"]["quantityNames"]
    assert {each["name"] for each in names} >= {"available", "on_hand", "incoming", "damaged", "quality_control"}


def test_a_call_that_was_never_begun_leaves_its_key_free(world: tuple[Shop, Client]) -> None:
    shop, client = world
    bare = change(shop)
    del bare["changeFromQuantity"]
    assert "errors" in client.raw(op.ADJUST, input=adjusting("available", bare), key="k")
    client.done(op.ADJUST, input=adjusting("available", change(shop)), key="k")
    assert shop.available("SHIRT") == 11


def test_what_somebody_else_counted_makes_a_belief_stale(world: tuple[Shop, Client]) -> None:
    shop, client = world
    assert shop.count_by_hand("SHIRT", -1) == 9
    assert codes(client, adjusting("available", change(shop, changeFromQuantity=10))) == ["CHANGE_FROM_QUANTITY_STALE"]
