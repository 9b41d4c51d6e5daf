"""Scenario 1: a unit is refunded and comes home; what each system is owed on the way."""

from __future__ import annotations

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.domain.placements import destination
from backhaul.domain.policy import Policy
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SECOND_SHIRT,
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
    usd,
    verbs,
)


def test_the_order_is_looked_up_before_anything_is_made_out() -> None:
    told = shop().told("r1")
    told.shop.known.clear()
    told.tell(*started(SHIRT))
    assert verbs(told) == ["look-up-order"]
    told.rest()
    assert verbs(told) == ["look-up-order", "open-return-authorisation"]


def test_the_authorisation_is_there_before_the_drop_off() -> None:
    told = shop().told("r1", *started(SHIRT, SECOND_SHIRT))
    told.rest()
    (opened,) = told.documents(e.OpenReturnAuthorisation)
    assert [(line.sku, line.quantity, line.net_minor, line.tax_minor) for line in opened.lines] == [
        ("SHIRT-M", 2, 3600, 288)
    ]
    assert opened.initiated_at == MONDAY
    assert told.awaited() == {"drop-off"}


def test_what_is_in_transit_is_stock_nowhere() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.ItemShippedToWarehouse(SHIRT, "S1"))
    told.rest()
    assert verbs(told) == ["open-return-authorisation"]
    assert told.balances() == {("customer", "SHIRT-M"): -1, ("transit", "SHIRT-M"): 1}
    assert told.awaited() == {"arrival", "refund"}


def test_an_approval_alone_credits_nothing() -> None:
    assert "issue-credit-note" not in verbs(at_the_bar(SHIRT))


def test_a_refund_that_is_pending_is_not_refunded() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.RefundPending("R1", "1001", usd(SHIRT_PRICE), sequence=1))
    told.rest()
    assert "issue-credit-note" not in verbs(told)
    told.tell(refunded(SHIRT_PRICE, sequence=2))
    told.rest()
    assert "issue-credit-note" in verbs(told)


def test_the_credit_note_is_for_exactly_the_confirmed_money_with_the_fee_on_its_own_line() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", fees={"return-bar": usd(500)}))
    told.tell(refunded(SHIRT_PRICE - 500))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.fee_minor, note.difference_minor, note.total_minor) == (500, 0, SHIRT_PRICE - 500)
    assert [(line.net_minor, line.tax_minor) for line in note.lines] == [(1800, 144)]
    assert not told.problems()
    assert told.balance("credited:fee") == 500
    assert told.balance("clearing:r1") == 0


def test_the_fee_waits_until_it_is_known_how_the_parcel_came() -> None:
    told = shop(Policy("v1", fees={"mail": usd(700)})).told("r1", f.ReturnInitiated(SHIRT), refunded(SHIRT_PRICE - 700))
    told.rest()
    assert told.problems() == {"fee-unknown"}
    assert not told.documents(e.IssueCreditNote)
    told.tell(f.DropOffChosen("mail"))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.fee_minor, note.difference_minor) == (700, 0)
    assert not told.problems()


def test_the_fee_is_charged_once_per_order_and_only_on_the_original_tender() -> None:
    policy = Policy("v1", fees={"return-bar": usd(500)})
    told = at_the_bar(SHIRT, JEANS, policy=policy)
    told.tell(refunded(6480, JEANS, refund="R1", tender="store-credit"), refunded(1444, SHIRT, refund="R2"))
    told.rest()
    assert {note.refund: note.fee_minor for note in told.documents(e.IssueCreditNote)} == {"R1": 0, "R2": 500}
    assert {record.tender for record in told.documents(e.RecordRefund)} == {"original", "store-credit"}


def test_a_fee_in_another_currency_is_no_fee_of_this_order() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", fees={"return-bar": Money(500, "EUR")}))
    told.tell(refunded(SHIRT_PRICE))
    told.rest()
    assert [note.fee_minor for note in told.documents(e.IssueCreditNote)] == [0]


def test_received_and_inspected_it_is_restocked_closed_and_squared() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE), received(SHIRT))
    told.rest()
    assert "restock" not in verbs(told), "received is not inspected"
    assert not told.decision.squared
    told.tell(inspected(SHIRT))
    told.rest()
    (restock,) = told.documents(e.Restock)
    assert (restock.site, restock.location, restock.source) == ("MAIN", "STO", None)
    assert told.balance("stock:MAIN:STO") == 1
    assert "close-return-authorisation" in verbs(told)
    assert (told.decision.squared, told.decision.closed) == (True, True)


def test_what_was_not_restocked_keeps_its_return_open_though_it_is_paid_and_here() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE), received(SHIRT), inspected(SHIRT))
    (restock,) = [key for key in told.records if key.startswith("restock")]
    while others := [key for key in told.due() if key != restock]:
        told.do(others[0])
    assert "record-refund" in {key.partition(":")[0] for key in told.records if told.is_done(key)}
    assert not told.decision.closed
    told.refuse(restock)
    assert "effect-refused" in told.problems()
    assert not told.decision.closed
    told.do(restock)
    told.rest()
    assert told.decision.closed


def test_a_refund_is_recorded_only_once_its_credit_note_is_there() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE))
    note, record = "issue-credit-note:r1:1001:R1", "record-refund:r1:1001:R1"
    assert told.after[record] == (note,)
    told.attempt(note)
    assert record not in told.due(), "a credit note that may be there is not there"
    told.refuse(note)
    assert record not in told.due()
    told.do(note)
    assert told.due() == [record]


def test_a_receipt_may_be_enough_where_the_policy_says_so() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", sellable_on="receipt"))
    told.tell(received(SHIRT))
    told.rest()
    assert "restock" in verbs(told)
    assert "inspection" not in told.awaited()


def test_nothing_is_placed_before_it_is_received_in_the_erp() -> None:
    told = at_the_bar(SHIRT)
    told.tell(inspected(SHIRT))
    (restock,) = [key for key in told.records if key.startswith("restock")]
    (receipt,) = [key for key in told.records if key.startswith("receive-return")]
    assert told.after[restock] == (receipt,)
    assert restock not in told.due()


def test_where_the_erp_receives_there_is_nothing_to_receive_or_place_and_it_closes_all_the_same() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", receipt_authority="erp"))
    told.tell(refunded(SHIRT_PRICE), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert verbs(told) == [
        "close-return-authorisation",
        "issue-credit-note",
        "open-return-authorisation",
        "record-refund",
    ]
    assert told.balance("stock:MAIN:STO") == 1
    assert told.decision.closed


@pytest.mark.parametrize("authority", ["warehouse", "erp"])
def test_the_credit_note_waits_for_the_receipt_only_under_that_policy(authority: str) -> None:
    policy = Policy("v1", credit_note_on="receipt", receipt_authority=authority)  # type: ignore[arg-type]
    told = at_the_bar(SHIRT, policy=policy)
    told.tell(refunded(SHIRT_PRICE))
    told.rest()
    assert "issue-credit-note" not in verbs(told)
    told.tell(received(SHIRT))
    key = "issue-credit-note:r1:1001:R1"
    receipts = [name for name in told.records if name.startswith("receive-return")]
    assert set(told.after[key]) >= set(receipts)
    told.rest()
    assert told.is_done(key)


def test_a_unit_that_came_back_and_was_never_paid_for_is_waited_for() -> None:
    told = shop().told("r1", *started(SHIRT), *dropped_off(SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert told.awaited() == {"refund"}
    assert not told.decision.closed


def test_a_discount_and_its_tax_are_given_back_with_the_units_to_the_cent() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(*approved(SHIRT), refunded(2 * SHIRT_PRICE))
    told.rest()
    assert (told.balance("credited:goods"), told.balance("credited:tax")) == (-3600, -288)
    assert not told.problems()


def test_an_authorisation_is_open_until_it_is_both_received_and_credited() -> None:
    credited, arrived = at_the_bar(SHIRT), at_the_bar(SHIRT)
    credited.tell(refunded(SHIRT_PRICE))
    arrived.tell(received(SHIRT), inspected(SHIRT))
    for told in (credited, arrived):
        told.rest()
        assert "close-return-authorisation" not in verbs(told)


def test_two_refunds_on_the_original_tender_are_charged_one_fee() -> None:
    told = at_the_bar(SHIRT, JEANS, policy=Policy("v1", fees={"return-bar": usd(500)}))
    told.tell(refunded(JEANS_PRICE - 500, JEANS, refund="R1"), refunded(SHIRT_PRICE, SHIRT, refund="R2"))
    told.rest()
    assert {note.refund: note.fee_minor for note in told.documents(e.IssueCreditNote)} == {"R1": 500, "R2": 0}
    assert not told.problems()


def test_what_is_under_way_has_no_place_even_where_a_receipt_makes_it_saleable() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", sellable_on="receipt"))
    assert destination(told.state.units["1001-777-0"], told.shop.policy) is None
