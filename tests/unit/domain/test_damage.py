"""What was refunded and comes back damaged is borne without a word, or asked about from a value on."""

from __future__ import annotations

import pytest

from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import JEANS, JEANS_PRICE, at_the_bar, inspected, received, refunded, usd


def damaged(policy: Policy, condition: str = "damaged") -> Told:
    told = at_the_bar(JEANS, policy=policy)
    told.tell(refunded(JEANS_PRICE, JEANS, sequence=1), received(JEANS), inspected(JEANS, condition))
    told.rest()
    return told


def test_a_loss_is_borne_without_a_word_unless_the_policy_asks() -> None:
    for policy in (Policy("v1"), Policy("v1", damage_asked_over={"EUR": 0})):
        assert damaged(policy).decision.closed


@pytest.mark.parametrize("condition", ["damaged", "dispose"])
def test_a_loss_over_the_limit_is_customer_cares_and_worth_the_refund(condition: str) -> None:
    told = damaged(Policy("v1", damage_asked_over={"USD": JEANS_PRICE - 1}), condition)
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.owner, shown.value) == ("damaged-after-refund", "customer-care", (usd(JEANS_PRICE),))
    assert not told.decision.closed
    told.tell(f.ExceptionWaived(shown.key, "Jo", "a good customer"))
    assert told.decision.closed


def test_a_loss_up_to_the_limit_and_a_saleable_unit_are_nobodys() -> None:
    assert not damaged(Policy("v1", damage_asked_over={"USD": JEANS_PRICE})).problems()
    assert not damaged(Policy("v1", damage_asked_over={"USD": 0}), "sellable").problems()


def test_what_is_not_paid_for_is_no_loss_yet() -> None:
    told = at_the_bar(JEANS, policy=Policy("v1", damage_asked_over={"USD": 0}))
    told.tell(received(JEANS), inspected(JEANS, "damaged"))
    told.rest()
    assert told.problems() == set()


def test_what_the_shopper_pays_back_is_corrected_and_nothing_more_is_asked() -> None:
    told = damaged(Policy("v1", damage_asked_over={"USD": 0}))
    told.tell(f.RefundFailed("R1", "1001", usd(JEANS_PRICE), "original", None, (JEANS,), 2, reason="claimed back"))
    told.tell(f.CorrectionDecided("R1", "Jo", "claimed back"))
    told.rest()
    assert "damaged-after-refund" not in told.problems()
