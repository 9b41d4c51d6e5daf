"""What the platform decides about a refund after it was begun: held for an audit, released, declined, reversed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    DAY,
    JEANS,
    JEANS_PRICE,
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
    usd,
)

BY_WORD = Policy("v1", refund_confirmation="approval")
HELD = f.RefundHeld(JEANS, MONDAY + DAY)
RELEASED = f.RefundReleased(JEANS)
DECLINED = f.RefundDeclined(JEANS, MONDAY + 2 * DAY)


def credited(told: Told) -> int:
    notes = sum(note.total_minor for note in told.documents(e.IssueCreditNote))
    return notes + sum(one.delta_minor for one in told.documents(e.CorrectCreditNote))


def held(policy: Policy | None = None) -> Told:
    told = shop(policy).told("r1", *started(JEANS), *dropped_off(JEANS), HELD, *approved(JEANS))
    told.rest()
    return told


def test_a_refund_that_is_held_for_an_audit_is_waited_for_as_that() -> None:
    told = held()
    (audit,) = [one for one in told.decision.expectations if one.kind in ("audit", "refund")]
    assert (audit.kind, audit.within, audit.since, audit.value) == (
        "audit",
        timedelta(days=14),
        MONDAY + DAY,
        (usd(JEANS_PRICE),),
    )
    told.tell(RELEASED)
    assert "refund" in told.awaited()
    assert "audit" not in told.awaited()


def test_money_that_is_stated_ends_the_waiting_for_the_audit() -> None:
    told = held()
    told.tell(refunded(JEANS_PRICE, JEANS))
    assert "audit" not in told.awaited()
    assert credited(told) == JEANS_PRICE


@pytest.mark.parametrize("ends", [True, False])
def test_the_platforms_word_for_a_unit_it_still_looks_at_is_not_credited(ends: bool) -> None:
    told = held(BY_WORD)
    assert credited(told) == 0
    if ends:
        told.tell(RELEASED)
        told.rest()
        assert credited(told) == JEANS_PRICE


def test_a_declined_refund_is_customer_cares_and_nothing_is_credited_or_waited_for() -> None:
    told = shop(BY_WORD).told("r1", *started(JEANS), *dropped_off(JEANS), *approved(JEANS), DECLINED)
    told.tell(received(JEANS), inspected(JEANS))
    told.rest()
    (declined,) = told.decision.exceptions
    assert (declined.kind, declined.owner, declined.value) == ("refund-declined", "customer-care", (usd(JEANS_PRICE),))
    assert credited(told) == 0
    assert not told.awaited()
    told.tell(f.ExceptionWaived(declined.key, "carla", "the shopper was told"))
    assert told.decision.closed


def test_a_word_that_is_taken_back_after_it_was_credited_is_corrected_by_a_document_of_its_own() -> None:
    told = at_the_bar(JEANS, SHIRT, policy=BY_WORD)
    assert credited(told) == JEANS_PRICE + SHIRT_PRICE
    told.tell(DECLINED)
    told.rest()
    assert credited(told) == SHIRT_PRICE
    assert [one.delta_minor for one in told.documents(e.CorrectCreditNote)] == [-JEANS_PRICE]
    assert told.balance("clearing:r1") == 0
    assert told.balance("refunded:original") == SHIRT_PRICE
    assert told.problems() == {"refund-declined"}
    told.decide()
    assert credited(told) == SHIRT_PRICE


def test_a_unit_declined_after_it_was_paid_is_finances_with_what_was_paid() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE, JEANS, sequence=1))
    told.rest()
    told.tell(DECLINED)
    (late,) = told.decision.exceptions
    assert (late.kind, late.owner, late.value) == ("declined-after-refund", "finance", (usd(JEANS_PRICE),))
    assert credited(told) == JEANS_PRICE


def test_money_without_units_is_not_taken_for_a_declined_one() -> None:
    told = shop().told("r1", *started(JEANS, SHIRT), *dropped_off(JEANS, SHIRT))
    told.tell(DECLINED, refunded(SHIRT_PRICE - 10))
    told.rest()
    assert [line.sku for note in told.documents(e.IssueCreditNote) for line in note.lines] == ["SHIRT-M"]


def test_a_refund_that_failed_for_a_declined_unit_is_no_money_that_the_shopper_waits_for() -> None:
    told = at_the_bar(JEANS)
    told.tell(f.RefundFailed("R1", "1001", usd(JEANS_PRICE), units=(JEANS,)))
    assert told.problems() == {"refund-failed"}
    told.tell(DECLINED)
    assert told.problems() == {"refund-declined"}


def test_a_declined_unit_is_not_exchanged_either() -> None:
    policy = replace(Policy("v1"), exchange_owner="backhaul")
    told = shop(policy).told("r1", *started(JEANS), *dropped_off(JEANS), DECLINED)
    told.tell(f.ExchangeConfirmed("X1", JEANS, "JEANS-34"))
    assert not told.documents(e.CreateExchangeOrder)


def test_a_refund_that_was_reversed_after_it_was_credited_is_shown_and_corrected_when_finance_says_so() -> None:
    told = at_the_bar(JEANS)
    paid = refunded(JEANS_PRICE, JEANS, sequence=1)
    told.tell(paid)
    told.rest()
    told.tell(f.RefundFailed("R1", "1001", usd(JEANS_PRICE), units=(JEANS,), sequence=2, reason="reversed"))
    assert told.problems() == {"credited-amount-changed"}
    told.tell(f.CorrectionDecided("R1", "fiona", "charged back"))
    told.rest()
    assert credited(told) == 0
    assert told.balance("clearing:r1") == 0
