"""How a real Medusa takes returns, refunds and exchanges, its mistakes included: what a connector must live with."""

from __future__ import annotations

import pytest

from backhaul.sandbox.medusa import Counter, Medusa, Refused
from tests.support.medusa_desk import Desk

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def counter(medusa: Medusa) -> Counter:
    return medusa.counter


def detail(counter: Counter, order: str, line: str) -> dict[str, int]:
    """What became of a line, by the order."""
    found: dict[str, int] = next(item for item in counter.order(order)["items"] if item["id"] == line)["detail"]
    return found


def test_a_good_and_a_damaged_one_come_back_and_are_paid(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1003"]
    (belt,) = sold.lines
    back = desk.open_return(sold.id, [(belt, 2)], external_id="ret_1")
    desk.receive(back, good=[(belt, 1)], damaged=[(belt, 1)])
    (seen,) = counter.returns(sold.id)
    assert (seen["id"], seen["status"], seen["metadata"]) == (back, "received", {"external_id": "ret_1"})
    (item,) = seen["items"]
    assert (item["quantity"], item["received_quantity"], item["damaged_quantity"]) == (2, 2, 1)
    assert counter.stock("BELT-90", "HUB") == 1
    assert counter.owed(sold.id) == 2916
    desk.refund(sold.payment, 2916, "ret_1")
    assert [(one["amount"], one["note"]) for one in counter.refunds(sold.id)] == [(29.16, "ret_1")]
    assert counter.owed(sold.id) == 0


def test_an_even_exchange_owes_nothing_and_its_goods_can_come_back_too(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1005"]
    (shirt,) = sold.lines
    desk.exchange(sold.id, shirt, "JEANS-32", dollars=20)
    (exchange,) = counter.exchanges(sold.id)
    assert counter.owed(sold.id) == -2160  # until the goods have come back
    desk.receive(exchange["return_id"], good=[(shirt, 1)])
    assert counter.owed(sold.id) == 0
    (out,) = exchange["additional_items"]
    counter.fulfil(sold.id, {out["item_id"]: out["quantity"]})
    again = desk.open_return(sold.id, [(out["item_id"], 1)])
    desk.receive(again, good=[(out["item_id"], 1)])
    assert counter.owed(sold.id) == 2160


def test_an_exchange_needs_goods_both_ways(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1003"]
    desk.open_return(sold.id, [(sold.lines[0], 3)])
    with pytest.raises(Refused, match="Cannot request to return more items than what was fulfilled"):
        desk.exchange(sold.id, sold.lines[0], "MUG", dollars=0)


def test_medusa_restocks_what_a_kit_shares_with_another_line_only_once(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1004"]
    kit, shirt = sold.lines
    back = desk.open_return(sold.id, [(kit, 1), (shirt, 1)])
    desk.receive(back, good=[(kit, 1), (shirt, 1)])
    assert counter.returns(sold.id)[0]["status"] == "received"
    assert counter.stock("SOCK", "HUB") == 2
    assert counter.stock("SHIRT-M", "HUB") == 1  # two came back


def test_medusa_restocks_a_kit_and_its_part_right_in_returns_of_their_own(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1004"]
    for line in sold.lines:
        desk.receive(desk.open_return(sold.id, [(line, 1)]), good=[(line, 1)])
    assert (counter.stock("SHIRT-M", "HUB"), counter.stock("SOCK", "HUB")) == (2, 2)


def test_medusa_forgets_the_earlier_rounds_of_a_return_and_its_order_does_not(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1005"]
    (shirt,) = sold.lines
    back = desk.open_return(sold.id, [(shirt, 3)])
    for number in (1, 2, 3):
        desk.receive(back, good=[(shirt, 1)], note=f"round {number}")
    (seen,) = counter.returns(sold.id)
    assert (seen["status"], seen["items"][0]["received_quantity"]) == ("partially_received", 1)
    line = detail(counter, sold.id, shirt)
    assert (line["return_received_quantity"], line["return_requested_quantity"]) == (3, 0)
    assert desk.received_rounds(sold.id) == [(f"round {number}", {shirt: 1}) for number in (1, 2, 3)]
    assert counter.stock("SHIRT-M", "HUB") == 3
    assert counter.owed(sold.id) == 6480


def test_a_return_takes_in_what_another_return_of_the_line_announced(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1005"]
    (shirt,) = sold.lines
    first, _ = (desk.open_return(sold.id, [(shirt, 1)]) for _ in range(2))
    desk.receive(first, good=[(shirt, 2)])
    seen, other = (one["items"][0] for one in counter.returns(sold.id))
    assert (seen["quantity"], seen["received_quantity"], other["received_quantity"]) == (1, 2, 0)


def test_medusa_takes_back_more_than_was_sold_once_some_of_it_was_received(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1005"]
    (shirt,) = sold.lines
    desk.receive(desk.open_return(sold.id, [(shirt, 3)]), good=[(shirt, 3)])
    desk.receive(desk.open_return(sold.id, [(shirt, 3)]), good=[(shirt, 3)])
    line = detail(counter, sold.id, shirt)
    assert (line["quantity"], line["return_received_quantity"]) == (3, 6)
    assert counter.stock("SHIRT-M", "HUB") == 6


def test_a_refused_refund_may_have_been_made(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1003"]
    place = counter.shop.locations["HUB"]
    counter.client.admin("POST", "/returns", {"order_id": sold.id, "location_id": place})
    with pytest.raises(Refused, match="already has an existing active order change") as refused:
        desk.refund(sold.payment, 500, "goodwill")
    assert refused.value.code == 400
    assert [(one["amount"], one["note"]) for one in counter.refunds(sold.id)] == [(5, "goodwill")]


def test_only_what_was_captured_limits_refunds(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1003"]
    assert counter.owed(sold.id) == 0
    for _ in range(2):
        desk.refund(sold.payment, 2000, "the same note")
    assert len(counter.refunds(sold.id)) == 2
    with pytest.raises(Refused, match="more than") as refused:
        desk.refund(sold.payment, 2000, "the same note")
    assert (refused.value.code, refused.value.kind) == (400, "invalid_data")


def test_a_refused_cancellation_of_an_exchange_may_have_been_done(counter: Counter, desk: Desk) -> None:
    sold = counter.shop.orders["SHOP-1005"]
    made = desk.exchange(sold.id, sold.lines[0], "SHIRT-L")
    desk.receive(counter.exchanges(sold.id)[0]["return_id"], good=[(sold.lines[0], 1)])
    with pytest.raises(Refused, match="Can't cancel a return which has returned items"):
        counter.client.admin("POST", f"/exchanges/{made}/cancel", {})
    assert counter.exchanges(sold.id)[0]["canceled_at"] is not None
