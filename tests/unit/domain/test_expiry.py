"""A return that expires: what was opened for it is withdrawn, and what comes after all is taken in again."""

from __future__ import annotations

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.decision import decide
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import fold
from tests.unit.domain.cast import (
    JEANS,
    ORDER,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    approved,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    started,
    verbs,
)


def test_an_expired_return_is_withdrawn_and_its_sold_unit_released() -> None:
    told = shop().told("r1", *started(SHIRT))
    told.rest()
    told.tell(f.ReturnExpired(SHIRT))
    told.rest()
    assert verbs(told) == ["cancel-return-authorisation", "open-return-authorisation"]
    assert told.shop.taken["1001"] == set()
    assert told.decision.closed
    assert not told.awaited()


def test_what_expired_before_it_was_ever_authorised_is_owed_nothing() -> None:
    told = shop().told("r1", *started(SHIRT), f.ReturnExpired(SHIRT))
    told.rest()
    assert verbs(told) == []
    assert told.decision.closed


@pytest.mark.parametrize("sign_of_life", [*dropped_off(SHIRT), *approved(SHIRT), received(SHIRT)])
def test_a_unit_that_shows_any_sign_of_life_does_not_expire(sign_of_life: f.Fact) -> None:
    told = shop().told("r1", *started(SHIRT), sign_of_life)
    told.rest()
    told.tell(f.ReturnExpired(SHIRT))
    told.rest()
    assert "cancel-return-authorisation" not in verbs(told)
    assert told.state.units["1001-777-0"].allocation is not None


def test_one_that_comes_after_it_expired_is_authorised_anew() -> None:
    told = shop().told("r1", *started(SHIRT))
    told.rest()
    told.tell(f.ReturnExpired(SHIRT))
    told.rest()
    told.tell(*dropped_off(SHIRT), *approved(SHIRT), refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    first, second = told.documents(e.OpenReturnAuthorisation)
    assert (first.again, second.again) == (0, 1)
    (receipt,) = told.documents(e.ReceiveReturn)
    assert receipt.authorisation == e.key(second)
    assert told.documents(e.CancelReturnAuthorisation)[0].authorisation == e.key(first)
    assert told.documents(e.CloseReturnAuthorisation)[0].authorisation == e.key(second)
    assert told.decision.closed


def test_where_only_one_of_two_came_the_authorisation_is_closed_with_it() -> None:
    told = shop().told("r1", *started(SHIRT, JEANS))
    told.rest()
    told.tell(f.ReturnExpired(JEANS))
    told.tell(*dropped_off(SHIRT), *approved(SHIRT), refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert "close-return-authorisation" in verbs(told)
    assert told.decision.closed


def test_nothing_is_authorised_for_what_never_left_even_before_its_sold_unit_was_given_back() -> None:
    facts = [*started(SHIRT), f.UnitAllocated("1001-777-0", "1001", "1", 0), f.ReturnExpired(SHIRT)]
    decision = decide(fold("r1", facts, orders={"1001": ORDER}), Policy("v1"), Records(), {})
    assert decision.owed == ()


def test_an_authorisation_that_something_was_received_on_is_not_withdrawn() -> None:
    told = shop().told("r1", *started(SECOND_SHIRT), received(SHIRT))
    told.rest()
    told.tell(*started(SHIRT), f.ReturnExpired(SECOND_SHIRT), *dropped_off(SHIRT))
    told.rest()
    assert told.state.units["1001-777-1"].never_left
    assert sum(line.quantity for one in told.documents(e.ReceiveReturn) for line in one.lines) == 1
    assert "cancel-return-authorisation" not in verbs(told)


def test_what_comes_after_all_before_the_withdrawal_was_tried_is_authorised_anew() -> None:
    told = shop().told("r1", *started(SHIRT))
    told.rest()
    told.tell(f.ReturnExpired(SHIRT))
    told.tell(*dropped_off(SHIRT))
    told.rest()
    assert [one.again for one in told.documents(e.OpenReturnAuthorisation)] == [0, 1]
    assert len(told.documents(e.CancelReturnAuthorisation)) == 1
