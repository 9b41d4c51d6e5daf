"""Which unit an exchange is for, and what becomes of its sold unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    approved,
    dropped_off,
    refunded,
    shop,
    started,
)
from tests.unit.domain.test_exchanges import EXCHANGE, OURS, exchanged, orders


def test_an_exchange_of_an_item_that_nobody_else_named_is_for_the_unit_of_its_sku() -> None:
    told = exchanged(replace(EXCHANGE, unit=f.UnitName("1001", item="i-7", sku="JEANS-32")))
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]


def test_an_exchange_of_a_unit_that_is_not_in_the_return_is_shown_until_it_is() -> None:
    told = exchanged(replace(EXCHANGE, unit=SHIRT))
    assert told.problems() == {"exchange-without-unit"}
    assert not orders(told)
    told.tell(*started(SHIRT), *dropped_off(SHIRT), *approved(SHIRT))
    assert not told.problems()
    assert orders(told) == [("JEANS-34", 1, SHIRT_PRICE)]


def test_an_exchange_of_a_place_in_a_line_waits_for_its_unit_and_takes_no_other() -> None:
    told = shop(OURS).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.tell(f.ExchangeConfirmed("X1", SECOND_SHIRT, "SHIRT-L", at=MONDAY), refunded(SHIRT_PRICE, SHIRT))
    told.rest()
    assert told.state.units["1001-777-0"].exchange is None
    assert "exchange-without-unit" in told.problems()
    told.tell(*started(SECOND_SHIRT), *dropped_off(SECOND_SHIRT))
    told.rest()
    assert told.state.units["1001-777-1"].exchange == "X1"
    assert told.problems() == set()
    assert [line.units for note in told.documents(e.IssueCreditNote) for line in note.lines] == [("1001-777-0",)]


@pytest.mark.parametrize(("called_off", "kept"), [(False, True), (True, False)])
def test_what_was_exchanged_keeps_its_sold_unit_although_it_never_comes(called_off: bool, kept: bool) -> None:
    told = shop(replace(OURS, exchange_on="confirmation")).told("r1", *started(JEANS), EXCHANGE)
    told.rest()
    told.tell(f.ReturnExpired(JEANS), *([f.ExchangeCancelled("X1")] if called_off else []))
    told.rest()
    assert (("2", 0) in told.shop.taken["1001"]) is kept


def test_an_order_made_for_one_of_a_line_is_the_others_when_it_was_meant_for_that_one() -> None:
    told = shop(OURS).told("r1", *started(SECOND_SHIRT), *dropped_off(SECOND_SHIRT))
    told.tell(f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L", at=MONDAY))
    told.rest()
    told.tell(*started(SHIRT), *dropped_off(SHIRT), f.ExchangeConfirmed("X2", SECOND_SHIRT, "SHIRT-S", at=MONDAY))
    told.rest()
    assert sorted(orders(told)) == [("SHIRT-L", 1, SHIRT_PRICE), ("SHIRT-S", 1, SHIRT_PRICE)]
    assert told.problems() == set()
