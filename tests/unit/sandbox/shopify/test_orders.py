"""Orders on the stand-in of Shopify: created, found, marked, drafted and cancelled, with the traps of each."""

from typing import Any

import pytest

from backhaul.sandbox.shopify import Shop
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop

DEFINITION = {"name": "Key", "namespace": "$app:returns", "key": "exchange_key", "type": "id", "ownerType": "ORDER"}


@pytest.fixture
def world() -> tuple[Shop, Client]:
    return little_shop()


def exchange(shop: Shop, value: str = "HR:1:EXCH", sku: str = "MUG", quantity: int = 1, **line: Any) -> dict[str, Any]:
    metafield = {"namespace": "$app:returns", "key": "exchange_key", "type": "id", "value": value}
    price = {"shopMoney": {"amount": "0.00", "currencyCode": "USD"}}
    goods = {"variantId": shop.variant(sku).gid, "quantity": quantity, "priceSet": price, **line}
    return {"lineItems": [goods], "metafields": [metafield], "sourceIdentifier": value, "financialStatus": "PAID"}


def test_an_order_claims_no_stock_unless_it_is_asked_to(world: tuple[Shop, Client]) -> None:
    shop, client = world
    client.done(op.DEFINE, d=DEFINITION)
    client.done(op.ORDER_CREATE, order=exchange(shop))
    assert shop.available("MUG") == 10
    asked = {"inventoryBehaviour": "DECREMENT_OBEYING_POLICY"}
    client.done(op.ORDER_CREATE, order=exchange(shop, "HR:2"), options=asked)
    assert shop.available("MUG") == 9
    short = exchange(shop, "HR:3", quantity=10)
    assert client.codes(op.ORDER_CREATE, order=short, options=asked) == ["INVENTORY_CLAIM_FAILED"]
    assert len(shop.orders()) == 2


def test_a_line_needs_no_shipping_unless_it_says_so(world: tuple[Shop, Client]) -> None:
    shop, client = world
    client.done(op.DEFINE, d=DEFINITION)
    client.done(op.ORDER_CREATE, order=exchange(shop))
    client.done(op.ORDER_CREATE, order=exchange(shop, "HR:2", requiresShipping=True))
    assert [order.lines[0].requires_shipping for order in shop.orders()] == [False, True]


def test_a_value_of_type_id_is_one_orders_only(world: tuple[Shop, Client]) -> None:
    shop, client = world
    client.done(op.DEFINE, d=DEFINITION)
    client.done(op.ORDER_CREATE, order=exchange(shop))
    errors = client.payload(op.ORDER_CREATE, order=exchange(shop))["userErrors"]
    assert "already been taken" in errors[0]["message"]
    assert len(shop.orders()) == 1
    identifier = {"customId": {"namespace": "$app:returns", "key": "exchange_key", "value": "HR:1:EXCH"}}
    assert client.read(op.BY_CUSTOM_ID, identifier=identifier)["orderByIdentifier"]["name"] == "#1001"
    assert client.codes(op.DEFINE, d=DEFINITION) == ["TAKEN"]


def test_without_a_definition_there_is_no_value_of_type_id(world: tuple[Shop, Client]) -> None:
    shop, client = world
    assert client.codes(op.ORDER_CREATE, order=exchange(shop)) == ["INVALID"]


def test_a_customer_is_named_once_and_a_moment_to_come_is_taken_for_now(world: tuple[Shop, Client]) -> None:
    shop, client = world
    one = {"variantId": shop.variant("MUG").gid, "quantity": 1}
    person = shop.sell(lines=[("MUG", 1)], email="a@example.com").customer
    assert person
    twice = {"lineItems": [one], "customer": {"toAssociate": {"id": person.gid}}, "customerId": person.gid}
    assert client.codes(op.ORDER_CREATE, order=twice) == ["REDUNDANT_CUSTOMER_FIELDS"]
    client.done(op.ORDER_CREATE, order={"lineItems": [one], "processedAt": "2099-01-01T00:00:00Z"})
    assert shop.order("#1002").processed_at == shop.clock.now()


def test_the_search_index_lags_and_the_order_itself_does_not(world: tuple[Shop, Client]) -> None:
    shop, client = world
    shop.lag_search(30)
    order = shop.sell(lines=[("MUG", 1)])
    assert client.read(op.BY_SEARCH, q='name:"#1001"')["orders"]["nodes"] == []
    assert client.read(op.ORDER, id=order.gid)["order"]["name"] == "#1001"
    shop.clock.advance(30)
    assert client.read(op.BY_SEARCH, q='name:"#1001"')["orders"]["nodes"][0]["id"] == order.gid


FOUND_BY = "name:#1002|name:1002|tag:hr|sku:SHIRT|id:{number}|updated_at:>='{now}' tag:hr|tag:x OR tag:hr"


@pytest.mark.parametrize("query", FOUND_BY.split("|"))
def test_orders_are_found_by_what_is_known_of_them(world: tuple[Shop, Client], query: str) -> None:
    shop, client = world
    shop.sell(lines=[("MUG", 1)])
    order = shop.sell(lines=[("SHIRT", 1)], tags=["hr"])
    filled = query.format(number=order.gid.rsplit("/", 1)[1], now=shop.clock.now().isoformat())
    assert [each["name"] for each in client.read(op.BY_SEARCH, q=filled)["orders"]["nodes"]] == ["#1002"]


def test_pages_follow_each_other_without_a_gap(world: tuple[Shop, Client]) -> None:
    shop, client = world
    for _ in range(5):
        shop.sell(lines=[("MUG", 1)])
        shop.clock.advance(60)
    names: list[str] = []
    after = None
    while True:
        found = client.read(op.PAGES, first=2, after=after, q=None)["orders"]
        names += [edge["node"]["name"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert names == ["#1001", "#1002", "#1003", "#1004", "#1005"]


def test_a_change_moves_an_order_to_the_end_of_what_was_updated(world: tuple[Shop, Client]) -> None:
    shop, client = world
    first = shop.sell(lines=[("MUG", 1)])
    shop.sell(lines=[("MUG", 1)])
    shop.clock.advance(60)
    client.done(op.TAGS_ADD, id=first.gid, tags=["hr"])
    found = client.read(op.PAGES, first=5, after=None, q=f"updated_at:>='{shop.clock.now().isoformat()}'")
    assert [edge["node"]["name"] for edge in found["orders"]["edges"]] == ["#1001"]


def test_tags_and_notes_are_set(world: tuple[Shop, Client]) -> None:
    shop, client = world
    order = shop.sell(lines=[("MUG", 1)], tags=["vip"])
    client.done(op.TAGS_ADD, id=order.gid, tags=["hr"])
    client.done(op.TAGS_REMOVE, id=order.gid, tags=["vip"])
    assert [each.name for each in shop.orders_with_tag("hr")] == ["#1001"]
    found = client.done(op.ORDER_UPDATE, input={"id": order.gid, "note": "seen"})["order"]
    assert found == {"id": order.gid, "note": "seen", "tags": ["hr"]}


def test_a_metafield_is_set_by_what_was_read_of_it(world: tuple[Shop, Client]) -> None:
    shop, client = world
    order = shop.sell(lines=[("MUG", 1)])
    one = {"ownerId": order.gid, "namespace": "$app:returns", "key": "state", "type": "single_line_text_field"}
    first = client.done(op.METAFIELDS_SET, m=[one | {"value": "a", "compareDigest": None}])["metafields"][0]
    assert client.codes(op.METAFIELDS_SET, m=[one | {"value": "b", "compareDigest": None}]) == ["STALE_OBJECT"]
    client.done(op.METAFIELDS_SET, m=[one | {"value": "b", "compareDigest": first["compareDigest"]}])
    found = client.read(op.WHOLE, id=order.gid)["order"]["metafields"]["nodes"]
    assert [(each["namespace"], each["value"]) for each in found] == [("app--987654--returns", "b")]


def test_an_order_is_cancelled_only_while_nothing_was_sent(world: tuple[Shop, Client]) -> None:
    shop, client = world
    sent = shop.sell(lines=[("MUG", 1)])
    assert client.payload(op.ORDER_CANCEL, id=sent.gid)["orderCancelUserErrors"][0]["code"] == "INVALID"
    waiting = shop.sell(lines=[("MUG", 1)], fulfill=False)
    client.done(op.ORDER_CANCEL, id=waiting.gid, refund={"originalPaymentMethodsRefund": True})
    assert waiting.cancelled_at is not None
    assert shop.refunded_minor(waiting) == 1200
    assert (shop.available("MUG"), shop.quantity("MUG", state="committed")) == (9, 0)


def test_an_edit_by_hand_takes_units_off_and_adds_others(world: tuple[Shop, Client]) -> None:
    shop, client = world
    order = shop.sell(lines=[("MUG", 2)], fulfill=False)
    shop.edit_order_by_hand(order, remove={"MUG": 1}, add=[("SHIRT", 1)])
    found = client.read(op.WHOLE, id=order.gid)["order"]
    assert [(each["sku"], each["currentQuantity"]) for each in found["lineItems"]["nodes"]] == [
        ("MUG", 1),
        ("SHIRT", 1),
    ]
    assert found["totalOutstandingSet"]["shopMoney"]["amount"] == "13.0"
    shop.fulfill(order)
    assert shop.quantity("MUG", state="committed") == 0


def test_a_draft_becomes_an_order_once(world: tuple[Shop, Client]) -> None:
    shop, client = world
    off = {"title": "Exchange", "value": 100.0, "valueType": "PERCENTAGE"}
    lines = [{"variantId": shop.variant("MUG").gid, "quantity": 1, "appliedDiscount": off}]
    draft = client.done(op.DRAFT_CREATE, input={"tags": ["hr"], "lineItems": lines})["draftOrder"]
    assert draft["totalPriceSet"]["shopMoney"]["amount"] == "0.0"
    done = client.done(op.DRAFT_COMPLETE, id=draft["id"])["draftOrder"]
    assert done["order"]["name"] == "#1001"
    assert shop.available("MUG") == 9
    assert client.payload(op.DRAFT_COMPLETE, id=draft["id"])["userErrors"]
    assert len(shop.orders()) == 1


def test_the_shop_and_its_goods_are_read(world: tuple[Shop, Client]) -> None:
    shop, client = world
    found = client.read(op.SHOP)
    assert found["shop"]["currencyCode"] == "USD"
    assert {"handle": "write_returns"} in found["currentAppInstallation"]["accessScopes"]
    assert [each["name"] for each in found["locations"]["nodes"]] == ["Warehouse", "Store"]
    assert client.read(op.BY_SKU, q='sku:"MUG"')["productVariants"]["nodes"][0]["sku"] == "MUG"
    parts = client.read(op.BUNDLE, id=shop.variant("SET").gid)["productVariant"]
    assert [each["quantity"] for each in parts["productVariantComponents"]["nodes"]] == [1, 1]
    assert len(client.read(op.REASONS)["returnReasonDefinitions"]["nodes"]) > 3
    order = shop.sell(lines=[("MUG", 1)])
    ids = [order.gid, shop.variant("MUG").item.gid, "gid://shopify/Order/1"]
    kinds = [each and each["__typename"] for each in client.read(op.NODES, ids=ids)["nodes"]]
    assert kinds == ["Order", "InventoryItem", None]
