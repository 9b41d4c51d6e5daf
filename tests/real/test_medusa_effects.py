"""What the Medusa connector does where a real Medusa refuses, forgets, or does what it said it did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from backhaul.connectors.medusa import connector
from backhaul.connectors.medusa.client import Medusa as System
from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen, RefundConfirmed
from backhaul.sandbox.medusa import Counter, Medusa, Sold
from backhaul.sdk.conformance import NOW
from backhaul.sdk.connector import PollRequest
from backhaul.sdk.messages import Message
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Later, Partial, Refused, Rejected
from tests.support.medusa_desk import Desk
from tests.support.medusa_story import MedusaStory, connected

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def counter(medusa: Medusa) -> Counter:
    return medusa.counter


@pytest.fixture
def system(counter: Counter) -> Iterator[System]:
    with connected(counter.shop) as one:
        yield one


def story(system: System, counter: Counter, name: str) -> MedusaStory:
    return MedusaStory(system, counter.shop.orders[name])


def refusal(outcome: object, kind: str = "effect-refused") -> str:
    assert isinstance(outcome, Refused), outcome
    assert outcome.kind == kind, outcome
    return outcome.why


# The order


@pytest.mark.parametrize("field", ["display_id", "id", "metadata.reference"])
def test_an_order_is_found_by_the_name_that_the_settings_give_it(counter: Counter, field: str) -> None:
    sold = counter.shop.orders["SHOP-1002"]
    number = {"display_id": "#2", "id": sold.id, "metadata.reference": "SHOP-1002"}[field]
    prefix: dict[str, Any] = {"order_prefix": "#"} if field == "display_id" else {}
    with connected(counter.shop, order_field=field, **prefix) as system:
        found = MedusaStory(system, sold).find(e.LookUpOrder("ret-1", number))
        assert isinstance(found, Done)
        (fact,) = found.facts
        assert isinstance(fact, OrderFrozen)
        assert (found.reference, fact.order.number) == (sold.id, number)
        assert isinstance(MedusaStory(system, sold).find(e.LookUpOrder("ret-1", "89501")), Absent)


def frozen(system: System, sold: Sold) -> Any:
    found = MedusaStory(system, sold).find(e.LookUpOrder("ret-1", str(sold.display_id)))
    assert isinstance(found, Done)
    (fact,) = found.facts
    assert isinstance(fact, OrderFrozen)
    return fact.order


def test_what_was_paid_is_whole_cents_and_sums_to_what_was_paid(system: System, counter: Counter) -> None:
    order = frozen(system, counter.shop.orders["SHOP-1006"])
    assert [(line.sku, line.net_minor, line.tax_minor, line.discount_minor) for line in order.lines] == [
        ("SHIRT-M", 1800, 144, 200),
        ("MUG", 4320, 346, 480),
    ]


def test_a_kit_is_what_was_packed_for_it_whatever_it_is_by_now(system: System, counter: Counter) -> None:
    sold, shop = counter.shop.orders["SHOP-1002"], counter.shop
    path = f"/products/{_product(counter, 'SET')}/variants/{shop.variants['SET']}"
    counter.client.admin("POST", f"{path}/inventory-items/{shop.inventory_items['SOCK']}", {"required_quantity": 3})
    kit = frozen(system, sold).line(sold.lines[0])
    assert [(one.sku, one.quantity, one.stand_alone_minor) for one in kit.components] == [
        ("SHIRT-M", 1, 2000),
        ("SOCK", 2, 500),
    ]
    assert (kit.quantity, kit.exploded_by) == (2, "sale")
    unsent = counter.sell([("SET", 1)], fulfil=False)
    later = frozen(system, unsent).line(unsent.lines[0])
    assert [(one.sku, one.quantity) for one in later.components] == [("SHIRT-M", 1), ("SOCK", 3)]
    assert later.exploded_by == "product-master"


def _product(counter: Counter, sku: str) -> str:
    found = counter.client.admin("GET", "/product-variants", sku=sku, fields="id,product_id")["variants"]
    return str(found[0]["product_id"])


# Returns and receipts


def test_more_than_was_sent_is_refused_and_nothing_is_left_of_it(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1003")
    assert "Medusa has 3" in refusal(one.do(one.opening(one.line("BELT-90", 4))))
    assert counter.returns(one.sold.id) == []


def test_more_than_was_sold_is_refused_where_medusa_would_take_it(system: System, counter: Counter, desk: Desk) -> None:
    one = story(system, counter, "SHOP-1005")
    (shirt,) = one.sold.lines
    desk.receive(desk.open_return(one.sold.id, [(shirt, 3)]), good=[(shirt, 3)])
    assert "Medusa has 0" in refusal(one.do(one.opening(one.line("SHIRT-M", 1, shirt))))


def test_a_draft_of_ours_that_was_left_over_is_dropped(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 1))
    about = {"order_id": one.sold.id, "location_id": counter.shop.locations["MAIN"]}
    counter.client.admin("POST", "/returns", {**about, "metadata": {"external_id": e.key(opening)}})
    assert isinstance(one.find(opening), Partial)
    assert one.done(opening) == counter.returns(one.sold.id)[0]["id"]
    assert [back["status"] for back in counter.returns(one.sold.id)] == ["requested"]


def test_a_return_requested_by_hand_before_go_live_is_adopted_and_what_medusa_loses_is_told(
    system: System, counter: Counter, desk: Desk
) -> None:
    one = story(system, counter, "SHOP-1004")
    kit, shirt = one.sold.lines
    back = desk.open_return(one.sold.id, [(kit, 1), (shirt, 1)], location="MAIN")
    one.more["adopt"] = True
    lines = one.line("SET", 1, kit), one.line("SHIRT-M", 1, shirt)
    opening = one.opening(*lines)
    assert one.done(opening) == back
    one.more.clear()
    before = counter.stock("SHIRT-M")
    why = refusal(one.do(one.taken(opening, *lines)), "stock-differs")
    assert f"1 of {counter.shop.inventory_items['SHIRT-M']}" in why
    assert counter.stock("SHIRT-M") == before + 1, "two came back"
    assert isinstance(one.do(one.taken(opening, *lines)), Done), "mended by hand, it is received"


def test_what_somebody_else_sells_from_is_dismissed_and_raises_no_stock(counter: Counter) -> None:
    with connected(counter.shop, "HUB") as system:
        one = story(system, counter, "SHOP-1004")
        kit, shirt = one.sold.lines
        lines = one.line("SET", 1, kit), one.line("SHIRT-M", 1, shirt)
        opening = one.opening(*lines)
        assert len(one.done(opening).split("+")) == 2
        before = [counter.stock(sku, place) for sku in ("SHIRT-M", "SOCK") for place in ("MAIN", "HUB")]
        one.done(one.taken(opening, *lines, restock=False))
        assert [counter.stock(sku, place) for sku in ("SHIRT-M", "SOCK") for place in ("MAIN", "HUB")] == before
        assert {back["status"] for back in counter.returns(one.sold.id)} == {"received"}


def test_medusa_restocks_only_where_the_return_was_announced_to(counter: Counter) -> None:
    with connected(counter.shop, "HUB") as system:
        one = story(system, counter, "SHOP-1003")
        opening = one.opening(one.line("BELT-90", 1))
        one.done(opening)
        assert "return_location" in refusal(one.do(one.taken(opening, one.line("BELT-90", 1))))


def test_what_was_received_by_hand_is_not_received_again(system: System, counter: Counter, desk: Desk) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 2))
    back, before = one.done(opening), counter.stock("BELT-90")
    desk.receive(back, good=[(one.sold.lines[0], 1)])
    first = one.taken(opening, one.line("BELT-90", 1))
    assert one.done(first) == back
    (line,) = one.taken(opening, one.line("BELT-90", 2)).lines
    rest = replace(line, units=line.units[1:], before=e.Earlier(1, 1), before_alike=e.Earlier(1, 1))
    one.done(replace(first, lines=(rest,)))
    assert counter.stock("BELT-90") == before + 2
    assert len(desk.received_rounds(one.sold.id)) == 2


def test_what_was_restocked_by_hand_and_is_raised_by_us_as_well_is_told(
    system: System, counter: Counter, desk: Desk
) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 1))
    desk.receive(one.done(opening), good=[(one.sold.lines[0], 1)])
    why = refusal(one.do(one.taken(opening, one.line("BELT-90", 1), restock=False)), "counted-elsewhere")
    assert "1 BELT-90 too many" in why


def test_what_was_dismissed_by_hand_and_is_sellable_is_told(system: System, counter: Counter, desk: Desk) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 2))
    desk.receive(one.done(opening), damaged=[(one.sold.lines[0], 1)])
    why = refusal(one.do(one.taken(opening, one.line("BELT-90", 1))), "counted-elsewhere")
    assert "1 BELT-90 are not for sale at STO: add 1" in why
    assert len(desk.received_rounds(one.sold.id)) == 1


def test_a_round_of_ours_that_was_begun_is_begun_anew(system: System, counter: Counter, desk: Desk) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 1))
    back, taken = one.done(opening), one.taken(opening, one.line("BELT-90", 1))
    counter.client.admin("POST", f"/returns/{back}/receive", {"internal_note": f"BER1 [{e.key(taken)}]"})
    assert isinstance(one.find(taken), Partial)
    one.done(taken)
    assert [units for _, units in desk.received_rounds(one.sold.id)] == [{one.sold.lines[0]: 1}]


def test_a_return_of_which_something_came_cannot_be_cancelled_and_one_of_which_nothing_came_is_ended(
    system: System, counter: Counter, desk: Desk
) -> None:
    one = story(system, counter, "SHOP-1003")
    opening = one.opening(one.line("BELT-90", 2))
    desk.receive(one.done(opening), good=[(one.sold.lines[0], 1)])
    assert "Medusa cancels none" in refusal(one.do(e.CancelStorefrontReturn(one.name, one.order, e.key(opening))))
    assert isinstance(one.find(e.CloseStorefrontReturn(one.name, one.order, e.key(opening))), Done)
    two = MedusaStory(system, one.sold, "ret-2")
    other = two.opening(two.line("BELT-90", 1))
    two.done(other)
    two.done(e.CloseStorefrontReturn(two.name, two.order, e.key(other)))
    assert [back["status"] for back in counter.returns(one.sold.id)] == ["partially_received", "canceled"]


# Refunds


class Meddler(httpx.BaseTransport):
    """Somebody who begins a return of the order in the moment in which a refund is asked for."""

    def __init__(self, counter: Counter, order: str) -> None:
        self._inner, self._counter, self._order = httpx.HTTPTransport(), counter, order

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/refund"):
            begin_a_return(self._counter, self._order)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def begin_a_return(counter: Counter, order: str) -> None:
    counter.client.admin("POST", "/returns", {"order_id": order, "location_id": counter.shop.locations["HUB"]})


def test_nothing_is_paid_while_somebody_changes_the_order(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1003")
    begin_a_return(counter, one.sold.id)
    assert isinstance(one.do(one.refund(1458, one.line("BELT-90", 1))), Later)
    assert counter.refunds(one.sold.id) == []


def test_a_refund_that_was_refused_and_made_all_the_same_is_done(counter: Counter) -> None:
    sold = counter.shop.orders["SHOP-1003"]
    with connected(counter.shop, transport=Meddler(counter, sold.id)) as system:
        one = MedusaStory(system, sold)
        outcome = one.do(one.refund(1458, one.line("BELT-90", 1, sold.lines[0])))
    assert isinstance(outcome, Done)
    (made,) = counter.refunds(sold.id)
    assert (outcome.reference, made["amount"]) == (made["id"], 14.58)
    (fact,) = outcome.facts
    assert isinstance(fact, RefundConfirmed)
    assert (fact.amount.minor, [unit.line for unit in fact.units]) == (1458, [sold.lines[0]])


def test_what_the_poll_tells_of_a_refund_is_what_its_outcome_told(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1003")
    outcome = one.do(one.refund(1458, one.line("BELT-90", 1, one.sold.lines[0])))
    assert isinstance(outcome, Done)
    (polls,) = connector.polls
    answer = polls.poll(system, PollRequest(system.now(), ""))
    again = polls.poll(system, PollRequest(system.now(), answer.cursor))
    assert answer.messages == again.messages, "the same bytes again are no news"
    (message,) = answer.messages
    reads = connector.reader(message.kind)
    assert reads is not None
    (told,) = reads.read(Message("medusa", message.body, NOW, kind=message.kind), system.settings)
    assert told.facts == outcome.facts  # type: ignore[union-attr]


def test_more_than_was_captured_is_not_asked_for(system: System, counter: Counter, desk: Desk) -> None:
    one = story(system, counter, "SHOP-1003")
    desk.refund(one.sold.payment, 4000, "goodwill")
    system.now = lambda: one_hour_later(counter, one.sold)
    assert "is left" in refusal(one.do(one.refund(1458, one.line("BELT-90", 1))))
    assert "no store-credit" in refusal(one.do(one.refund(100, one.line("BELT-90", 1), tender="store-credit")))
    assert "of EUR" in refusal(one.do(one.refund(100, one.line("BELT-90", 1), currency="EUR")))
    assert len(counter.refunds(one.sold.id)) == 1


def one_hour_later(counter: Counter, sold: Sold) -> datetime:
    return datetime.fromisoformat(counter.refunds(sold.id)[-1]["created_at"]) + timedelta(hours=1)


def test_a_refund_by_hand_of_the_same_amount_is_a_persons_to_judge(
    system: System, counter: Counter, desk: Desk
) -> None:
    one = story(system, counter, "SHOP-1003")
    desk.refund(one.sold.payment, 1458, "one belt")
    found = one.find(one.refund(1458, one.line("BELT-90", 1)))
    assert found == Ambiguous((counter.refunds(one.sold.id)[0]["id"],))
    assert isinstance(one.find(one.refund(1000, one.line("BELT-90", 1))), Ambiguous), "so new that nobody told us"
    system.now = lambda: one_hour_later(counter, one.sold)
    assert isinstance(one.find(one.refund(1000, one.line("BELT-90", 1))), Absent)
    one.more["adopt"] = True
    adopted = one.find(one.refund(1458, one.line("BELT-90", 1)))
    assert isinstance(adopted, Done), "before go-live it is the only one that can be meant"
    assert adopted.adopted


def test_a_refund_is_split_over_what_is_left_of_the_payments(system: System, counter: Counter, desk: Desk) -> None:
    sold = counter.sell([("MUG", 1)])
    desk.edit(sold.id, "BELT-90", dollars=15)
    (unpaid,) = [
        one
        for one in counter.order(sold.id, "id,*payment_collections")["payment_collections"]
        if one["status"] == "not_paid"
    ] or [_collection(counter, sold.id)]
    counter.client.admin("POST", f"/payment-collections/{unpaid['id']}/mark-as-paid", {"order_id": sold.id})
    one = MedusaStory(system, sold)
    outcome = one.do(one.refund(3000, one.line("MUG", 1)))
    assert isinstance(outcome, Done), outcome
    parts = sorted(round(part["amount"] * 100) for part in counter.refunds(sold.id))
    assert (len(parts), sum(parts)) == (2, 3000)
    assert len(outcome.facts) == 2
    assert outcome.reference == counter.refunds(sold.id)[0]["id"]
    assert isinstance(one.find(one.refund(3000, one.line("MUG", 1))), Done)


def _collection(counter: Counter, order: str) -> Any:
    about = {"order_id": order, "amount": 16.2}
    return counter.client.admin("POST", "/payment-collections", about)["payment_collection"]


# Exchanges


def test_an_exchange_that_the_stock_does_not_give_leaves_nothing(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1005")
    refusal(one.do(one.exchange("MUG", 5000)), "exchange-out-of-stock")
    refusal(one.do(one.exchange("NOPE")))
    assert len(counter.order(one.sold.id)["items"]) == 1
    one.done(one.opening(one.line("SHIRT-M", 1)))


def test_a_replacement_that_is_packed_is_somebodys_to_stop(system: System, counter: Counter) -> None:
    one = story(system, counter, "SHOP-1005")
    exchange = one.exchange("SET")
    line = one.done(exchange)
    (new,) = [item for item in counter.order(one.sold.id)["items"] if item["id"] == line]
    assert (new["variant_sku"], new["unit_price"], new["metadata"]["backhaul_exchange"]) == ("SET", 0, e.key(exchange))
    assert counter.level("SOCK")["reserved_quantity"] == 2
    assert counter.owed(one.sold.id) == 0
    counter.fulfil(one.sold.id, {line: 1})
    cancel = e.CancelExchangeAtStorefront(one.name, one.order, e.key(exchange), exchange.exchange)
    refusal(one.do(cancel), "exchange-shipped")
    kit = frozen(system, one.sold).line(line)
    assert (kit.net_minor, kit.tax_minor, len(kit.components)) == (0, 0, 2)


# The connection


def test_a_check_names_what_is_wrong(counter: Counter) -> None:
    assert connector.check is not None
    with connected(counter.shop) as system:
        assert connector.check(system) == ()
    with connected(
        counter.shop, signature_secrets=[], return_location="sloc_nope", reasons={"size": "too-tiny"}
    ) as system:
        secret, place, reason = connector.check(system)
    assert "signature_secrets" in secret
    assert "sloc_nope" in place
    assert "too-tiny" in reason
    with connected(counter.shop, key="sk_wrong") as system:
        assert "does not answer" in connector.check(system)[0]
        with pytest.raises(Rejected, match="401"):
            system.get("/orders")
