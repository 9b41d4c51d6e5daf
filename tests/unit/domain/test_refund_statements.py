"""What money sources say of refunds: pending, failed, changed, contradicted, several for one return or one unit."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from tests.support.world import Told
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    ORDER,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    at_the_bar,
    refunded,
    usd,
)


def totals(told: Told) -> dict[str, int]:
    return {note.refund: note.total_minor for note in told.documents(e.IssueCreditNote)}


def corrections(told: Told) -> dict[str, int]:
    return {one.refund: one.delta_minor for one in told.documents(e.CorrectCreditNote)}


def test_two_refunds_of_one_return_are_two_credit_notes_of_their_own_units() -> None:
    told = at_the_bar(SHIRT, JEANS)
    told.tell(refunded(JEANS_PRICE, refund="R1"))
    told.rest()
    told.tell(refunded(SHIRT_PRICE, refund="R2"))
    told.rest()
    assert totals(told) == {"R1": JEANS_PRICE, "R2": SHIRT_PRICE}
    assert [note.lines[0].sku for note in told.documents(e.IssueCreditNote)] == ["JEANS-32", "SHIRT-M"]
    assert not told.problems()


def test_the_newest_statement_counts_and_an_older_one_told_later_changes_nothing() -> None:
    for order in permutations([refunded(SHIRT_PRICE, sequence=2), refunded(1000, sequence=1)]):
        told = at_the_bar(SHIRT)
        told.tell(*order)
        told.rest()
        assert totals(told) == {"R1": SHIRT_PRICE}


def test_two_words_without_an_order_are_a_contradiction_and_nothing_is_credited() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE), refunded(1000))
    told.rest()
    assert told.problems() == {"refund-contradiction"}
    assert not totals(told)


def test_a_failed_refund_is_not_credited_and_somebody_is_told_until_it_succeeds() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.RefundFailed("R1", "1001", usd(SHIRT_PRICE), sequence=1, reason="card closed"))
    told.rest()
    assert told.problems() == {"refund-failed"}
    assert "card closed" in told.decision.exceptions[0].cause
    told.tell(refunded(SHIRT_PRICE, refund="R2"))
    told.rest()
    assert not told.problems()
    assert totals(told) == {"R2": SHIRT_PRICE}


def test_an_amount_that_changes_before_the_first_attempt_is_simply_decided_again() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(1000, sequence=1))
    told.tell(refunded(SHIRT_PRICE, sequence=2))
    told.rest()
    assert totals(told) == {"R1": SHIRT_PRICE}
    assert not told.problems()


def test_an_amount_that_changes_after_the_first_attempt_is_corrected_when_a_person_says_so() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE, sequence=1))
    told.attempt("issue-credit-note:r1:1001:R1")
    told.tell(refunded(1900, sequence=2))
    told.rest()
    assert totals(told) == {"R1": SHIRT_PRICE}
    assert told.problems() == {"amount-differs", "credited-amount-changed"}
    assert told.balance("clearing:r1") == SHIRT_PRICE - 1900
    told.tell(f.CorrectionDecided("R1", "fiona", "the shop refunded less"))
    told.rest()
    assert corrections(told) == {"R1": 1900 - SHIRT_PRICE}
    assert told.balance("clearing:r1") == 0
    assert "credited-amount-changed" not in told.problems()


def test_a_refund_that_fails_after_it_was_credited_is_taken_back_when_a_person_says_so() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE, sequence=1))
    told.do("issue-credit-note:r1:1001:R1")
    told.tell(f.RefundFailed("R1", "1001", usd(SHIRT_PRICE), sequence=2))
    told.rest()
    assert "credited-amount-changed" in told.problems()
    assert not told.documents(e.RecordRefund), "no payment is recorded for money that did not go"
    told.tell(f.CorrectionDecided("R1", "fiona", "card closed"))
    told.rest()
    assert corrections(told) == {"R1": -SHIRT_PRICE}
    assert told.balance("clearing:r1") == 0


def test_a_refund_waits_until_every_unit_it_names_is_known() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE + JEANS_PRICE, SHIRT, JEANS))
    told.rest()
    assert told.problems() == {"refund-without-units"}
    told.tell(f.ReturnInitiated(JEANS))
    told.rest()
    assert sum(totals(told).values()) == SHIRT_PRICE + JEANS_PRICE
    assert not told.problems()


def test_units_on_two_authorisations_get_a_credit_note_each_and_never_twice() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.ReturnInitiated(JEANS), refunded(SHIRT_PRICE + JEANS_PRICE - 10, SHIRT, JEANS))
    assert sum(totals(told).values()) in (SHIRT_PRICE - 10, SHIRT_PRICE + JEANS_PRICE - 10)
    told.rest()
    notes = told.documents(e.IssueCreditNote)
    assert len(notes) == 2
    assert sum(note.total_minor for note in notes) == SHIRT_PRICE + JEANS_PRICE - 10
    assert sum(line.quantity for note in notes for line in note.lines) == 2
    told.decide()
    assert told.rest() is False


def test_one_unit_paid_back_in_two_tenders_is_credited_once_and_in_full() -> None:
    told = at_the_bar(JEANS)
    told.tell(
        refunded(JEANS_PRICE - 1000, JEANS, refund="card"), refunded(1000, JEANS, refund="gift", tender="gift-card")
    )
    told.rest()
    assert sum(totals(told).values()) + sum(corrections(told).values()) == JEANS_PRICE
    assert sum(line.quantity for note in told.documents(e.IssueCreditNote) for line in note.lines) == 1
    assert not told.problems()
    assert (told.balance("refunded:original"), told.balance("refunded:gift-card")) == (JEANS_PRICE - 1000, 1000)
    assert told.balance("clearing:r1") == 0


def test_the_same_unit_refunded_twice_in_full_is_not_credited_twice() -> None:
    told = at_the_bar(JEANS, SHIRT)
    told.tell(refunded(SHIRT_PRICE, SHIRT, refund="R1"), refunded(SHIRT_PRICE, SHIRT, refund="R2"))
    assert totals(told) == {"R1": SHIRT_PRICE}
    told.rest()
    assert totals(told) == {"R1": SHIRT_PRICE}
    assert told.problems() == {"refund-without-units"}


def test_a_line_named_twice_means_two_units_of_it() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(refunded(2 * SHIRT_PRICE, f.UnitName("1001", "777"), f.UnitName("1001", "777")))
    told.rest()
    assert [line.quantity for note in told.documents(e.IssueCreditNote) for line in note.lines] == [2]
    assert not told.problems()


def test_a_waived_difference_is_open_no_more_and_the_return_can_close() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE - 100, JEANS))
    told.rest()
    (differs,) = told.decision.exceptions
    told.tell(f.ExceptionWaived(differs.key, "fiona", "a gesture"))
    assert not told.problems()


def test_a_refund_that_names_a_unit_nobody_told_of_yet_is_not_credited_on_another_of_its_line() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE, SECOND_SHIRT))
    told.rest()
    assert told.problems() == {"refund-without-units"}
    assert not totals(told)


def test_a_payment_that_was_recorded_stays_as_it_was_when_its_tender_is_told_anew() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE, sequence=1))
    told.rest()
    told.tell(refunded(SHIRT_PRICE, sequence=2, tender="store-credit"))
    assert [record.tender for record in told.documents(e.RecordRefund)] == ["original"]
    assert told.balance("refunded:store-credit") == SHIRT_PRICE


def test_an_amount_lowered_between_two_parts_is_never_exceeded() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.ReturnInitiated(JEANS), refunded(SHIRT_PRICE + JEANS_PRICE, SHIRT, JEANS, sequence=1))
    told.do(next(key for key in told.due() if key.startswith("open-return-authorisation")))
    first = next(key for key in told.due() if key.startswith("issue-credit-note"))
    told.attempt(first)
    (begun,) = [record.effect for record in told.records.values() if record.key == first]
    assert isinstance(begun, e.IssueCreditNote)
    told.tell(refunded(begun.total_minor, SHIRT, JEANS, sequence=2))
    told.rest()
    assert sum(totals(told).values()) == begun.total_minor


def test_a_unit_whose_refund_failed_after_it_was_credited_is_credited_again_only_once_that_was_taken_back() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE, JEANS, refund="R1", sequence=1))
    told.rest()
    told.tell(f.RefundFailed("R1", "1001", usd(JEANS_PRICE), sequence=2), refunded(JEANS_PRICE, JEANS, refund="R2"))
    told.rest()
    assert "refund-without-units" in told.problems()
    assert (totals(told), corrections(told)) == ({"R1": JEANS_PRICE}, {})
    told.tell(f.CorrectionDecided("R1", "fiona", "card closed"))
    told.rest()
    assert (totals(told), corrections(told)) == ({"R1": JEANS_PRICE}, {"R1": -JEANS_PRICE, "R2": JEANS_PRICE})
    assert told.balance("clearing:r1") == 0
    assert not told.problems()


def test_a_refund_of_one_order_is_never_credited_on_another() -> None:
    told = at_the_bar(SHIRT)
    told.shop.orders["1002"] = replace(ORDER, number="1002")
    told.tell(f.ReturnInitiated(replace(SHIRT, order="1002")), refunded(SHIRT_PRICE))
    told.rest()
    assert [note.order for note in told.documents(e.IssueCreditNote)] == ["1001"]


def test_a_refund_that_is_taken_back_touches_no_other_refund_of_the_order() -> None:
    told = at_the_bar(SHIRT, JEANS)
    told.tell(refunded(JEANS_PRICE, JEANS, refund="R1"), refunded(SHIRT_PRICE, SHIRT, refund="R2", sequence=1))
    told.rest()
    before = [note for note in told.documents(e.IssueCreditNote) if note.refund == "R1"]
    told.tell(
        f.RefundFailed("R2", "1001", usd(SHIRT_PRICE), sequence=2), f.CorrectionDecided("R2", "fiona", "reversed")
    )
    told.rest()
    assert corrections(told) == {"R2": -SHIRT_PRICE}
    assert [note for note in told.documents(e.IssueCreditNote) if note.refund == "R1"] == before
    assert totals(told)["R1"] == JEANS_PRICE
    assert told.balance("clearing:r1") == 0
