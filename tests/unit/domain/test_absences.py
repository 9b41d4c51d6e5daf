"""Units that do not come: kept by the shopper, called off, lost, claimed, not returned, looked for and not found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.decided import Fate
from backhaul.domain.fates import why_not
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
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
    verbs,
)

KEPT = f.KeptByCustomer(JEANS, MONDAY + DAY)
CANCELLED = f.ReturnCancelled(JEANS, MONDAY + DAY)


def decided(fate: Fate, days: int = 30, claim: str = "") -> f.FateDecided:
    return f.FateDecided("1001-888-0", fate, "wanda", "looked everywhere", claim, MONDAY + timedelta(days=days))


def credited(told: Told) -> int:
    return sum(note.total_minor for note in told.documents(e.IssueCreditNote))


def on_its_way() -> Told:
    """Jeans that were handed in, approved and paid for."""
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    return told


@pytest.mark.parametrize("credit_note_on", ["refund", "receipt"])
def test_what_the_shopper_keeps_is_credited_without_goods_and_its_authorisation_closed(credit_note_on: str) -> None:
    policy = Policy("v1", credit_note_on=credit_note_on)  # type: ignore[arg-type]
    told = shop(policy).told("r1", *started(JEANS), KEPT)
    assert told.awaited() == {"refund"}
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert credited(told) == JEANS_PRICE
    assert told.balance("kept") == 1
    assert "receive-return" not in verbs(told)
    (closed,) = told.documents(e.CloseReturnAuthorisation)
    assert (closed.absent, closed.uncredited) == (("1001-888-0",), ())
    assert told.decision.closed


def test_what_was_to_be_kept_and_comes_all_the_same_is_taken_in_like_any_other() -> None:
    told = shop().told("r1", *started(JEANS), KEPT, refunded(JEANS_PRICE, JEANS))
    told.rest()
    told.tell(*dropped_off(JEANS), received(JEANS), inspected(JEANS))
    told.rest()
    assert told.balance("kept") == 0
    assert told.balance("stock:MAIN:STO") == 1
    assert "receive-return" in verbs(told)


def test_a_cancelled_return_is_withdrawn_and_what_was_sold_is_free_again() -> None:
    store = shop()
    told = store.told("r1", *started(JEANS))
    told.rest()
    told.tell(CANCELLED)
    told.rest()
    assert "cancel-return-authorisation" in verbs(told)
    assert not told.awaited()
    assert not told.problems()
    assert told.decision.closed
    again = store.told("r2", *started(JEANS), *dropped_off(JEANS))
    assert not again.problems()


def test_a_return_cancelled_after_it_was_handed_in_is_customer_cares_and_nothing_is_withdrawn() -> None:
    told = on_its_way()
    told.tell(CANCELLED)
    (late,) = told.decision.exceptions
    assert (late.kind, late.owner) == ("cancelled-after-drop-off", "customer-care")
    assert "cancel-return-authorisation" not in verbs(told)
    told.tell(received(JEANS), inspected(JEANS))
    assert not told.problems()


@pytest.mark.parametrize(("fate", "claim", "account"), [("lost", "", "written-off"), ("claimed", "C-77", "claimed")])
def test_what_never_arrived_is_booked_where_a_person_says_and_the_return_is_closed(
    fate: Fate, claim: str, account: str
) -> None:
    told = on_its_way()
    assert told.awaited() == {"arrival"}
    told.tell(decided(fate, claim=claim))
    told.rest()
    assert told.balance(account) == 1
    assert told.balance("transit") == 0
    assert not told.awaited()
    assert [one.absent for one in told.documents(e.CloseReturnAuthorisation)] == [("1001-888-0",)]
    assert told.decision.closed


def test_what_was_refunded_and_lost_is_credited_also_where_goods_are_credited_on_receipt() -> None:
    told = at_the_bar(JEANS, policy=Policy("v1", credit_note_on="receipt"))
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert credited(told) == 0
    told.tell(decided("lost"))
    told.rest()
    assert credited(told) == JEANS_PRICE
    assert told.decision.closed


def test_a_decision_that_is_taken_back_counts_no_more() -> None:
    told = on_its_way()
    told.tell(decided("awaited", days=31))
    told.tell(decided("lost"))
    assert told.balance("written-off") == 0
    assert told.awaited() == {"arrival"}


def test_what_arrives_after_it_was_given_up_is_taken_in_and_the_loss_reversed() -> None:
    told = on_its_way()
    told.tell(decided("lost"))
    told.rest()
    told.tell(received(JEANS), inspected(JEANS))
    assert told.balance("written-off") == 0
    assert told.balance("inspection:MAIN") == 1
    assert "receive-return" in verbs(told)
    assert not told.decision.closed


def test_what_was_not_returned_owes_nothing_and_frees_what_was_sold() -> None:
    told = at_the_bar(JEANS, SHIRT)
    told.tell(decided("not-returned"), refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert credited(told) == SHIRT_PRICE
    assert not told.awaited()
    (closed,) = told.documents(e.CloseReturnAuthorisation)
    assert (closed.absent, closed.uncredited) == (("1001-888-0",), ("1001-888-0",))
    assert told.shop.taken["1001"] == {("1", 0)}


def test_an_authorisation_waits_for_a_person_to_say_what_became_of_a_missing_unit() -> None:
    told = on_its_way()
    told.tell(inspected(JEANS, "missing"))
    (missing,) = told.decision.exceptions
    assert (missing.kind, missing.value) == ("missing-item", (usd(JEANS_PRICE + 2500),))
    assert not told.documents(e.CloseReturnAuthorisation)
    told.tell(decided("claimed", claim="C-77"))
    told.rest()
    assert not told.problems()
    assert told.balance("claimed") == 1
    assert told.decision.closed


def test_of_two_units_the_one_that_came_is_in_stock_and_the_other_is_given_up_with_the_authorisation() -> None:
    told = at_the_bar(JEANS, SHIRT)
    told.tell(refunded(JEANS_PRICE + SHIRT_PRICE), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert not told.documents(e.CloseReturnAuthorisation)
    told.tell(decided("lost"))
    told.rest()
    (closed,) = told.documents(e.CloseReturnAuthorisation)
    assert closed.absent == ("1001-888-0",)
    assert told.decision.closed


@pytest.mark.parametrize(
    ("facts", "fate", "claim", "why"),
    [
        ([*dropped_off(JEANS), received(JEANS)], "lost", "", "is in hand at MAIN"),
        ([*dropped_off(JEANS)], "kept", "", "was handed in"),
        ([*dropped_off(JEANS)], "claimed", " ", "needs its reference"),
        ([*dropped_off(JEANS), refunded(JEANS_PRICE, JEANS)], "not-returned", "", "refunded or credited already"),
        ([*dropped_off(JEANS), received(JEANS)], "awaited", "", ""),
        ([*approved(JEANS)], "kept", "", ""),
    ],
)
def test_what_is_known_to_be_otherwise_cannot_be_decided(facts: list[f.Fact], fate: Fate, claim: str, why: str) -> None:
    told = shop().told("r1", *started(JEANS), *facts)
    said = why_not(told.state, Records(told.records), told.state.units["1001-888-0"], fate, claim)
    assert (why in said) if why else not said


def test_a_merchants_owner_for_what_is_overdue_counts_for_every_sort_of_it() -> None:
    assert Policy("v1").owner("overdue:refund") == "finance"
    assert Policy("v1").owner("overdue:something-new") == "operations"
    chosen = replace(Policy("v1"), owners={"overdue": "customer-care"})
    assert chosen.owner("overdue:refund") == "customer-care"


def test_what_was_said_not_to_be_returned_and_arrives_is_taken_in() -> None:
    told = at_the_bar(JEANS)
    told.tell(decided("not-returned"), received(JEANS), inspected(JEANS), refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert told.balance("stock:MAIN:STO") == 1
    assert told.decision.closed


def test_what_was_credited_on_the_platforms_word_cannot_be_said_not_to_be_returned() -> None:
    told = at_the_bar(JEANS, policy=Policy("v1", refund_confirmation="approval"))
    unit = told.state.units["1001-888-0"]
    assert "credited already" in why_not(told.state, Records(told.records), unit, "not-returned", "")
