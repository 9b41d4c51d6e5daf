"""Scenario 5, first half: yesterday's backup is restored, and what was done since is found and not done again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backhaul.sandbox.happy_returns import Wanted
from backhaul.sandbox.tryton import TrytonShop
from tests.support.back_office import BackOffice
from tests.support.calm import before, calm, documents, has_one_of_each
from tests.support.clerk import Till
from tests.support.database import Database
from tests.support.house import tryton_table
from tests.support.memory import Remembering, back_up, restore
from tests.support.steps import at_rest, drop_off, inspect, receive, ship, start

pytestmark = pytest.mark.real

Build = Callable[[], Remembering]
_IN_THE_LONG_RUN = ("started", "inspected")
STEPS = [
    pytest.param(step, marks=pytest.mark.slow) if step in _IN_THE_LONG_RUN else step
    for step in ("nothing", "started", "refunded", "received", "inspected", "flushed")
]


@pytest.fixture
def remembering(db: Database, market: TrytonShop, till: Till) -> Build:
    def build() -> Remembering:
        house = Remembering.build(tryton_table(market), till.orders)
        assert isinstance(house, Remembering)
        return house

    return build


@pytest.mark.parametrize("turned", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("backed_up_after", STEPS)
def test_what_is_told_again_after_a_restore_makes_nothing_again(
    backed_up_after: str, turned: bool, db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    told = before(office, till.order(BELT_90=2))
    house = remembering()
    file = tmp_path / "yesterday.backup"
    sent = 0

    def step(name: str) -> None:
        nonlocal sent
        calm(house)
        if name == backed_up_after:
            back_up(db, file)
            sent = len(house.sent)

    step("nothing")
    return_id = start(house, told.order, BELT_90=2)
    step("started")
    drop_off(house, return_id)
    house.refund(told.order, told.minor, fee={"minor": 100, "currency": "USD"})
    step("refunded")
    ship(house, return_id)
    receive(house, told.order, BELT_90=2)
    step("received")
    inspect(house, told.order, "BELT-90", {"damaged": 1, "sellable": 1})
    step("inspected")
    house.flush()
    step("flushed")
    has_one_of_each(office, told)

    restore(db, file)
    house.clock.forward(days=1)
    house.send_again(since=sent, turned=turned)
    calm(house)
    house.flush()
    calm(house)
    has_one_of_each(office, told)
    assert at_rest(house, told.order)


def arrive(house: Remembering, order: str, belts: int) -> None:
    """So many belts are on their way to the warehouse."""
    return_id = start(house, order, BELT_90=belts)
    drop_off(house, return_id)
    ship(house, return_id)


def test_units_flushed_before_are_not_raised_again_with_others_that_were_not(
    db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    orders = [till.order(BELT_90=2), till.order(BELT_90=2)]
    house = remembering()
    stock = office.stock("BELT-90")
    made = documents(office)
    for order in orders:
        arrive(house, order, 1)
        receive(house, order, BELT_90=1)
    file = back_up(db, tmp_path / "yesterday.backup")
    sent = len(house.sent)
    inspect(house, orders[0], "BELT-90", {"sellable": 1})
    house.flush()
    assert office.moved("BELT-90", stock) == {"CUS": -2, "INSP": 1, "STO": 1}

    restore(db, file)
    house.clock.forward(days=1)
    house.send_again(since=sent)
    inspect(house, orders[1], "BELT-90", {"sellable": 1})
    house.flush()
    house.flush()
    calm(house)
    assert office.moved("BELT-90", stock) == {"CUS": -2, "STO": 2}
    assert (documents(office) - made)["stock.shipment.internal"] == 2
    assert [kind for kind, _ in house.open_exceptions()] == ["restored"]


def test_units_authorised_apart_before_and_told_together_after_are_a_persons_to_settle(
    db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    order = till.order(BELT_90=2)
    house = remembering()
    file = back_up(db, tmp_path / "yesterday.backup")
    house.stand_in.act(lambda p: p.start([Wanted(order, "BELT-90", 2)]))
    together = house.webhooks()
    for body in together:
        whole = json.loads(body)
        for item in whole["items"]:
            house.post("happy-returns", json.dumps({**whole, "items": [item]}).encode())
            house.work()
    assert [sale.units for sale in office.return_sales(order)] == [{"BELT-90": 1}, {"BELT-90": 1}]

    restore(db, file)
    for body in together:
        house.post("happy-returns", body)
    house.work()
    calm(house)
    assert [sale.units for sale in office.return_sales(order)] == [{"BELT-90": 1}, {"BELT-90": 1}]
    assert sorted(kind for kind, _ in house.open_exceptions()) == ["effect-ambiguous", "restored"]


def test_a_total_counted_in_two_parts_before_is_not_received_again_as_one(
    db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    order = till.order(BELT_90=2)
    house = remembering()
    stock = office.stock("BELT-90")
    arrive(house, order, 2)
    file = back_up(db, tmp_path / "yesterday.backup")
    receive(house, order, BELT_90=1)
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"damaged": 1})
    inspect(house, order, "BELT-90", {"damaged": 2})
    made = documents(office)
    assert office.moved("BELT-90", stock) == {"CUS": -2, "DAMAGED": 2}

    restore(db, file)
    house.clock.forward(days=1)
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"damaged": 2})
    calm(house)
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {"CUS": -2, "DAMAGED": 2}
    assert [kind for kind, _ in house.open_exceptions()] == ["restored"]


def test_a_total_counted_as_one_before_is_not_received_again_in_two_parts(
    db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    order = till.order(BELT_90=2)
    house = remembering()
    stock = office.stock("BELT-90")
    arrive(house, order, 2)
    file = back_up(db, tmp_path / "yesterday.backup")
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"sellable": 2})
    house.flush()
    made = documents(office)
    assert office.moved("BELT-90", stock) == {"CUS": -2, "STO": 2}

    restore(db, file)
    house.clock.forward(days=1)
    for count in (1, 2):
        receive(house, order, BELT_90=count)
        inspect(house, order, "BELT-90", {"sellable": count})
        house.flush()
    calm(house)
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {"CUS": -2, "STO": 2}
    assert [kind for kind, _ in house.open_exceptions()] == ["restored"]


def test_alike_units_that_change_places_after_a_restore_are_not_moved_twice(
    db: Database, remembering: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    order = till.order(BELT_90=2)
    house = remembering()
    stock = office.stock("BELT-90")
    arrive(house, order, 2)
    receive(house, order, BELT_90=2)
    file = back_up(db, tmp_path / "yesterday.backup")
    found = ("damaged", "sellable")
    for word in found:
        inspect(house, order, "BELT-90", {word: 1})
        house.flush()
    before = where(house)
    made = documents(office)
    assert office.moved("BELT-90", stock) == {"CUS": -2, "DAMAGED": 1, "STO": 1}

    restore(db, file)
    house.clock.forward(days=1)
    for word in reversed(found):
        inspect(house, order, "BELT-90", {word: 1})
        house.flush()
    calm(house)
    assert where(house) == dict(zip(before, reversed(before.values()), strict=True))
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {"CUS": -2, "DAMAGED": 1, "STO": 1}
    assert [kind for kind, _ in house.open_exceptions()] == ["restored"]


def where(house: Remembering) -> dict[str, str]:
    """Which unit went to which place, by what is on record."""
    found = {}
    for key, standing in sorted(house.standings().items()):
        verb, _, rest = key.partition(":")
        if verb in ("put-away", "restock"):
            assert standing == "done"
            found[rest.rpartition(":")[2]] = verb
    return dict(sorted(found.items()))
