"""A source that stops sending is noticed by what it usually does at that weekday and hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backhaul.flows.listen import mark_silent
from backhaul.store import inbox
from backhaul.store.inbox import Incoming
from backhaul.store.sql import rows
from tests.support.shop import Shop, Town

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


@pytest.fixture
def shop(db: object) -> Shop:
    """Open in Berlin from 9 to 18 o'clock, a message every quarter of an hour, for four weeks."""
    shop = Town().open("acme", "Acme")
    opens = MONDAY - timedelta(weeks=4) + timedelta(hours=8)
    for day in range(28):
        for quarter in range(36):
            arrive(shop, opens + timedelta(days=day, minutes=15 * quarter))
    return shop


def arrive(shop: Shop, at: datetime) -> None:
    link = shop.links["acme-happy"]
    inbox.keep([Incoming(link.id, f"{at}".encode(), at)], shop.deployment.keys)


def silent(shop: Shop, at: datetime) -> list[str]:
    shop.clock.at = at
    mark_silent(shop.deployment)
    return [cause for (cause,) in rows("SELECT cause FROM exceptions WHERE closed_at IS NULL")]


def test_an_hour_when_it_always_sends_and_now_does_not(shop: Shop) -> None:
    arrive(shop, MONDAY + timedelta(hours=8))
    assert silent(shop, MONDAY + timedelta(hours=9, minutes=55)) == [], "two hours are never silence"
    (cause,) = silent(shop, MONDAY + timedelta(hours=10, minutes=5))
    assert "acme-happy: no message since 2026-11-09 08:00 UTC" in cause
    assert len(silent(shop, MONDAY + timedelta(hours=10, minutes=10))) == 1, "said once"


def test_a_night_as_long_as_every_night_is_no_silence(shop: Shop) -> None:
    assert silent(shop, MONDAY + timedelta(hours=6)) == []


def test_it_is_over_when_something_comes_and_the_next_silence_is_another(shop: Shop) -> None:
    assert silent(shop, MONDAY + timedelta(hours=11))
    arrive(shop, MONDAY + timedelta(hours=11))
    assert silent(shop, MONDAY + timedelta(hours=11, minutes=1)) == []
    assert silent(shop, MONDAY + timedelta(hours=13, minutes=30))
    assert rows("SELECT count(*) FROM exceptions WHERE kind = 'source-silent'") == [(2,)]


def test_a_source_that_is_new_is_not_known_well_enough(db: object) -> None:
    shop = Town().open("acme", "Acme")
    arrive(shop, MONDAY - timedelta(days=7, hours=1))
    arrive(shop, MONDAY - timedelta(days=6))
    assert silent(shop, MONDAY) == []
