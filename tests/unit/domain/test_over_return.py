"""Scenario 6: more comes back, or is paid back, than was sold."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.domain.policy import Policy
from tests.unit.domain.cast import (
    FOURTH_SHIRT,
    JEANS,
    JEANS_PRICE,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    THIRD_SHIRT,
    approved,
    at_the_bar,
    dropped_off,
    received,
    refunded,
    shop,
    started,
    usd,
)


def test_units_beyond_what_was_sold_are_refused_over_two_returns() -> None:
    here = shop()
    first = here.told("r1", *started(SHIRT, SECOND_SHIRT))
    second = here.told("r2", *started(SHIRT, SECOND_SHIRT))
    here.rest()
    assert not first.problems()
    assert second.problems() == {"over-return"}
    opened = [*first.documents(e.OpenReturnAuthorisation), *second.documents(e.OpenReturnAuthorisation)]
    assert sum(line.quantity for one in opened for line in one.lines) == 3


def test_an_over_returned_unit_is_never_credited_received_or_restocked() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, THIRD_SHIRT, FOURTH_SHIRT)
    told.tell(refunded(SHIRT_PRICE, FOURTH_SHIRT), received(SHIRT, 4))
    told.rest()
    assert told.problems() == {"over-return", "refund-without-units"}
    assert not told.documents(e.IssueCreditNote)
    assert sum(line.quantity for one in told.documents(e.ReceiveReturn) for line in one.lines) == 3
    (over,) = [one for one in told.decision.exceptions if one.kind == "over-return"]
    assert over.value == (usd(SHIRT_PRICE),), "the money that was confirmed for it"


def test_an_over_returned_unit_on_its_way_is_worth_its_cost_and_what_the_platform_promised() -> None:
    here = shop(Policy("v1", refund_confirmation="approval"))
    here.told("r1", *started(JEANS))
    second = here.told("r2", *started(JEANS))
    here.rest()
    assert [one.value for one in second.decision.exceptions] == [()], "it is still with the shopper, unpaid"
    second.tell(*dropped_off(JEANS))
    assert [one.value for one in second.decision.exceptions] == [(usd(2500),)]
    second.tell(*approved(JEANS))
    assert [one.value for one in second.decision.exceptions] == [(usd(2500 + JEANS_PRICE),)]
    here.rest()
    assert not second.documents(e.IssueCreditNote)


def test_what_was_never_sold_is_not_authorised_and_an_alias_mends_it() -> None:
    stranger = f.UnitName("1001", "555", sku="SHRT-M")
    told = at_the_bar(stranger)
    assert told.problems() == {"unit-not-sold"}
    assert not told.documents(e.OpenReturnAuthorisation)
    told.shop.policy = Policy("v2", sku_aliases={"SHRT-M": "SHIRT-M"})
    told.decide()
    told.rest()
    assert not told.problems()
    assert told.balance("transit") == 1


def test_an_expired_unit_frees_its_sold_unit_for_another_return() -> None:
    here = shop()
    first = here.told("r1", *started(JEANS))
    second = here.told("r2", *started(JEANS))
    assert second.problems() == {"over-return"}
    first.tell(f.ReturnExpired(JEANS))
    second.decide()
    assert not second.problems()


def test_refunds_never_credit_more_than_was_paid_for_the_order() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(12_313, JEANS))
    told.rest()
    assert told.problems() == {"over-refund"}
    assert not told.documents(e.IssueCreditNote)


def test_what_other_returns_were_credited_counts_too() -> None:
    here = shop()
    here.told("r1", *started(JEANS), refunded(12_000, JEANS))
    here.rest()
    other = here.told("r2", *started(SHIRT), refunded(SHIRT_PRICE, SHIRT, refund="R2"))
    here.rest()
    assert other.problems() == {"over-refund"}
    assert not other.documents(e.IssueCreditNote)


def test_a_refund_off_its_units_price_is_credited_as_it_is_with_the_difference_on_a_line_of_its_own() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE + 250, JEANS))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.difference_minor, note.total_minor) == (250, JEANS_PRICE + 250)
    (differs,) = told.decision.exceptions
    assert (differs.kind, differs.owner, differs.value) == ("amount-differs", "finance", (usd(250),))
    assert told.balance("credited:over-refund") == -250


def test_a_refund_in_another_currency_is_not_credited() -> None:
    told = at_the_bar(JEANS)
    told.tell(f.RefundConfirmed("R1", "1001", Money(JEANS_PRICE, "EUR"), units=(JEANS,)))
    told.rest()
    assert told.problems() == {"currency-differs"}
    assert not told.documents(e.IssueCreditNote)


def test_a_refund_of_no_unit_of_the_return_waits_for_a_person() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert told.problems() == {"refund-without-units"}


def test_a_unit_that_came_by_itself_is_known_by_the_refund_only_when_the_platform_tells_of_it() -> None:
    told = shop().told("r1", refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert told.problems() == {"refund-without-units"}
    told.tell(*started(JEANS), *dropped_off(JEANS), *approved(JEANS))
    told.rest()
    assert not told.problems()
    assert [note.total_minor for note in told.documents(e.IssueCreditNote)] == [JEANS_PRICE]


def test_a_unit_that_was_credited_keeps_its_sold_unit_although_it_never_comes() -> None:
    here = shop()
    first = here.told("r1", *started(JEANS), refunded(JEANS_PRICE, JEANS))
    here.rest()
    first.tell(f.ReturnExpired(JEANS))
    second = here.told("r2", *started(JEANS), *dropped_off(JEANS), refunded(JEANS_PRICE, JEANS, refund="R2"))
    here.rest()
    assert "over-return" in second.problems()
    assert [note.total_minor for told in (first, second) for note in told.documents(e.IssueCreditNote)] == [JEANS_PRICE]


def test_a_credit_note_that_was_refused_keeps_no_sold_unit() -> None:
    here = shop()
    first = here.told("r1", *started(JEANS), refunded(JEANS_PRICE, JEANS))
    (opened,) = [key for key in first.due() if key.startswith("open-")]
    first.do(opened)
    (note,) = [key for key in first.due() if key.startswith("issue-credit-note")]
    first.refuse(note)
    first.tell(f.ReturnExpired(JEANS))
    second = here.told("r2", *started(JEANS))
    second.decide()
    assert "over-return" not in second.problems()


def test_what_comes_after_all_on_the_sold_unit_it_kept_is_authorised_anew() -> None:
    told = shop().told("r1", *started(JEANS), refunded(JEANS_PRICE, JEANS))
    told.rest()
    told.tell(f.ReturnExpired(JEANS))
    told.rest()
    told.tell(*dropped_off(JEANS), *approved(JEANS), received(JEANS))
    told.rest()
    assert [one.again for one in told.documents(e.OpenReturnAuthorisation)] == [0, 1]
    (receipt,) = told.documents(e.ReceiveReturn)
    assert receipt.authorisation == e.key(told.documents(e.OpenReturnAuthorisation)[1])
    assert len(told.documents(e.IssueCreditNote)) == 1
