"""Scenario 2: where a unit goes by the condition it is found in."""

from __future__ import annotations

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import DEFAULT_PLACES, Place, Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    DAY,
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
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


def found(disposition: str, policy: Policy | None = None) -> Told:
    told = at_the_bar(SHIRT, policy=policy)
    told.tell(refunded(SHIRT_PRICE), received(SHIRT), inspected(SHIRT, disposition))
    told.rest()
    return told


@pytest.mark.parametrize(
    ("disposition", "account", "location"),
    [("damaged", "damaged", "DAMAGED"), ("dispose", "written-off", "SCRAP")],
)
def test_what_is_not_saleable_is_put_away_and_never_restocked(disposition: str, account: str, location: str) -> None:
    told = found(disposition)
    (moved,) = told.documents(e.PutAway)
    assert (moved.account, moved.location, moved.source) == (account, location, None)
    assert not told.documents(e.Restock)
    assert told.balance(account) == 1
    assert told.decision.closed


def test_quarantine_stays_until_somebody_decides() -> None:
    told = found("quarantine")
    assert told.balance("quarantine") == 1
    assert told.awaited() == {"decision"}
    assert not told.decision.squared


@pytest.mark.parametrize(
    ("decided", "verb", "account"), [("sellable", "restock", "stock:MAIN:STO"), ("dispose", "put-away", "written-off")]
)
def test_quarantine_is_left_the_way_it_was_decided(decided: str, verb: str, account: str) -> None:
    told = found("quarantine")
    told.tell(f.DispositionDecided("1001-777-0", decided, "wanda", "looked at it", MONDAY + 9 * DAY))
    (move,) = [key for key, record in told.records.items() if record.effect.verb == verb and not record.frozen]
    effect = told.records[move].effect
    assert isinstance(effect, e.Restock | e.PutAway)
    assert effect.source == "QUAR"
    assert told.after[move] == ("put-away:r1:1001:quarantine:1001-777-0",)
    told.rest()
    assert (told.balance("quarantine"), told.balance(account)) == (0, 1)
    assert told.decision.closed


def test_quarantine_decided_before_it_was_ever_put_there_goes_straight_to_its_place() -> None:
    told = at_the_bar(SHIRT)
    told.tell(received(SHIRT), inspected(SHIRT, "quarantine"))
    told.tell(f.DispositionDecided("1001-777-0", "sellable", "wanda", "looked at it"))
    told.rest()
    assert [restock.source for restock in told.documents(e.Restock)] == [None]
    assert not told.documents(e.PutAway)


def test_what_was_put_in_its_place_is_not_moved_by_a_later_word() -> None:
    told = found("damaged")
    told.tell(f.DispositionDecided("1001-777-0", "sellable", "wanda", "changed my mind"))
    told.rest()
    assert not told.documents(e.Restock)


def test_a_condition_the_policy_does_not_know_waits_in_inspection_and_the_rest_goes_on() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(refunded(2 * SHIRT_PRICE), received(SHIRT, 2), inspected(SHIRT, "B-GRADE"), inspected(SHIRT, "sellable"))
    told.rest()
    assert told.problems() == {"unmapped-disposition"}
    assert len(told.documents(e.Restock)) == 1
    assert told.balance("inspection:MAIN") == 1
    told.shop.policy = Policy("v2", dispositions={"b-grade": "damaged"})
    told.decide()
    told.rest()
    assert not told.problems()
    assert told.balance("damaged") == 1


def test_a_place_may_differ_by_site() -> None:
    places = {**DEFAULT_PLACES, "damaged@MAIN": Place("written-off", "BIN")}
    assert found("Damaged", Policy("v1", places=places)).balance("written-off") == 1


def test_a_missing_item_is_never_received_and_a_person_looks_for_it() -> None:
    told = at_the_bar(SHIRT)
    told.tell(refunded(SHIRT_PRICE), inspected(SHIRT, "missing"))
    told.rest()
    assert "receive-return" not in verbs(told)
    assert told.problems() == {"missing-item"}
    assert told.balance("missing") == 1
    assert "close-return-authorisation" not in verbs(told), "a person may still find it"
    waived = f.ExceptionWaived(told.decision.exceptions[0].key, "wanda", "carrier pays")
    told.tell(waived)
    told.rest()
    assert told.decision.closed


def test_a_missing_item_that_is_found_after_all_is_received() -> None:
    told = at_the_bar(SHIRT)
    told.tell(inspected(SHIRT, "missing"))
    told.tell(f.DispositionDecided("1001-777-0", "sellable", "wanda", "it was under the belt"))
    told.rest()
    assert {"receive-return", "restock"} <= set(verbs(told))
    assert told.balance("stock:MAIN:STO") == 1
    assert told.balance("missing") == 0


def test_a_wrong_item_is_received_and_a_person_decides() -> None:
    told = found("WRONG_ITEM")
    (wrong,) = told.decision.exceptions
    assert (wrong.kind, wrong.owner, wrong.value) == ("wrong-item", "customer-care", (usd(SHIRT_PRICE + 700),))
    assert told.balance("inspection:MAIN") == 1
    told.tell(f.DispositionDecided("1001-777-0", "dispose", "wanda", "a brick"))
    assert not told.problems()


def test_what_came_instead_is_named() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.ItemInspected(SHIRT, "MAIN", "wrong-item", 1, found="BRICK"))
    (wrong,) = told.decision.exceptions
    assert "BRICK instead of SHIRT-M" in wrong.cause
    assert wrong.value == (usd(700),), "nothing was paid for it yet"


def test_a_unit_the_erp_had_placed_already_is_not_moved_again() -> None:
    told = at_the_bar(SHIRT)
    told.tell(f.UnitFoundPlaced("1001-777-0", "MAIN", "STO"), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert not told.documents(e.Restock)
    assert told.balance("stock:MAIN:STO") == 1


def test_a_unit_received_and_then_missed_is_not_put_anywhere() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", places={**DEFAULT_PLACES, "missing": Place("missing", "LOST")}))
    told.tell(received(SHIRT))
    told.rest()
    told.tell(inspected(SHIRT, "missing"))
    told.rest()
    assert not told.documents(e.PutAway)
    assert told.problems() == {"missing-item"}
    assert told.balance("missing") == 1


def test_no_second_place_is_filled_when_quarantine_turns_out_to_have_been_the_other_one_of_the_line() -> None:
    told = shop().told("r1", *started(SHIRT, SECOND_SHIRT), received(SHIRT), inspected(SHIRT, "quarantine"))
    told.rest()
    told.tell(f.DispositionDecided("1001-777-0", "sellable", "wanda", "looked at it"))
    told.rest()
    told.tell(*dropped_off(SECOND_SHIRT))
    told.rest()
    assert (told.balance("stock:MAIN:STO"), told.balance("quarantine")) == (1, 0)


def test_a_placement_serves_the_other_one_of_the_line_when_the_first_turns_out_to_be_in_another_condition() -> None:
    told = shop().told("r1", *started(SHIRT, SECOND_SHIRT), received(SHIRT), inspected(SHIRT, "damaged"))
    told.rest()
    told.tell(*dropped_off(SECOND_SHIRT), received(SHIRT, 2), inspected(SHIRT, "sellable"))
    told.rest()
    assert (told.balance("stock:MAIN:STO"), told.balance("damaged")) == (1, 1)


def test_what_is_found_damaged_after_it_was_raised_on_receipt_is_the_warehouses_to_move() -> None:
    told = at_the_bar(SHIRT, policy=Policy("v1", sellable_on="receipt")).tell(received(SHIRT))
    told.rest()
    told.tell(inspected(SHIRT, "damaged"))
    told.rest()
    assert told.problems() == {"misplaced"}
    (one,) = told.decision.exceptions
    assert (one.owner, "from STO to DAMAGED" in one.remedy) == ("warehouse", True)
    assert told.balance("stock:MAIN:STO") == 1, "the books say where it is until it is moved"
