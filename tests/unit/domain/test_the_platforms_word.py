"""Refunds confirmed by approval: credited provisionally on the platform's word, corrected when money is stated."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    approved,
    at_the_bar,
    inspected,
    received,
    refunded,
    started,
    usd,
)

BY_APPROVAL = Policy("v1", refund_confirmation="approval")


def credited(told: Told) -> tuple[int, int]:
    """Minor units on credit notes, and on corrections."""
    return (
        sum(note.total_minor for note in told.documents(e.IssueCreditNote)),
        sum(one.delta_minor for one in told.documents(e.CorrectCreditNote)),
    )


def test_an_approval_is_credited_with_what_should_have_been_paid() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", refund_confirmation="approval", fees={"return-bar": usd(500)}))
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.fee_minor, note.total_minor) == (500, SHIRT_PRICE - 500)
    told.tell(received(SHIRT), inspected(SHIRT))
    told.rest()
    assert told.decision.closed
    assert told.balance("refunded:original") == SHIRT_PRICE - 500


def test_the_same_amount_stated_later_needs_no_further_document() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.tell(refunded(SHIRT_PRICE, SHIRT))
    told.rest()
    assert credited(told) == (SHIRT_PRICE, 0)
    assert told.balance("refunded:original") == SHIRT_PRICE
    assert not told.problems()


def test_another_amount_stated_later_is_corrected_by_itself() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.tell(refunded(1900, SHIRT, tender="store-credit"))
    told.rest()
    assert credited(told) == (SHIRT_PRICE, 1900 - SHIRT_PRICE)
    assert (told.balance("clearing:r1"), told.balance("refunded:original"), told.balance("refunded:store-credit")) == (
        0,
        0,
        1900,
    )
    assert told.problems() == {"amount-differs"}


def test_money_stated_before_the_word_was_acted_on_counts_alone() -> None:
    told = at_the_bar(policy=BY_APPROVAL)
    told.tell(*started(SHIRT), *approved(SHIRT), refunded(1900, SHIRT))
    told.rest()
    assert credited(told) == (1900, 0)


def test_units_approved_later_are_credited_on_their_own_and_the_fee_is_charged_once() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", refund_confirmation="approval", fees={"return-bar": usd(500)}))
    told.tell(*started(JEANS), *approved(JEANS))
    told.rest()
    assert [note.fee_minor for note in told.documents(e.IssueCreditNote)] == [500, 0]
    assert credited(told) == (SHIRT_PRICE + JEANS_PRICE - 500, 0)


def test_a_word_for_two_units_stated_one_by_one_is_replaced_piece_by_piece() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, policy=BY_APPROVAL)
    told.tell(refunded(1900, SHIRT, refund="R1"))
    told.rest()
    assert credited(told) == (2 * SHIRT_PRICE, 1900 - SHIRT_PRICE)
    assert told.balance("clearing:r1") == 0
    assert told.balance("refunded:original") == SHIRT_PRICE + 1900
    told.tell(refunded(SHIRT_PRICE, SECOND_SHIRT, refund="R2"))
    told.rest()
    assert credited(told) == (2 * SHIRT_PRICE, 1900 - SHIRT_PRICE)
    assert told.balance("clearing:r1") == 0


def test_a_statement_for_more_units_than_the_word_adds_the_rest_only() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.tell(*started(JEANS), refunded(SHIRT_PRICE + JEANS_PRICE, SHIRT, JEANS))
    told.rest()
    assert credited(told) == (SHIRT_PRICE + JEANS_PRICE, 0)
    assert sum(line.quantity for note in told.documents(e.IssueCreditNote) for line in note.lines) == 2
    assert told.balance("clearing:r1") == 0


def test_a_refund_that_failed_takes_the_word_back() -> None:
    failed = f.RefundFailed("R1", "1001", usd(SHIRT_PRICE), units=(SHIRT,), reason="card closed")
    before, after = at_the_bar(policy=BY_APPROVAL), at_the_bar(SHIRT, policy=BY_APPROVAL)
    before.tell(failed, *started(SHIRT), *approved(SHIRT))
    after.tell(failed)
    for told in (before, after):
        told.rest()
        assert sum(credited(told)) == 0
        assert told.balance("clearing:r1") == 0
        assert told.problems() == {"refund-failed"}


def test_the_word_is_never_credited_beyond_what_was_paid() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.shop.policy = Policy("v1")  # while the money is stated first, generously
    told = at_the_bar(policy=BY_APPROVAL)
    told.tell(*started(JEANS), refunded(12_000, JEANS))
    told.rest()
    told.tell(*started(SHIRT), *approved(SHIRT))
    told.rest()
    assert "over-refund" in told.problems()
    assert credited(told) == (12_000, 0)


def test_an_exchanged_unit_is_not_credited_on_the_platforms_word() -> None:
    told = at_the_bar(policy=BY_APPROVAL)
    told.tell(*started(JEANS), f.ExchangeConfirmed("X1", JEANS, "JEANS-34"), *approved(JEANS))
    told.rest()
    assert credited(told) == (0, 0)


def test_an_authorisation_that_was_closed_stays_closed_when_the_word_is_taken_back() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.tell(received(SHIRT), inspected(SHIRT))
    told.rest()
    told.tell(f.RefundFailed("R1", "1001", usd(SHIRT_PRICE), units=(SHIRT,)))
    told.rest()
    assert len(told.documents(e.CloseReturnAuthorisation)) == 1
    assert sum(credited(told)) == 0


def test_what_the_platform_has_not_approved_is_not_credited_on_its_word() -> None:
    told = at_the_bar(policy=BY_APPROVAL)
    told.tell(*started(SHIRT, JEANS), *approved(JEANS))
    told.rest()
    assert credited(told) == (JEANS_PRICE, 0)


def test_a_statement_partly_on_the_word_stays_exact_once_its_own_note_was_attempted() -> None:
    told = at_the_bar(SHIRT, policy=BY_APPROVAL)
    told.tell(*started(JEANS), refunded(SHIRT_PRICE + JEANS_PRICE - 10, SHIRT, JEANS))
    told.do(next(key for key in told.due() if key.startswith("open-return-authorisation")))
    told.attempt("issue-credit-note:r1:1001:R1")
    told.rest()
    assert credited(told) == (SHIRT_PRICE + JEANS_PRICE, -10)
    assert told.balance("clearing:r1") == 0
