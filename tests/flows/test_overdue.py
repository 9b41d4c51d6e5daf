"""What was awaited comes in at the very moment when its absence is noticed: nobody is sent after it."""

from __future__ import annotations

import threading

import psycopg

from backhaul.flows.sweep import mark_overdue
from backhaul.sandbox.happy_returns import Order, OrderLine, Wanted
from backhaul.store.sql import rows
from tests.support.database import Database
from tests.support.house import House

ORDER = Order("SHOP-1", "1", "jane@example.com", (OrderLine("11", "MUG", 1),))
OPEN = "SELECT count(*) FROM exceptions WHERE kind = 'overdue' AND closed_at IS NULL"


def late(db: Database) -> House:
    """A return that was dropped off and never heard of again."""
    house = House.build(None, [ORDER])
    started = house.stand_in.act(lambda platform: platform.start([Wanted("SHOP-1", "MUG")]))
    house.stand_in.act(lambda platform: platform.drop_off(started.return_id))
    house.listen()
    house.clock.forward(days=90)
    return house


def test_what_is_long_awaited_is_an_exception_once(db: Database) -> None:
    house = late(db)
    assert mark_overdue(house.deployment) > 0
    assert mark_overdue(house.deployment) == 0


def test_what_comes_in_while_its_absence_is_noticed_leaves_no_exception(db: Database) -> None:
    """A decision holds the return and has met its expectations, but not committed, when the clock is looked at."""
    house = late(db)
    with psycopg.connect(db.url) as decision:
        decision.execute("SELECT id FROM returns FOR UPDATE")
        decision.execute("DELETE FROM expectations")
        committed = threading.Timer(1.0, decision.commit)
        committed.start()
        mark_overdue(house.deployment)
        committed.join()
    assert rows(OPEN) == [(0,)]
