"""Exchanges on a real Tryton: an order of price zero whose goods are assigned, its value kept, withdrawn or refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from backhaul.connectors.tryton import exchanges
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain import effects as e
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.outcomes import Absent, Done, Partial, Refused
from tests.real.test_tryton_documents import gained, stock
from tests.support.tryton_story import Story, connect

pytestmark = [pytest.mark.real]
ORDERS = ("SHOP-1041", "SHOP-1042", "SHOP-1043", "SHOP-1044", "SHOP-1045", "SHOP-1046", "SHOP-1047")


@pytest.fixture(scope="module")
def system(tryton: TrytonShop) -> Iterator[Tryton]:
    with closing(connect(tryton)) as system:
        yield system


def swap(story: Story, exchange: str, sku: str = "BELT-90", quantity: int = 1, **more: object) -> e.CreateExchangeOrder:
    """One unit of the first line of the order for ``quantity`` of another SKU, even."""
    order = story.order or story.look_up()
    line = story.line(order.lines[0].sku, 1)
    made = e.CreateExchangeOrder(
        story.return_id, story.order_number, exchange, "HRABC", sku, quantity, "USD",
        line.net_minor, line.tax_minor, (line,),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def cancel(story: Story, made: e.CreateExchangeOrder) -> e.CancelExchangeOrder:
    return e.CancelExchangeOrder(story.return_id, story.order_number, e.key(made), made.exchange)


def sales(system: Tryton, made: e.CreateExchangeOrder) -> list[Record]:
    fields = ["state", "total_amount", "reference", "shipment_address", "shipments.state", "lines.quantity"]
    return system.search("sale.sale", [["description", "=", e.key(made)]], [*fields, "lines.product.code"])


def ship(system: Tryton, name: str) -> None:
    for shipment in system.read("sale.sale", id_of(name), "shipments")["shipments"]:
        for button in ("pick", "pack", "do"):
            system.press("stock.shipment.out", shipment, button, ("picked", "packed", "shipped", "done"))


def test_a_replacement_is_ordered_once_at_price_zero_with_its_goods_assigned_to_where_the_order_went(
    system: Tryton,
) -> None:
    story = Story(system, ORDERS[0], "swap-even")
    made = swap(story, "X1")
    assert story.find(made) == Absent()
    name = story.done(made)
    (sale,) = sales(system, made)
    assert reference("sale.sale", sale["id"]) == name
    assert sale["state"] == "processing"
    assert sale["total_amount"] == Decimal(0)
    assert [(line["product"]["code"], line["quantity"]) for line in sale["lines"]] == [("BELT-90", 1)]
    assert [one["state"] for one in sale["shipments"]] == ["assigned"]
    assert story.order is not None
    assert sale["shipment_address"] == int(story.order.extra["shipment_address"])
    assert story.find(made) == Done(name)
    assert story.done(made) == name
    assert len(sales(system, made)) == 1


def test_a_replacement_comes_back_in_turn_at_the_value_it_carries(system: Tryton) -> None:
    story = Story(system, ORDERS[1], "swap-again")
    made = swap(story, "X2")
    ship(system, story.done(made))
    again = Story(system, f"{ORDERS[1]}-X2", "swap-again-back")
    order = again.look_up()
    assert [(line.sku, line.net_minor, line.tax_minor) for line in order.lines] == [
        ("BELT-90", made.net_minor, made.tax_minor)
    ]
    line = again.line("BELT-90", 1)
    before = stock(system, "BELT-90")
    opened = again.authorisation(line)
    again.done(opened)
    again.done(again.receipt(opened, line))
    again.done(again.put_away("quarantine", "QUAR", line))
    assert gained(before, stock(system, "BELT-90")) == {"CUS": -1, "QUAR": 1}
    note = again.credit(opened, "re_swap_again", line)
    credited = system.read("account.invoice", id_of(again.done(note)), "total_amount", "state")
    assert credited["total_amount"] == -Decimal(made.net_minor + made.tax_minor).scaleb(-2)
    again.done(again.refund(note))
    again.done(again.close(opened))


def test_what_is_out_of_stock_is_refused_and_nothing_is_left_of_it(system: Tryton) -> None:
    story = Story(system, ORDERS[2], "swap-short")
    made = swap(story, "X3", quantity=100_000)
    refused = story.do(made)
    assert isinstance(refused, Refused)
    assert refused.kind == "exchange-out-of-stock"
    assert "100000 are wanted" in refused.why
    assert not sales(system, made)


def test_an_exchange_that_became_a_refund_is_withdrawn_and_its_goods_are_free_again(system: Tryton) -> None:
    story = Story(system, ORDERS[3], "swap-off")
    made = swap(story, "X4")
    name = story.done(made)
    before = stock(system, "BELT-90")
    off = cancel(story, made)
    assert story.find(off) == Absent()
    assert story.done(off) == name
    (sale,) = sales(system, made)
    assert (sale["state"], [one["state"] for one in sale["shipments"]]) == ("done", ["cancelled"])
    assert story.find(off) == Done(name)
    assert gained(before, stock(system, "BELT-90")) == {}


@pytest.mark.parametrize("state", ["draft", "confirmed", "waiting"])
def test_an_order_whose_making_was_interrupted_is_brought_on_and_not_made_again(system: Tryton, state: str) -> None:
    story = Story(system, ORDERS[4], f"swap-cut-{state}")
    made = swap(story, f"X5{state}")
    assert story.order is not None
    id_ = system.create("sale.sale", exchanges._values(e.key(made), made, story.order, system))
    if state != "draft":
        system.press("sale.sale", id_, "quote", ("quotation",))
    if state == "waiting":
        system.press("sale.sale", id_, "confirm", ("confirmed", "processing"))
    assert isinstance(story.find(made), Partial)
    story.done(made)
    (sale,) = sales(system, made)
    assert [one["state"] for one in sale["shipments"]] == ["assigned"]


def test_a_replacement_that_is_picked_is_not_withdrawn(system: Tryton) -> None:
    story = Story(system, ORDERS[5], "swap-picked")
    made = swap(story, "X6")
    name = story.done(made)
    (shipment,) = system.read("sale.sale", id_of(name), "shipments")["shipments"]
    system.press("stock.shipment.out", shipment, "pick", ("picked",))
    refused = story.do(cancel(story, made))
    assert isinstance(refused, Refused)
    assert refused.kind == "exchange-shipped"
    assert [one["state"] for one in sales(system, made)[0]["shipments"]] == ["picked"]


def test_an_order_that_somebody_typed_in_under_that_number_is_not_made_a_second_time(system: Tryton) -> None:
    story = Story(system, ORDERS[6], "swap-typed")
    by_hand = swap(story, "X7", number="WEB-7001")
    story.done(by_hand)
    other = Story(system, ORDERS[6], "swap-typed-too")
    other.order = story.order
    refused = other.do(replace(by_hand, return_id="swap-typed-too"))
    assert isinstance(refused, Refused)
    assert "WEB-7001" in refused.why


def test_an_order_that_carries_another_value_than_is_owed_is_shown_and_not_taken_for_done(system: Tryton) -> None:
    story = Story(system, ORDERS[0], "swap-value")
    made = swap(story, "X8")
    story.done(made)
    refused = story.do(replace(made, net_minor=made.net_minor - 2))
    assert isinstance(refused, Refused)
    assert "another value" in refused.why
    assert len(sales(system, made)) == 1
