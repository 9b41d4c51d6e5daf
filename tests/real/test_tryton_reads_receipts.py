"""Where Tryton is the authority on receipt: what its people do at the dock is polled and read as facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.values import id_of
from backhaul.domain import effects as e
from backhaul.domain.facts import ItemInspected, ItemReceived
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.connector import OpenReturn, PollAnswer, PollRequest
from backhaul.sdk.messages import Message, Name, Reading, UnknownValue, readings_of
from tests.support.tryton_hands import Hands
from tests.support.tryton_story import Story, connect

pytestmark = [pytest.mark.real]


@pytest.fixture(scope="module")
def shop(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    return fresh_tryton()


@pytest.fixture(scope="module")
def system(shop: TrytonShop) -> Iterator[Tryton]:
    with closing(connect(shop, reads_receipts=True)) as system:
        yield system


@pytest.fixture(scope="module")
def hands(shop: TrytonShop) -> Iterator[Hands]:
    with closing(Hands(shop)) as hands:
        yield hands


def poll(system: Tryton, cursor: str = "", *stories: Story) -> PollAnswer:
    now = datetime.now(UTC)
    asked = tuple(
        OpenReturn(story.return_id, (Name("express", f"HR{story.return_id}"),), (), now, story.references)
        for story in stories
    )
    return connector.polls[0].poll(system, PollRequest(now, cursor, asked))


def read(system: Tryton, answer: PollAnswer, order: str) -> Reading:
    """The reading of the one polled message that is about this order."""
    reader = connector.reader(answer.messages[0].kind)
    assert reader is not None
    (body,) = [polled.body for polled in answer.messages if json.loads(polled.body)["order"] == order]
    (reading,) = readings_of(reader.read(Message("erp", body, datetime.now(UTC)), system.settings))
    return reading


def said(reading: Reading) -> list[tuple[str, str, int]]:
    """The facts of a reading in short: what, of which SKU, how many."""
    return [
        (getattr(fact, "disposition", "received"), fact.unit.sku or "", fact.total)
        for fact in reading.facts
        if isinstance(fact, ItemReceived | ItemInspected)
    ]


def opened(system: Tryton, order: str, return_id: str, *wanted: tuple[str, int]) -> Story:
    story = Story(system, order, return_id)
    story.done(story.authorisation(*(story.line(sku, count) for sku, count in wanted)))
    return story


def return_sale(story: Story) -> int:
    """The id of the return sale that the story opened."""
    (sale,) = (name for key, name in story.references.items() if key.startswith(e.OpenReturnAuthorisation.verb))
    return id_of(sale)


def test_a_receipt_and_its_put_away_are_read_as_totals(system: Tryton, hands: Hands) -> None:
    story = opened(system, "SHOP-1008", "read-1", ("SHIRT-L", 2), ("MUG", 1))
    sale = return_sale(story)
    assert poll(system, "", story).messages == ()
    hands.receive(sale, "DAMAGED")
    reading = read(system, poll(system, "", story), "SHOP-1008")
    assert reading.names == (Name("express", "HRread-1"),)
    assert reading.order == "SHOP-1008"
    assert said(reading) == [
        ("received", "MUG", 1), ("damaged", "MUG", 1), ("received", "SHIRT-L", 2), ("damaged", "SHIRT-L", 2),
    ]  # fmt: skip


def test_goods_still_at_the_dock_are_received_and_not_inspected(system: Tryton, hands: Hands) -> None:
    sale = return_sale(opened(system, "SHOP-1018", "read-2", ("SHIRT-L", 1)))
    (shipment,) = hands.model("sale.sale", "read", [sale], ["shipment_returns"])[0]["shipment_returns"]
    hands.model("stock.shipment.out.return", "receive", [shipment])
    assert said(read(system, poll(system), "SHOP-1018")) == [("received", "SHIRT-L", 1)]
    hands.model("stock.shipment.out.return", "do", [shipment])
    assert said(read(system, poll(system), "SHOP-1018")) == [("received", "SHIRT-L", 1), ("sellable", "SHIRT-L", 1)]


def test_a_kit_is_counted_in_kits_once_all_of_it_is_there(system: Tryton, hands: Hands) -> None:
    story = opened(system, "SHOP-1002", "read-3", ("SET", 2))
    sale = return_sale(story)
    (shipment,) = hands.model("sale.sale", "read", [sale], ["shipment_returns"])[0]["shipment_returns"]
    shipment_model = "stock.shipment.out.return"
    moves = hands.model(shipment_model, "read", [shipment], ["incoming_moves"])[0]["incoming_moves"]
    for move in hands.model("stock.move", "read", moves, ["product.code", "quantity"]):
        hands.model(
            "stock.move", "write", [move["id"]], {"quantity": 1 if move["product."]["code"] == "SHIRT-M" else 3}
        )
    hands.model(shipment_model, "receive", [shipment])
    hands.model(shipment_model, "do", [shipment])
    assert said(read(system, poll(system), "SHOP-1002")) == [("received", "SET", 1), ("sellable", "SET", 1)]


def test_what_we_received_ourselves_is_not_told_back(system: Tryton) -> None:
    story = opened(system, "SHOP-1003", "read-4", ("BELT-90", 1))
    line = story.line("BELT-90", 1)
    story.done(story.receipt(story.authorisation(line), line))
    bodies = [json.loads(polled.body) for polled in poll(system, "", story).messages]
    assert "SHOP-1003" not in {body["order"] for body in bodies}


def test_a_poll_goes_on_from_where_it_was_and_says_the_same_of_the_same(system: Tryton) -> None:
    first = poll(system)
    again = poll(system, first.cursor)
    assert again.cursor == first.cursor
    assert {polled.body for polled in again.messages} <= {polled.body for polled in first.messages}


def test_a_location_without_a_meaning_is_an_unknown_value(system: Tryton, shop: TrytonShop, hands: Hands) -> None:
    story = opened(system, "SHOP-1013", "read-5", ("BELT-90", 1))
    hands.receive(return_sale(story), "INSP")
    with closing(connect(shop, reads_receipts=True, dispositions={})) as bare, pytest.raises(UnknownValue, match="STO"):
        read(bare, poll(bare), "SHOP-1002")
    assert said(read(system, poll(system), "SHOP-1013")) == [("received", "BELT-90", 1)]


def test_without_reads_receipts_nothing_is_asked(shop: TrytonShop) -> None:
    with closing(connect(shop, url="http://127.0.0.1:9")) as nobody:
        assert poll(nobody, "then") == PollAnswer((), "then")
