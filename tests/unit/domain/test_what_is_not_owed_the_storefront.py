"""What must not be done at a storefront yet, or not at all: each story is about one thing that holds it back."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import DEFAULT_PLACES, Place
from tests.support.world import Told
from tests.unit.domain.cast import (
    JEANS,
    MONDAY,
    SHIRT,
    SHIRT_PRICE,
    approved,
    at_the_bar,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    started,
)
from tests.unit.domain.test_storefront import PAYS, SHOP

UNIT = "1001-777-0"


def says(told: Told, *, yes: bool) -> Told:
    """A person's word on whether the shirt is paid for."""
    return told.tell(f.ApprovalDecided(UNIT, yes, "Jo", "looked at it", MONDAY))


def due(told: Told, verb: str) -> list[str]:
    return [key for key in told.due() if key.startswith(f"{verb}:")]


def test_nothing_is_paid_while_another_refund_of_the_order_is_not_understood() -> None:
    stranger = f.UnitName("1001", "999", sku="HAT")
    told = shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT), refunded(500, stranger))
    told.tell(*approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)


def test_no_more_is_paid_than_the_order_has_left() -> None:
    told = shop(PAYS).told("r1", *started(SHIRT, JEANS), *dropped_off(SHIRT, JEANS), refunded(12000, JEANS))
    told.tell(*approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)


def test_what_the_platform_declines_or_looks_at_is_not_paid_on_a_persons_word() -> None:
    for word in (f.RefundDeclined, f.RefundHeld):
        told = says(shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT), word(SHIRT)), yes=True)
        told.rest()
        assert not told.documents(e.IssueRefund)


def test_a_persons_no_holds_back_what_the_platform_approved() -> None:
    told = says(shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT)), yes=False)
    told.tell(*approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)


def test_what_was_decided_of_goods_that_are_not_here_is_not_told() -> None:
    told = at_the_bar(SHIRT, policy=SHOP)
    told.tell(f.DispositionDecided(UNIT, "sellable", "Jo", "it was sealed", MONDAY))
    told.rest()
    assert not told.documents(e.TakeBackAtStorefront)


def test_what_was_looked_for_and_not_found_is_not_taken_back() -> None:
    places = {**DEFAULT_PLACES, "missing": Place("missing", "LOST")}
    told = at_the_bar(SHIRT, policy=replace(SHOP, places=places))
    told.tell(inspected(SHIRT, "missing"))
    told.rest()
    assert not told.documents(e.TakeBackAtStorefront)


def test_nothing_is_closed_before_its_money_and_before_its_goods() -> None:
    told = at_the_bar(SHIRT, policy=SHOP)
    told.tell(received(SHIRT), inspected(SHIRT))
    told.rest()
    assert not told.documents(e.CloseStorefrontReturn), "it is not paid for"

    told = at_the_bar(SHIRT, policy=SHOP)
    told.tell(received(SHIRT), refunded(SHIRT_PRICE, SHIRT))
    told.rest()
    assert not told.documents(e.CloseStorefrontReturn), "nobody has looked at it"
    told.tell(inspected(SHIRT))
    told.rest()
    assert len(told.documents(e.CloseStorefrontReturn)) == 1


def test_a_mark_waits_for_the_one_before_it() -> None:
    told = shop(SHOP).told("r1", *started(SHIRT))
    (first,) = due(told, "mark-order")
    told.attempt(first)
    told.tell(*dropped_off(SHIRT))
    assert due(told, "mark-order") == [first]
    told.do(first)
    assert len(due(told, "mark-order")) == 1


def test_an_order_that_was_refused_is_given_up_with_its_exchange() -> None:
    policy = replace(SHOP, exchange_owner="backhaul", exchange_at="both")
    told = shop(policy).told("r1", *started(SHIRT), *dropped_off(SHIRT), f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"))
    told.refuse(due(told, "order-exchange-at-storefront")[0], "exchange-out-of-stock")
    assert "exchange-out-of-stock" in told.problems()
    told.tell(f.ExchangeCancelled("X1"))
    told.rest()
    assert "exchange-out-of-stock" not in told.problems()
    assert not told.documents(e.CancelExchangeAtStorefront)
