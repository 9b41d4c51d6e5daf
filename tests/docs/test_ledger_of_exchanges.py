"""The worked ledgers of exchanges are what the domain books."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import facts as f
from tests.support.worked import assert_worked
from tests.unit.domain.cast import DAY, JEANS, JEANS_PRICE, MONDAY, refunded, shop, started
from tests.unit.domain.test_exchanges import CHEAPER, DEARER, EXCHANGE, OURS, arrived, charged, exchanged

PAGE = "exchanges.md"


def test_even() -> None:
    told = arrived(exchanged())
    assert_worked(PAGE, "Even", told)
    assert told.decision.closed


def test_down() -> None:
    told = exchanged(CHEAPER)
    told.tell(refunded(1500, JEANS))
    told.rest()
    assert_worked(PAGE, "Down", arrived(told))
    assert told.decision.closed


def test_up() -> None:
    told = arrived(exchanged(DEARER))
    told.tell(charged(700))
    assert_worked(PAGE, "Up, and charged", told)
    assert told.decision.closed


def test_refunded_instead() -> None:
    told = exchanged()
    told.tell(f.ExchangeCancelled("X1", "carla", "out of fashion"), refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert_worked(PAGE, "Refunded instead", arrived(told))
    assert told.decision.closed


def test_sent_at_once_and_nothing_came_back() -> None:
    told = shop(replace(OURS, exchange_on="confirmation")).told("r1", *started(JEANS), EXCHANGE)
    told.rest()
    told.tell(f.ReturnExpired(JEANS, MONDAY + 30 * DAY), charged(JEANS_PRICE))
    told.rest()
    assert_worked(PAGE, "Sent at once, and nothing ever came back", told)
    assert told.decision.closed
