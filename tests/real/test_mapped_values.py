"""Values nobody had led anywhere: goods and documents wait for one mapping, and are then done once, in a real ERP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backhaul.domain.mappings import ValueMapping
from backhaul.flows.map_values import map_values
from backhaul.flows.usable import Change
from backhaul.sandbox.happy_returns import Wanted
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, inspect, receive, ship, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def mapped(house: House, *mappings: ValueMapping) -> str:
    """Somebody maps these values; what that sets in motion is done."""
    said = map_values(house.deployment, house.merchant_id, [Change(one) for one in mappings], "mara", "as agreed")
    house.work()
    return str(said)


def test_units_of_a_condition_nobody_mapped_wait_in_inspection_and_go_where_their_class_goes(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SOCK=1, SHIRT_L=1), build()
    socks, shirts = office.stock("SOCK"), office.stock("SHIRT-L")
    return_id = start(house, order, SOCK=1, SHIRT_L=1)
    drop_off(house, return_id)
    house.refund(order, 540 + 2160)
    ship(house, return_id)
    receive(house, order, SOCK=1, SHIRT_L=1)
    for sku in ("SOCK", "SHIRT-L"):
        inspect(house, order, sku, {"B-Ware": 1})
    house.flush()
    assert office.moved("SOCK", socks) == {"CUS": -1, "INSP": 1}
    assert [kind for kind, _ in house.open_exceptions()] == ["unmapped-disposition"] * 2

    said = mapped(
        house,
        ValueMapping("sku-class", "SOCK*", "hosiery"),
        ValueMapping("place", "b-ware", "damaged:DAMAGED"),
        ValueMapping("place", "b-ware", "written-off:SCRAP", "MAIN", "hosiery"),
    )
    assert "1 unit goes to DAMAGED (damaged) at MAIN" in said
    assert "1 unit goes to SCRAP (written-off) at MAIN" in said
    assert office.moved("SOCK", socks) == {"CUS": -1, "SCRAP": 1}
    assert office.moved("SHIRT-L", shirts) == {"CUS": -1, "DAMAGED": 1}
    house.flush()
    house.decide_again()
    house.work()
    assert office.moved("SOCK", socks) == {"CUS": -1, "SCRAP": 1}
    assert at_rest(house, order)


def test_names_of_sites_tenders_and_reasons_are_mapped_and_what_was_refused_for_them_is_done(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SOCK=1), build()
    before = office.stock("SOCK")
    mapped(house, ValueMapping("reason", "too-small", "SIZE: too small"), ValueMapping("tender", "gift-card", "Gifts"))
    return_ = house.stand_in.act(lambda p: p.start([Wanted(order, "SOCK", 1, "too_small")]))
    house.listen()
    (sale,) = office.return_sales(order)
    assert [line["note"] for line in office.read("sale.sale", sale.id, "lines.note")["lines"]] == [
        "1 x SIZE: too small"
    ]
    drop_off(house, return_.return_id)
    house.refund(order, 540, tender="gift-card")
    ship(house, return_.return_id)
    house.warehouse("receipt", order, [{"sku": "SOCK", "received_total": 1}], warehouse="Dock 3")
    assert {kind for kind, _ in house.open_exceptions()} == {"effect-refused"}
    assert office.moved("SOCK", before) == {}

    said = mapped(
        house, ValueMapping("location", "Dock 3", "MAIN"), ValueMapping("tender", "gift-card", "Card clearing")
    )
    assert "2 refused documents tried again" in said
    house.warehouse("inspection", order, [{"sku": "SOCK", "disposition": "sellable", "inspected_total": 1}])
    house.flush()
    assert office.moved("SOCK", before) == {"CUS": -1, "STO": 1}
    assert at_rest(house, order)
    assert [one.state for one in office.credit_notes(order)] == ["paid"]
    assert ("inspection:MAIN", "SOCK") not in house.balances()
