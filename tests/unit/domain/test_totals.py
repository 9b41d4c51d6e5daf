"""Receipts are told as totals: repeated, reordered, too many, lowered."""

from __future__ import annotations

from itertools import permutations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    THIRD_SHIRT,
    approved,
    at_the_bar,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    usd,
)
from tests.unit.domain.cast import started as begun


def received_units(told: Told) -> int:
    return sum(line.quantity for one in told.documents(e.ReceiveReturn) for line in one.lines)


def test_totals_in_any_order_and_again_count_each_unit_once() -> None:
    for order in permutations([received(SHIRT, 1, 1), received(SHIRT, 2, 2), received(SHIRT, 3, 3)]):
        told = at_the_bar(SHIRT, SECOND_SHIRT, THIRD_SHIRT)
        for fact in (*order, *order):
            told.tell(fact)
            told.rest()
        assert received_units(told) == 3
        assert not told.problems()


def test_more_than_the_return_has_is_a_problem_and_not_a_unit() -> None:
    told = at_the_bar(SHIRT)
    told.tell(received(SHIRT, 2))
    told.rest()
    assert received_units(told) == 1
    assert told.problems() == {"received-more-than-returned"}


def test_a_lowered_total_is_a_problem_in_whatever_order_it_is_told_and_takes_nothing_back() -> None:
    for order in permutations([received(SHIRT, 2, 1), received(SHIRT, 1, 2)]):
        told = at_the_bar(SHIRT, SECOND_SHIRT)
        told.tell(*order)
        told.rest()
        assert received_units(told) == 2
        assert told.problems() == {"quantity-went-down"}


def test_a_count_too_many_is_worth_its_units_and_a_lower_one_closes_it() -> None:
    told = at_the_bar(SHIRT)
    told.tell(received(SHIRT, 3, 1))
    told.rest()
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("received-more-than-returned", (usd(1400),))
    told.tell(received(SHIRT, 1, 2))
    assert told.problems() == set()


def test_units_that_a_lower_total_speaks_of_are_missing_when_a_person_says_so() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(received(SHIRT, 2, 1))
    told.rest()
    told.tell(received(SHIRT, 1, 2))
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("quantity-went-down", (usd(700),))
    told.tell(f.DispositionDecided("1001-777-1", "missing", "Jo", "counted again", MONDAY))
    assert told.problems() == {"missing-item"}
    told.tell(received(SHIRT, 2, 3))
    assert told.problems() == {"missing-item"}


def test_units_that_came_in_each_others_parcel_are_told_anew_and_each_return_has_its_own() -> None:
    """Two returns of one shopper, packed the wrong way round: each receipt has what the other one expects."""
    both = shop()
    shirt = both.told("r1", *begun(SHIRT), *dropped_off(SHIRT), *approved(SHIRT))
    jeans = both.told("r2", *begun(JEANS), *dropped_off(JEANS), *approved(JEANS))
    both.rest()
    shirt.tell(received(JEANS, 1, 1))
    jeans.tell(received(SHIRT, 1, 1))
    both.rest()
    for told, cost in ((shirt, 2500), (jeans, 700)):
        (shown,) = told.decision.exceptions
        assert (shown.kind, shown.value) == ("received-more-than-returned", (usd(cost),))
        assert "told with that one's name" in shown.remedy
        assert told.awaited() >= {"arrival"}
    shirt.tell(received(JEANS, 0, 2), received(SHIRT, 1), inspected(SHIRT), refunded(SHIRT_PRICE, SHIRT, refund="RS"))
    jeans.tell(received(SHIRT, 0, 2), received(JEANS, 1), inspected(JEANS), refunded(JEANS_PRICE, JEANS, refund="RJ"))
    both.rest()
    assert (shirt.decision.closed, jeans.decision.closed) == (True, True)
    assert [shirt.balances()["stock:MAIN:STO", "SHIRT-M"], jeans.balances()["stock:MAIN:STO", "JEANS-32"]] == [1, 1]


def test_an_inspection_tells_of_the_receipt_too_and_the_receipt_adds_nothing() -> None:
    facts: list[f.Fact] = [received(SHIRT, 1), inspected(SHIRT)]
    for order in permutations(facts):
        told = at_the_bar(SHIRT, SECOND_SHIRT)
        told.tell(order[0])
        told.rest()
        told.tell(order[1])
        told.rest()
        assert received_units(told) == 1
        assert [unit.goods for unit in told.state.units.values()] == ["inspected", "dropped-off"]


def test_when_it_turns_out_to_have_been_the_other_one_of_the_line_nothing_is_received_twice() -> None:
    told = shop().told("r1", *begun(SHIRT, SECOND_SHIRT), received(SHIRT, 1), inspected(SHIRT, "damaged"))
    told.rest()
    told.tell(*dropped_off(SECOND_SHIRT))
    told.rest()
    assert told.state.units["1001-777-1"].goods == "inspected"
    assert received_units(told) == 1
    assert [effect.account for effect in told.documents(e.PutAway)] == ["damaged"]
    assert told.balance("customer") == -1


def test_each_site_has_its_own_receipt() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(received(SHIRT, 1), f.ItemReceived(SHIRT, "EAST", 1))
    told.rest()
    assert sorted(one.site for one in told.documents(e.ReceiveReturn)) == ["EAST", "MAIN"]


def test_different_conditions_of_one_line_are_different_units() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, THIRD_SHIRT)
    told.tell(received(SHIRT, 3), inspected(SHIRT, "sellable", 2), inspected(SHIRT, "damaged", 1))
    told.rest()
    assert (told.balance("stock:MAIN:STO"), told.balance("damaged")) == (2, 1)


def test_a_total_of_two_after_a_total_of_one_is_two_units() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, THIRD_SHIRT)
    told.tell(received(SHIRT, 1, 1), received(SHIRT, 2, 2))
    told.rest()
    assert received_units(told) == 2


def test_what_is_missing_is_no_part_of_what_was_received_whichever_is_told_first() -> None:
    facts: list[f.Fact] = [received(SHIRT, 1), inspected(SHIRT, "missing"), inspected(SHIRT, "sellable")]
    for order in permutations(facts):
        told = at_the_bar(SHIRT, SECOND_SHIRT)
        for fact in order:
            told.tell(fact)
            told.rest()
        assert received_units(told) == 1
        assert (told.balance("stock:MAIN:STO"), told.balance("missing"), told.balance("inspection:MAIN")) == (1, 1, 0)
        assert told.problems() == {"missing-item"}


def test_what_is_missing_was_not_received_before_anything_else_is_looked_at() -> None:
    facts: list[f.Fact] = [received(SHIRT, 1), inspected(SHIRT, "missing")]
    for order in permutations(facts):
        told = at_the_bar(SHIRT, SECOND_SHIRT).tell(*order)
        told.rest()
        assert received_units(told) == 1
        assert (told.balance("inspection:MAIN"), told.balance("missing")) == (1, 1)


def test_a_box_counted_unopened_may_lack_one_of_those_it_was_counted_for() -> None:
    facts: list[f.Fact] = [received(SHIRT, 2), inspected(SHIRT, "missing"), inspected(SHIRT, "sellable")]
    for order in permutations(facts):
        told = at_the_bar(SHIRT, SECOND_SHIRT).tell(*order)
        told.rest()
        assert received_units(told) == 1
        assert told.problems() == {"missing-item"}


def test_a_unit_raised_by_the_name_of_one_that_turned_out_missing_is_raised_once() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT).tell(received(SHIRT, 1), inspected(SHIRT, "sellable"))
    told.rest()
    assert [one.line.units for one in told.documents(e.Restock)] == [("1001-777-0",)]
    told.tell(inspected(SHIRT, "missing"), f.ReturnExpired(SHIRT))
    told.rest()
    assert told.state.units["1001-777-0"].said_disposition == "missing"
    assert (told.balance("stock:MAIN:STO"), told.balance("missing"), told.balance("inspection:MAIN")) == (1, 1, 0)


def test_where_credit_waits_for_the_goods_one_receipt_credits_one_unit_of_a_kind() -> None:
    policy = Policy("v1", refund_confirmation="approval", credit_note_on="receipt")
    told = shop(policy).told("r1", *begun(SECOND_SHIRT), *dropped_off(SECOND_SHIRT), *approved(SECOND_SHIRT))
    told.tell(received(SHIRT, 1))
    told.rest()
    told.tell(*begun(SHIRT), *dropped_off(SHIRT), *approved(SHIRT))
    told.rest()
    assert told.state.units["1001-777-0"].goods == "received", "the count says one, not which"
    assert sum(line.quantity for note in told.documents(e.IssueCreditNote) for line in note.lines) == 1
    told.tell(received(SHIRT, 2))
    told.rest()
    assert sum(line.quantity for note in told.documents(e.IssueCreditNote) for line in note.lines) == 2
