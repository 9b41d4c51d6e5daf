"""The worked ledgers of returns that end without goods are what the domain books."""

from __future__ import annotations

from backhaul.domain.value import cost_minor
from tests.support.worked import assert_worked
from tests.unit.domain.cast import JEANS, JEANS_PRICE, at_the_bar, dropped_off, refunded, shop, started
from tests.unit.domain.test_absences import CANCELLED, KEPT, decided, on_its_way

PAGE = "endings.md"


def test_kept_by_the_shopper() -> None:
    told = shop().told("r1", *started(JEANS), KEPT, refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert_worked(PAGE, "Kept by the shopper", told)
    assert told.decision.closed


def test_never_arrived_and_claimed() -> None:
    told = on_its_way()
    (arrival,) = told.decision.expectations
    assert [money.minor for money in arrival.value] == [2500]
    assert cost_minor(told.state.units["1001-888-0"], told.state.orders["1001"]) == 2500
    told.tell(decided("claimed", claim="C-77"))
    told.rest()
    assert_worked(PAGE, "Never arrived, and claimed from the carrier", told)
    assert told.decision.closed


def test_not_returned() -> None:
    told = shop().told("r1", *started(JEANS), *dropped_off(JEANS))
    told.rest()
    told.tell(decided("not-returned"))
    told.rest()
    assert_worked(PAGE, "Not returned", told)
    assert told.decision.closed


def test_cancelled() -> None:
    told = shop().told("r1", *started(JEANS), CANCELLED)
    told.rest()
    assert not told.posted
    assert told.decision.closed
    assert at_the_bar(JEANS).posted
