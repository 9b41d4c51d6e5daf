"""Scenario 7: what cannot be understood is kept, said, and done once somebody has said what it means."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from backhaul.flows.replay import replay_message
from backhaul.flows.resolve import decide_disposition, retry
from backhaul.sandbox.happy_returns import StandIn
from backhaul.sandbox.tryton import TrytonShop
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import SECRET, House, tryton_table
from tests.support.steps import at_rest, drop_off, exceptions, inspect, receive, ship, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def of_kind(house: House, kind: str) -> list[str]:
    """The keys of open exceptions of that kind."""
    return [key for key, (its, _) in exceptions(house).items() if its == kind]


def states(house: House) -> list[tuple[int, str]]:
    return [(id_, state) for id_, state in rows("SELECT id, state FROM messages ORDER BY id")]


@pytest.fixture
def strange(build: Build, till: Till) -> Callable[[], House]:
    """A deployment with a platform that calls a drop-off `handed_in`, which nobody has told us."""

    def make() -> House:
        spelling = {"dropped_off": "handed_in", "approved": "released"}
        return build(stand_in=StandIn(secret=SECRET, orders=till.orders, spelling=spelling))

    return make


def test_an_unknown_word_is_kept_and_read_once_it_has_a_meaning(
    strange: Callable[[], House], office: BackOffice, till: Till, market: TrytonShop
) -> None:
    order = till.order(MUG=1)
    house = strange()
    drop_off(house, start(house, order, MUG=1))
    assert [sale.units for sale in office.return_sales(order)] == [{"MUG": 1}], "what was understood went on"
    assert house.returns()[0]["stage"] == "expected"
    ((message_id, state),) = states(house)[1:]
    assert state == "unreadable"
    assert len(of_kind(house, "unknown-value")) == 1
    (cause,) = [cause for _, cause in house.open_exceptions()]
    assert "released" in cause or "handed_in" in cause

    meanings = {"handed_in": "dropped-off", "released": "approved"}
    house.reconfigure(tryton_table(market), happy_returns={"meanings": meanings})
    replay_message(house.deployment, house.merchant_id, message_id, "mara")
    house.work()
    assert [state for _, state in states(house)] == ["read", "read"]
    assert of_kind(house, "unknown-value") == []
    assert house.returns()[0]["stage"] == "dropped-off"
    assert len(office.return_sales(order)) == 1


def test_an_unreadable_body_stops_nothing_and_is_kept(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(MUG=1), build()
    rubbish = {
        b'{"event": "return_status': "unreadable-message",
        b"\xff\xfe\x00": "unreadable-message",
        b"null": "unreadable-message",
        b'{"event": "return_status_updated", "typeID": "started", "items": 7}': "unreadable-message",
        b'{"event": "moon_landing", "typeID": "", "retailerID": "modern-retailer", "items": []}': "unknown-value",
    }
    for body in rubbish:
        assert isinstance(house.post("happy-returns", body), int)
    start(house, order, MUG=1)
    assert [sale.units for sale in office.return_sales(order)] == [{"MUG": 1}]
    assert [state for _, state in states(house)] == ["unreadable"] * 5 + ["read"]
    kinds = rows("SELECT kind FROM exceptions WHERE closed_at IS NULL ORDER BY message_id")
    assert [kind for (kind,) in kinds] == list(rubbish.values())


def test_an_unmapped_condition_holds_up_its_own_unit_only(
    build: Build, office: BackOffice, till: Till, market: TrytonShop
) -> None:
    order, house = till.order(SHIRT_M=2), build()
    before = office.stock("SHIRT-M")
    return_id = start(house, order, SHIRT_M=2)
    drop_off(house, return_id)
    house.refund(order, 4320)
    ship(house, return_id)
    receive(house, order, SHIRT_M=2)
    inspect(house, order, "SHIRT-M", {"sellable": 1, "moth-eaten": 1})
    house.flush()
    assert office.moved("SHIRT-M", before) == {"CUS": -2, "INSP": 1, "STO": 1}
    assert [note.total for note in office.credit_notes(order)] == [Decimal("-43.20")]
    (key,) = of_kind(house, "unmapped-disposition")

    house.reconfigure(tryton_table(market), policy={"dispositions": {"moth-eaten": "dispose"}})
    retry(house.deployment, house.merchant_id, key, "mara")
    house.work()
    assert office.moved("SHIRT-M", before) == {"CUS": -2, "SCRAP": 1, "STO": 1}
    assert at_rest(house, order)


def test_an_unmapped_condition_may_be_decided_for_one_unit(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1), build()
    before = office.stock("SHIRT-M")
    drop_off(house, start(house, order, SHIRT_M=1))
    house.refund(order, 2160)
    receive(house, order, SHIRT_M=1)
    inspect(house, order, "SHIRT-M", {"moth-eaten": 1})
    (key,) = of_kind(house, "unmapped-disposition")
    _, return_id, unit = key.split(":", 2)
    decide_disposition(house.deployment, house.merchant_id, return_id, unit, "damaged", "mara", "a hole in the sleeve")
    house.work()
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "DAMAGED": 1}
    assert at_rest(house, order)


def test_a_warehouse_message_of_an_unknown_kind_is_kept(build: Build, till: Till) -> None:
    till.order(MUG=1)
    house = build()
    house.post("warehouse", json.dumps({"kind": "burglary", "lines": []}).encode())
    house.work()
    assert [state for _, state in states(house)] == ["unreadable"]
    assert len(house.open_exceptions()) == 1
