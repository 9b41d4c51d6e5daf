"""The Shopify connector keeps both contracts, on a stand-in that answers by Shopify's published schema."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)
from pydantic import SecretStr

from backhaul.connectors.shopify import connector
from backhaul.connectors.shopify.operations import OPERATIONS
from backhaul.connectors.shopify.reader import REFUND, STOCK_NEWS, TOPIC_HEADER, read_refund
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.connectors.shopify.statements import RefundFact
from backhaul.domain import facts as f
from backhaul.sandbox.shopify import VERSIONS, Shop, published_schema
from backhaul.sdk.conformance import NOW, PerformingContract, Play, ReadingContract
from backhaul.sdk.messages import Message, readings_of
from tests.support.storefront_story import Sold, exchanged_return, flushed, storefront_return

FIXTURES = Path(__file__).parent / "fixtures" / "shopify"
REFUNDED = json.loads((FIXTURES / "refund.json").read_text())
(PAID,) = REFUNDED["transactions"]["nodes"]
_names = itertools.count(1)
SIGNED = ShopifySettings(
    shop="modern-retailer.myshopify.com", token=SecretStr("shpat_secret"), client_secrets=(SecretStr("hush"),)
)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_document_that_is_sent_is_valid_by_the_published_schema(name: str, version: str) -> None:
    problems = validate(published_schema(version), parse(OPERATIONS[name]))
    assert not problems, [problem.message for problem in problems]


class TestShopify(PerformingContract):
    connector = connector
    secrets = ("shpat_sandbox",)

    @pytest.fixture(autouse=True)
    def _on(self) -> Iterator[None]:
        with Shop() as self.shop:
            self.place = self.shop.add_location("Main")
            self.shop.add_variant("SHIRT-M", 2000, {"Main": 50})
            self.shop.add_variant("SHIRT-L", 2000, {"Main": 50})
            yield

    shop: Shop

    def settings(self) -> ShopifySettings:
        return ShopifySettings(
            shop="modern-retailer.myshopify.com",
            token=SecretStr(self.shop.token),
            base_url=self.shop.url,
            locations={"STO": self.place.gid},
        )

    def changes(self, request: httpx.Request) -> bool:
        return bool(json.loads(request.content)["query"].startswith("mutation"))

    def story(self, do: Play) -> None:
        name = f"C{next(_names)}"
        storefront_return(do, f"{name}a", self.sold())
        exchanged_return(do, f"{name}b", self.sold())
        flushed(do, f"{name}c", self.sold())

    def sold(self) -> Sold:
        order = self.shop.sell(lines=[("SHIRT-M", 2)], tax_rate="0.08")
        line = order.lines[0].gid.rsplit("/", 1)[-1]
        return Sold(order.name.removeprefix("#"), "SHIRT-M", 2160, "USD", "SHIRT-L", line)

    def documents(self, task_key: str) -> int | None:
        verb = task_key.partition(":")[0]
        orders = self.shop.orders()
        if verb == "open-storefront-return":
            notes = [{line.note for line in one.lines} for order in orders for one in order.returns]
            return sum(any(f"[{task_key}]" in note for note in found) for found in notes)
        if verb == "issue-refund":
            return sum(f"[{task_key}]" in (one.note or "") for order in orders for one in order.refunds)
        if verb == "order-exchange-at-storefront":
            return sum(any(one.value == task_key for one in self.shop.metafields(order)) for order in orders)
        return None


class TestShopifysMessages(ReadingContract):
    connector = connector
    settings = SIGNED
    closed = SIGNED.model_copy(update={"client_secrets": ()})
    secrets = ("shpat_secret", "hush")
    polled = frozenset({REFUND})
    silent = frozenset({STOCK_NEWS})
    examples: ClassVar[dict[str, bytes]] = {file.stem: file.read_bytes() for file in FIXTURES.glob("*.json")}
    headers: ClassVar[dict[str, dict[str, str]]] = {
        "order-news.refunds": {TOPIC_HEADER: "refunds/create"},
        "order-news.orders": {TOPIC_HEADER: "orders/updated"},
        "stock-news": {TOPIC_HEADER: "inventory_levels/update"},
    }
    unknown = (json.dumps({**REFUNDED, "transactions": {"nodes": [{**PAID, "status": "PONDERING"}]}}).encode(),)


def told(name: str) -> list[RefundFact]:
    body = (FIXTURES / f"{name}.json").read_bytes()
    readings = readings_of(read_refund(Message("shopify", body, NOW, kind=REFUND), SIGNED))
    return [fact for one in readings for fact in one.facts if isinstance(fact, RefundFact)]


def test_a_refund_is_confirmed_only_by_a_payment_that_succeeded() -> None:
    (paid,) = told("refund")
    assert isinstance(paid, f.RefundConfirmed)
    assert (paid.order, paid.amount.minor, paid.tender) == ("1001", 1944, "original")
    assert [(unit.line, unit.sku) for unit in paid.units] == [("9001001", "SHIRT-M")]
    (pending,) = told("refund.pending")
    assert isinstance(pending, f.RefundPending)


def test_two_tenders_of_one_refund_are_two_statements_about_the_same_units() -> None:
    card, gift = sorted(told("refund.split_tender"), key=lambda one: -one.amount.minor)
    assert (card.tender, card.amount.minor) == ("original", 3000)
    assert (gift.tender, gift.amount.minor) == ("gift-card", 1000)
    assert card.units == gift.units
    assert card.refund != gift.refund


def test_a_refund_of_what_was_never_sent_is_no_returns() -> None:
    (line,) = REFUNDED["refundLineItems"]["nodes"]
    body = {**REFUNDED, "refundLineItems": {"nodes": [{**line, "restockType": "CANCEL"}]}}
    assert read_refund(Message("shopify", json.dumps(body).encode(), NOW, kind=REFUND), SIGNED) == ()


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operation_may_ask_for_more_than_a_thousand_points(name: str) -> None:
    """Counted as if every page were full and every object a point, which is the most that Shopify may count."""
    schema = published_schema("2026-07")
    (operation,) = parse(OPERATIONS[name]).definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = schema.query_type if operation.operation.value == "query" else schema.mutation_type
    assert _points(operation.selection_set, root, schema) <= 1000


def _points(selected: SelectionSetNode, of: Any, schema: GraphQLSchema) -> int:
    total = 0
    for node in selected.selections:
        if isinstance(node, InlineFragmentNode) and node.type_condition is not None:
            total += _points(node.selection_set, schema.type_map[node.type_condition.name.value], schema)
        elif isinstance(node, FieldNode) and node.selection_set is not None and node.name.value != "pageInfo":
            kind = get_named_type(of.fields[node.name.value].type)
            pages = [one.value for one in node.arguments or () if one.name.value == "first"]
            first = int(pages[0].value) if pages and isinstance(pages[0], IntValueNode) else 1
            page = kind.name.endswith("Connection")
            total += first * (_points(node.selection_set, kind, schema) + (not page))
    return total
