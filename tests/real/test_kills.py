"""Scenario 4: workers are killed or stopped at any point, or lose every hint; one of each document remains."""

from __future__ import annotations

import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from backhaul.project import queue
from backhaul.sandbox.fault_proxy import Fault, FaultProxy
from backhaul.sandbox.happy_returns import StandIn
from backhaul.sandbox.tryton import TrytonShop
from backhaul.store.sql import rows, run
from tests.support.back_office import BackOffice
from tests.support.calm import documents
from tests.support.clerk import Till
from tests.support.crew import Crew, Outside, Signals, until
from tests.support.database import Database
from tests.support.house import SECRET, tryton_table
from tests.support.steps import drop_off, inspect, receive, ship, start

pytestmark = pytest.mark.real

MONEY = 3140
CHANGES_OF_A_RETURN = 20


@pytest.fixture(scope="module")
def proxy(market: TrytonShop) -> Iterator[FaultProxy]:
    with FaultProxy(market.url) as proxy:
        yield proxy


@pytest.fixture
def crew(db: Database, market: TrytonShop, proxy: FaultProxy, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(tmp_path / "deployment", db, tryton_table(market, proxy.url, deadline_s=3.0))
    yield crew
    crew.dismiss()
    queue.close()
    proxy.arrange()


@pytest.fixture
def outside(db: Database, market: TrytonShop, till: Till, proxy: FaultProxy) -> Callable[[int], list[str]]:
    """`outside(count)`: so many returns of two belts each, of which everything there is to hear has come in."""

    seeds = itertools.count(1)

    def tell(count: int) -> list[str]:
        platform = StandIn(seed=next(seeds), secret=SECRET, orders=[])
        orders = [till.order(BELT_90=2) for _ in range(count)]
        platform.act(lambda p: p.sell(till.orders))
        house = Outside.build(tryton_table(market, proxy.url), till.orders, stand_in=platform)
        assert isinstance(house, Outside)
        house.clock.moment = datetime.now(UTC)
        for order in orders:
            return_id = start(house, order, BELT_90=2)
            drop_off(house, return_id)
            house.refund(order, MONEY, fee={"minor": 100, "currency": "USD"})
            ship(house, return_id)
            receive(house, order, BELT_90=2)
            inspect(house, order, "BELT-90", {"damaged": 1, "sellable": 1})
        return orders

    return tell


Tell = Callable[[int], list[str]]


def closed(count: int) -> bool:
    return rows("SELECT count(*) FROM returns WHERE closed") == [(count,)]


def each_has_one(office: BackOffice, orders: list[str], made: dict[str, int], stock: dict[str, int]) -> None:
    """Read back from Tryton: for each order one sale, receipt, put-away and note, and each belt raised once."""
    count = len(orders)
    for order in orders:
        (sale,) = office.return_sales(order)
        assert (sale.state, [one.state for one in sale.shipments]) == ("done", ["done"])
        (note,) = office.credit_notes(order)
        assert (note.state, note.total, note.paid) == ("paid", Decimal("-31.40"), Decimal("31.40"))
    assert office.moved("BELT-90", stock) == {"CUS": -2 * count, "DAMAGED": count, "STO": count}
    now = documents(office)
    now.subtract(made)
    transfers = now.pop("stock.shipment.internal")
    assert now == {"sale.sale": count, "account.invoice": count, "account.move": 2 * count,
                   "stock.shipment.out.return": count}  # fmt: skip
    flushes = rows("SELECT count(*) FROM effects WHERE verb = 'flush-stock'")[0][0]
    assert transfers == count + flushes


def kill_and_finish(
    kills: list[int], count: int, tell: Tell, crew: Crew, office: BackOffice, proxy: FaultProxy
) -> None:
    orders = tell(count)
    made, stock = documents(office), office.stock("BELT-90")
    for nth in kills:
        worker = crew.hire()
        at = Signals(Fault.PASS, nth=nth, to=lambda worker=worker: [worker])  # type: ignore[misc]
        proxy.arrange(at)
        until(lambda worker=worker: worker.poll() is not None or closed(count), "the kill", crew=crew)  # type: ignore[misc]
        # A hint that waits while the worker that had one like it is dead.
        queue.wake("dispatch")
    proxy.arrange()
    if not closed(count):
        crew.hire()
    until(lambda: closed(count), "the end of every return", crew=crew)
    each_has_one(office, orders, made, stock)
    assert rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL") == []


def test_workers_killed_in_the_middle_of_a_call_leave_one_of_each(
    outside: Tell, crew: Crew, office: BackOffice, proxy: FaultProxy
) -> None:
    kill_and_finish([3, 8], 2, outside, crew, office, proxy)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_workers_killed_many_times_leave_one_of_each(
    seed: int, outside: Tell, crew: Crew, office: BackOffice, proxy: FaultProxy
) -> None:
    dice = random.Random(seed)
    kills = [dice.randrange(CHANGES_OF_A_RETURN) for _ in range(5)]
    kill_and_finish(kills, 4, outside, crew, office, proxy)


def test_two_workers_whose_every_hint_is_lost_leave_one_of_each(outside: Tell, crew: Crew, office: BackOffice) -> None:
    orders = outside(3)
    made, stock = documents(office), office.stock("BELT-90")
    crew.hire()
    crew.hire()

    for _ in range(3):
        until(lambda: bool(rows("SELECT 1 FROM procrastinate_jobs")), "a hint", crew=crew)
        run("DELETE FROM procrastinate_jobs")
        time.sleep(2)
    until(lambda: closed(3), "the end of every return", crew=crew)
    each_has_one(office, orders, made, stock)
    assert all(worker.poll() is None for worker in crew.hired)


def test_a_worker_stopped_in_the_middle_of_a_call_and_sent_on_after_another_took_over_leaves_one_of_each(
    outside: Tell, crew: Crew, office: BackOffice, proxy: FaultProxy
) -> None:
    orders = outside(1)
    made, stock = documents(office), office.stock("BELT-90")
    first = crew.hire()
    stopping = Signals(Fault.PASS, number=signal.SIGSTOP, nth=4, to=lambda: [first])
    proxy.arrange(stopping)
    until(lambda: bool(stopping.struck), "the stop", crew=crew)
    second = crew.hire()
    until(lambda: closed(1), "the end of every return", crew=crew)
    first.send_signal(signal.SIGCONT)
    until(lambda: bool(rows("SELECT 1 FROM attempts WHERE outcome = 'void'")), "the late outcome, void", 60, crew)
    each_has_one(office, orders, made, stock)
    assert rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL") == []
    # The others took it for dead; it works on all the same.
    second.kill()
    run("DELETE FROM procrastinate_workers")
    more = outside(1)
    until(lambda: closed(2), "the end of another return", crew=crew)
    (order,) = more
    assert [sale.state for sale in office.return_sales(order)] == ["done"]
    assert [(note.state, note.total) for note in office.credit_notes(order)] == [("paid", Decimal("-31.40"))]
    assert first.poll() is None
