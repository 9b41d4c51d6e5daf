"""Scenario 2: what the warehouse finds decides where a unit goes, and only what is sellable is ever picked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backhaul.domain.effects import PutAway
from backhaul.flows.decide_fate import decide_fate
from backhaul.flows.resolve import decide_disposition
from backhaul.store.codec import read_effect
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.clerk import Till, picked_for_a_sale
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, inspect, receive, ship, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def come_back(house: House, order: str, amount_minor: int, **units: int) -> str:
    """From the start to the receipt, refunded on the way; the return's id at the platform."""
    return_id = start(house, order, **units)
    drop_off(house, return_id)
    house.refund(order, amount_minor)
    ship(house, return_id)
    receive(house, order, **units)
    return return_id


def in_quarantine(house: House) -> list[tuple[str, str]]:
    """(our return id, unit) of the units that were put into quarantine."""
    found = rows("SELECT return_id, verb, payload FROM effects WHERE verb = 'put-away' AND standing = 'done'")
    effects = [(return_id, read_effect(verb, payload)) for return_id, verb, payload in found]
    return [
        (return_id, unit)
        for return_id, effect in effects
        if isinstance(effect, PutAway) and effect.account == "quarantine"
        for line in effect.lines
        for unit in line.units
    ]


def test_damaged_disposed_of_and_quarantined_units_are_never_sold_again(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SHIRT_L=3), build()
    before = office.stock("SHIRT-L")
    come_back(house, order, 3 * 2160, SHIRT_L=3)
    assert office.moved("SHIRT-L", before) == {"CUS": -3, "INSP": 3}
    inspect(house, order, "SHIRT-L", {"damaged": 1, "dispose": 1, "quarantine": 1})
    house.flush()
    assert office.moved("SHIRT-L", before) == {"CUS": -3, "DAMAGED": 1, "QUAR": 1, "SCRAP": 1}
    with picked_for_a_sale(office, "SHIRT-L", before["STO"] + 1) as picked:
        assert picked == {"STO": before["STO"]}
    held = {account: count for (account, sku), count in house.balances().items() if sku == "SHIRT-L"}
    assert held == {"customer": -3, "damaged": 1, "written-off": 1, "quarantine": 1}
    (return_,) = house.returns()
    assert not return_["closed"]


def test_what_waits_for_inspection_is_not_picked(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1), build()
    before = office.stock("SHIRT-M")
    come_back(house, order, 2160, SHIRT_M=1)
    inspect(house, order, "SHIRT-M", {"sellable": 1})
    with picked_for_a_sale(office, "SHIRT-M", before["STO"] + 1) as picked:
        assert picked == {"STO": before["STO"]}
    house.flush()
    with picked_for_a_sale(office, "SHIRT-M", before["STO"] + 1) as picked:
        assert picked == {"STO": before["STO"] + 1}


@pytest.mark.parametrize(("decision", "place"), [("sellable", "STO"), ("dispose", "SCRAP"), ("damaged", "DAMAGED")])
def test_quarantine_stays_until_a_person_decides(
    build: Build, office: BackOffice, till: Till, decision: str, place: str
) -> None:
    order, house = till.order(SOCK=1), build()
    before = office.stock("SOCK")
    come_back(house, order, 540, SOCK=1)
    inspect(house, order, "SOCK", {"quarantine": 1})
    for _ in range(2):
        house.flush()
        house.decide_again()
        house.work()
    assert office.moved("SOCK", before) == {"CUS": -1, "QUAR": 1}

    ((return_id, unit),) = in_quarantine(house)
    decide_disposition(house.deployment, house.merchant_id, return_id, unit, decision, "mara", "washed and checked")
    house.work()
    still = {"CUS": -1, "QUAR": 1} if place == "STO" else {"CUS": -1, place: 1}
    assert office.moved("SOCK", before) == still
    house.flush()
    assert office.moved("SOCK", before) == {"CUS": -1, place: 1}
    assert at_rest(house, order)
    assert office.return_sales(order)[0].state == "done"


def test_a_damaged_unit_does_not_become_sellable_because_a_later_count_says_so(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SOCK=1), build()
    before = office.stock("SOCK")
    come_back(house, order, 540, SOCK=1)
    inspect(house, order, "SOCK", {"damaged": 1})
    inspect(house, order, "SOCK", {"sellable": 1})
    house.flush()
    assert office.moved("SOCK", before) == {"CUS": -1, "DAMAGED": 1}
    assert [kind for kind, _ in house.open_exceptions()] == ["received-more-than-returned"]


def test_a_unit_that_was_not_in_the_parcel_is_neither_received_nor_sold(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SOCK=2), build()
    before = office.stock("SOCK")
    return_id = start(house, order, SOCK=2)
    drop_off(house, return_id)
    house.refund(order, 1080)
    ship(house, return_id)
    receive(house, order, SOCK=1)
    inspect(house, order, "SOCK", {"sellable": 1, "missing": 1})
    house.flush()
    assert office.moved("SOCK", before) == {"CUS": -1, "STO": 1}
    # The lost one keeps its shipment in Tryton open until somebody has decided about it.
    assert [kind for kind, _ in house.open_exceptions()] == ["missing-item"]
    (sale,) = office.return_sales(order)
    assert [one.state for one in sale.shipments if one.state == "draft"] == ["draft"]
    ((ours, unit),) = rows("SELECT return_id, about FROM exceptions WHERE kind = 'missing-item'")
    decide_fate(house.deployment, house.merchant_id, ours, unit, "lost", "wendy", "the hub looked for it")
    house.work()
    assert office.return_sales(order)[0].state == "done"
    assert at_rest(house, order)
