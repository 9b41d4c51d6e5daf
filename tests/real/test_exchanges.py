"""Exchanges from the message that states one to documents at rest, on a real Tryton."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from backhaul.domain.money import Money
from backhaul.flows.decide_exchange import record_charge, refund_instead
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, exceptions, inspect, receive, start

pytestmark = pytest.mark.real

Build = Callable[..., House]
OURS = {"exchange_owner": "backhaul"}


def exchange(house: House, order: str, sku: str, replacement: str, **more: Any) -> None:
    house.money("exchange", order, exchange_id=f"ex-{order}", unit={"sku": sku}, replacement_sku=replacement, **more)


def worth(minor: int) -> dict[str, Any]:
    return {"value": {"minor": minor, "currency": "USD"}}


def orders_made(office: BackOffice, order: str) -> list[dict[str, Any]]:
    domain = [["reference", "=", f"{order}-ex-{order}"]]
    return office.find("sale.sale", domain, "state", "total_amount", "shipments.state")


def arrive(house: House, order: str, sku: str) -> None:
    receive(house, order, **{sku.replace("-", "_"): 1})
    inspect(house, order, sku, {"sellable": 1})
    house.flush()


def test_an_even_exchange_at_the_bar_is_ordered_at_once_and_closed_when_the_goods_are_back(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build(OURS)
    return_id = start(house, order, BELT_90=1)
    exchange(house, order, "BELT-90", "SHIRT-M")
    assert not orders_made(office, order), "nothing goes out before something was handed in"
    drop_off(house, return_id)
    (made,) = orders_made(office, order)
    assert (made["total_amount"], [one["state"] for one in made["shipments"]]) == (Decimal(0), ["assigned"])
    arrive(house, order, "BELT-90")
    assert [note.state for note in office.credit_notes(order)] == ["cancelled"], "it stands for what is not credited"
    assert at_rest(house, order)


def test_a_cheaper_replacement_leaves_just_the_rest_to_be_credited(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build(OURS)
    return_id = start(house, order, BELT_90=1)
    exchange(house, order, "BELT-90", "SOCK", **worth(540))
    drop_off(house, return_id)
    house.refund(order, 1620 - 540)
    (note,) = office.credit_notes(order)
    assert (note.state, note.total) == ("paid", Decimal("-10.80"))
    arrive(house, order, "BELT-90")
    assert at_rest(house, order)


def test_a_dearer_replacement_waits_for_its_charge(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2), build(OURS)
    return_id = start(house, order, BELT_90=1)
    exchange(house, order, "BELT-90", "SHIRT-M", **worth(2160))
    drop_off(house, return_id)
    arrive(house, order, "BELT-90")
    (open_,) = [one for key, one in exceptions(house).items() if order in key or "exchange" in key]
    assert open_[0] == "exchange-uncharged"
    assert "540" in open_[1]
    (ours,) = [one["id"] for one in house.returns() if order in one["orders"]]
    record_charge(house.deployment, house.merchant_id, ours, f"ex-{order}", "ch_1", Money(540, "USD"), "carla")
    assert at_rest(house, order)
    assert len(orders_made(office, order)) == 1


def test_what_is_out_of_stock_is_refunded_instead_by_customer_care(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build(OURS)
    return_id = start(house, order, BELT_90=1)
    exchange(house, order, "BELT-90", "SHIRT-M", quantity=1000)
    drop_off(house, return_id)
    (short,) = [one for one in exceptions(house).values() if one[0] == "exchange-out-of-stock"]
    assert "1620" in short[1]
    assert not orders_made(office, order)
    (ours,) = [one["id"] for one in house.returns() if order in one["orders"]]
    refund_instead(house.deployment, house.merchant_id, ours, f"ex-{order}", "carla", "the shopper wants the money")
    house.refund(order, 1620)
    (note,) = office.credit_notes(order)
    assert (note.state, note.total) == ("paid", Decimal("-16.20"))
    arrive(house, order, "BELT-90")
    assert at_rest(house, order)


def test_an_exchange_that_was_ordered_and_is_called_off_is_withdrawn_before_it_is_credited(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build(OURS)
    return_id = start(house, order, BELT_90=1)
    exchange(house, order, "BELT-90", "SHIRT-M")
    drop_off(house, return_id)
    exchange(house, order, "BELT-90", "SHIRT-M", state="cancelled")
    house.refund(order, 1620)
    (made,) = orders_made(office, order)
    assert (made["state"], [one["state"] for one in made["shipments"]]) == ("done", ["cancelled"])
    (note,) = office.credit_notes(order)
    assert note.total == Decimal("-16.20")
    arrive(house, order, "BELT-90")
    assert at_rest(house, order)
