"""The stand-in knows what the published schema knows: a call that is wrong by it is refused, and nothing is made up."""

import json
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, parse, validate

from backhaul.sandbox.shopify import VERSIONS, SchemaMissing, published, published_schema
from backhaul.sandbox.shopify.acting.perform import MUTATIONS
from backhaul.sandbox.shopify.idempotency import NEED_A_KEY
from backhaul.sandbox.shopify.reading import FIELDS, QUERIES
from tests.unit.sandbox.shopify import operations
from tests.unit.sandbox.shopify.client import Client, little_shop


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", operations.ALL)
def test_what_a_connector_sends_is_valid_in_each_version(version: str, name: str) -> None:
    assert validate(published_schema(version), parse(operations.ALL[name])) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('{ order(id: "gid://shopify/Order/1") { colour } }', "Cannot query field 'colour'"),
        ('{ order(id: "gid://shopify/Order/1", fresh: true) { id } }', "Unknown argument 'fresh'"),
        ("{ orders(first: 1, sortKey: MOOD) { nodes { id } } }", "MOOD"),
        ('mutation { tagsAdd(id: "gid://shopify/Order/1") { userErrors { message } } }', "tags"),
        ('mutation { refundCreate(input: {orderId: "x", why: 1}) { refund { id } } }', "why"),
        ("mutation { refundCreate(input: {orderId: 1}) { userErrors { code } } }", "code"),
        ("{ order(", "Syntax Error"),
    ],
)
def test_a_name_that_the_schema_does_not_have_is_an_error_over_http_200(query: str, said: str) -> None:
    _, client = little_shop()
    answer = client.raw(query)
    assert said in str(answer["errors"])
    assert "data" not in answer


def test_a_variable_that_does_not_fit_its_type_is_refused() -> None:
    shop, client = little_shop()
    answer = client.raw(operations.REFUND_CREATE, input={"orderId": "gid://shopify/Order/1", "nots": 1}, key="k")
    assert "nots" in str(answer["errors"])
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    assert "data" not in answer
    assert shop.world.idempotency.seen == {}


def test_what_the_schema_has_and_the_stand_in_does_not_is_said_aloud_before_anything_is_done() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 1)])
    mutation = """mutation($id: ID!) {
      tagsAdd(id: $id, tags: ["x"]) { node { ... on Order { risk { recommendation } } } userErrors { message } } }"""
    answer = client.raw(mutation, id=order.gid)
    assert answer["errors"][0]["extensions"]["code"] == "NOT_MODELLED"
    assert "does not model Order.risk" in answer["errors"][0]["message"]
    assert shop.order("#1001").tags == []


def test_a_field_of_an_input_that_is_not_modelled_is_said_aloud() -> None:
    shop, client = little_shop()
    order = {"lineItems": [{"variantId": shop.variant("MUG").gid, "quantity": 1}], "poNumber": "7"}
    answer = client.raw(operations.ORDER_CREATE, order=order)
    assert "OrderCreateOrderInput.poNumber" in answer["errors"][0]["message"]
    assert shop.orders() == []


def test_a_search_that_is_not_modelled_is_said_aloud() -> None:
    _, client = little_shop()
    assert "search by gift" in client.raw(operations.BY_SEARCH, q="gift:yes")["errors"][0]["message"]


@pytest.mark.parametrize(
    ("method", "path", "token", "code"),
    [
        ("POST", "/admin/api/2026-07/graphql.json", "wrong", 401),
        ("POST", "/admin/api/2019-01/graphql.json", "shpat_sandbox", 404),
        ("POST", "/elsewhere", "shpat_sandbox", 404),
        ("GET", "/admin/api/2026-07/graphql.json", "shpat_sandbox", 405),
    ],
)
def test_who_may_not_come_in_is_told_by_the_code(method: str, path: str, token: str, code: int) -> None:
    shop, _ = little_shop()
    found, _, content = shop.answer(method, path, {"x-shopify-access-token": token}, b"{}")
    assert found == code
    assert json.loads(content)["errors"]


def test_a_malformed_id_is_an_error_and_an_unknown_one_is_null() -> None:
    _, client = little_shop()
    assert client.raw(operations.ORDER, id="1001")["errors"][0]["extensions"]["code"] == "INVALID_ID"
    assert client.read(operations.ORDER, id="gid://shopify/Order/1") == {"order": None}


def test_a_connection_wants_first_or_last() -> None:
    _, client = little_shop()
    assert "first or last" in client.raw("{ orders { nodes { id } } }")["errors"][0]["message"]


def test_a_newer_version_knows_more_than_an_older_one() -> None:
    shop, older = little_shop()
    query = '{ return(id: "gid://shopify/Return/1") { exchangeLineItems(first: 1) { nodes { variantSku } } } }'
    assert "variantSku" in older.raw(query)["errors"][0]["message"]
    assert Client(shop, "2026-10").read(query) == {"return": None}


def test_a_missing_schema_names_the_target_that_fetches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_FOLDER", tmp_path)
    with pytest.raises(SchemaMissing, match="make schema"):
        published.published_schema.__wrapped__("2026-07")


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_that_is_modelled_is_a_published_one(kind: str) -> None:
    published_ones: set[str] = set()
    for version in VERSIONS:
        found = published_schema(version).type_map[kind]
        assert isinstance(found, GraphQLObjectType)
        published_ones |= set(found.fields)
    assert set(FIELDS[kind]) <= published_ones


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation_that_is_modelled_is_a_published_one(version: str) -> None:
    schema = published_schema(version)
    assert schema.query_type
    assert schema.mutation_type
    assert set(QUERIES) <= set(schema.query_type.fields)
    assert set(MUTATIONS) <= set(schema.mutation_type.fields)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mutation", sorted(NEED_A_KEY))
def test_a_mutation_needs_a_key_where_its_description_says_so(version: str, mutation: str) -> None:
    schema = published_schema(version)
    assert schema.mutation_type
    assert "idempotency key is required" in str(schema.mutation_type.fields[mutation].description)


@pytest.mark.parametrize(
    ("asked", "argument"),
    [
        ('returns(first: 1, query: "status:open") { nodes { id } }', "Order.returns(query:)"),
        ("transactions(capturable: true) { id }", "Order.transactions(capturable:)"),
        ('fulfillments(query: "x") { id }', "Order.fulfillments(query:)"),
    ],
)
def test_an_argument_that_nobody_heeds_is_said_aloud(asked: str, argument: str) -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    answer = client.raw(f'{{ order(id: "{order.gid}") {{ {asked} }} }}')
    assert answer["errors"][0]["message"] == f"the stand-in does not model {argument}"
