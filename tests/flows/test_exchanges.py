"""An exchange as it is told by a message, ordered in the ERP, and decided about by a person."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backhaul.domain.money import Money
from backhaul.flows.decide_exchange import record_charge, refund_instead
from backhaul.flows.resolve import CannotResolve
from backhaul.sdk.outcomes import Refused
from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    """A shop that has Backhaul make its exchange orders."""
    town = Town()
    shop = town.open("acme", "Acme")
    town.policies[shop.merchant_id] = replace(town.policies[shop.merchant_id], exchange_owner="backhaul")
    return shop


@pytest.fixture
def jeans(shop: Shop) -> Parcel:
    """Jeans of 89.90 that were handed in and approved."""
    one = parcel(shop, 1001, "JEANS-32")
    for word in ("started", "dropped_off", "approved"):
        one.said(word)
    shop.work()
    return one


def exchanged(one: Parcel, value: int | None = None, **more: Any) -> None:
    ((line, sku, offset),) = one.units
    worth = {} if value is None else {"value": {"minor": value, "currency": "USD"}}
    body = {
        "message_id": f"x-{one.order}-{len(more)}", "occurred_at": one.now(), "kind": "exchange",
        "order_number": one.order, "return_ref": {"kind": "return", "value": one.name},
        "exchange_id": "ex_1",
        "unit": {"line_ref": line, "offset": offset, "sku": sku}, "replacement_sku": "JEANS-34",
    }  # fmt: skip
    one.shop.tell("money", {**body, **worth, **more})
    one.shop.work()


def made(shop: Shop) -> list[str]:
    return [key.split(":")[0] for key in shop.books.made if "exchange" in key or "credit" in key]


def open_kinds() -> list[str]:
    return [kind for (kind,) in rows("SELECT kind FROM exceptions WHERE closed_at IS NULL ORDER BY kind")]


def return_id() -> str:
    ((found,),) = rows("SELECT id FROM returns")
    return str(found)


def test_an_exchange_that_a_message_states_is_ordered_once(jeans: Parcel) -> None:
    exchanged(jeans)
    exchanged(jeans)
    assert made(jeans.shop) == ["create-exchange-order"]
    assert open_kinds() == []
    jeans.received()
    jeans.inspected("sellable")
    jeans.shop.work()
    jeans.shop.flush()
    assert rows("SELECT closed FROM returns") == [(True,)]


def test_a_message_that_calls_it_off_withdraws_the_order_and_the_money_is_credited(jeans: Parcel) -> None:
    exchanged(jeans)
    exchanged(jeans, state="cancelled", reason="the shopper changed her mind")
    jeans.refunded(8990)
    jeans.shop.work()
    assert made(jeans.shop) == ["create-exchange-order", "cancel-exchange-order", "issue-credit-note"]


def test_customer_care_has_an_exchange_refunded_that_is_out_of_stock(jeans: Parcel) -> None:
    shop = jeans.shop
    shop.books.refuses["create-exchange-order", jeans.order] = Refused("0 JEANS-34 are free", "exchange-out-of-stock")
    exchanged(jeans)
    ((kind, owner, remedy),) = rows("SELECT kind, owner, remedy FROM exceptions WHERE closed_at IS NULL")
    assert (kind, owner) == ("exchange-out-of-stock", "customer-care")
    assert "refunded instead" in remedy
    said = refund_instead(shop.deployment, shop.merchant_id, return_id(), "ex_1", "carla", "she wants the money")
    assert "withdrawn" in said
    assert open_kinds() == []
    jeans.refunded(8990)
    shop.work()
    assert made(shop) == ["issue-credit-note"]
    with pytest.raises(CannotResolve, match="refunded instead already"):
        refund_instead(shop.deployment, shop.merchant_id, return_id(), "ex_1", "carla", "once more")


def test_a_charge_that_customer_care_records_makes_a_dearer_exchange_even(jeans: Parcel) -> None:
    shop = jeans.shop
    exchanged(jeans, value=9990)
    ((kind, value),) = rows("SELECT kind, value FROM exceptions WHERE closed_at IS NULL")
    assert (kind, json.loads(value)) == ("exchange-uncharged", [{"minor": 1000, "currency": "USD"}])
    record_charge(shop.deployment, shop.merchant_id, return_id(), "ex_1", "pi_77", Money(1000, "USD"), "carla")
    assert open_kinds() == []


@pytest.mark.parametrize(("exchange", "charge", "minor"), [("ex_9", "pi_1", 5), ("ex_1", " ", 5), ("ex_1", "pi_1", -5)])
def test_a_charge_that_cannot_be_one_is_refused_with_what_is_wrong(
    jeans: Parcel, exchange: str, charge: str, minor: int
) -> None:
    exchanged(jeans)
    shop = jeans.shop
    with pytest.raises(CannotResolve):
        record_charge(shop.deployment, shop.merchant_id, return_id(), exchange, charge, Money(minor, "USD"), "carla")
