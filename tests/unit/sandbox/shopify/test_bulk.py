"""Bulk operations on the stand-in of Shopify: one at a time, polled until done, fetched as lines."""

import json
from urllib.parse import urlsplit

from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import little_shop

QUERY = "{ orders { edges { node { id name lineItems { edges { node { id sku } } } } } } }"


def test_a_bulk_query_ends_in_a_file_of_lines_that_name_their_parents() -> None:
    shop, client = little_shop()
    for _ in range(300):
        shop.sell(lines=[("MUG", 1)], fulfill=False)
    bulk = client.done(op.BULK, q=QUERY)["bulkOperation"]
    assert bulk["status"] == "CREATED"
    found = client.read(op.BULK_STANDING, id=bulk["id"])["bulkOperation"]
    assert (found["status"], found["objectCount"]) == ("COMPLETED", "600")
    code, _, content = shop.answer("GET", urlsplit(found["url"]).path, {}, b"")
    lines = [json.loads(line) for line in content.splitlines()]
    assert code == 200
    assert lines[0]["name"] == "#1001"
    assert (lines[1]["sku"], lines[1]["__parentId"]) == ("MUG", lines[0]["id"])
    assert "lineItems" not in lines[0]


def test_a_second_bulk_query_waits_for_the_first_and_a_wrong_one_is_refused() -> None:
    _, client = little_shop()
    assert client.codes(op.BULK, q="{ orders { nodes { colour } } }") == ["INVALID"]
    both = "mutation($q: String!) { %s }" % " ".join(  # noqa: UP031 - braces are the language's own
        f"{name}: bulkOperationRunQuery(query: $q) {{ userErrors {{ code }} }}" for name in ("one", "two")
    )
    found = client.read(both, q=QUERY)
    assert [each["userErrors"] for each in found.values()] == [[], [{"code": "OPERATION_IN_PROGRESS"}]]


def test_a_bulk_query_that_is_not_modelled_fails() -> None:
    _, client = little_shop()
    bulk = client.done(op.BULK, q="{ orders { nodes { id risk { recommendation } } } }")["bulkOperation"]
    assert client.read(op.BULK_STANDING, id=bulk["id"])["bulkOperation"]["status"] == "FAILED"
