"""What a poll of Tryton kept is read into receipts and inspections; the settings keep their secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.reader import read_return_sales
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.domain.facts import ItemInspected, ItemReceived, UnitName
from backhaul.sdk.messages import Message, Name, UnknownValue, Unreadable

SETTINGS = TrytonSettings.model_validate(
    {"url": "http://erp", "database": "shop", "key": "key-secret", "login": "backhaul", "password": "word-secret"}
)
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def told(**more: Any) -> dict[str, Any]:
    return {
        "order": "SHOP-1001",
        "names": [["express", "HR1A2B3C"]],
        "warehouse": "WH",
        "at": AT.isoformat(),
        "lines": [{"sku": "SHIRT-M", "received": 2, "placed": {"INSP": 1, "STO": 1}}],
        **more,
    }


def read(body: object) -> Any:
    return read_return_sales(Message("erp", json.dumps(body).encode(), AT), SETTINGS)


def test_totals_become_received_and_inspected() -> None:
    (reading,) = read(told())
    unit = UnitName("SHOP-1001", sku="SHIRT-M")
    assert reading.names == (Name("express", "HR1A2B3C"),)
    assert reading.facts == (
        ItemReceived(unit, "MAIN", 2, at=AT),
        ItemInspected(unit, "MAIN", "sellable", 1, at=AT),
    )


def test_reading_twice_says_the_same() -> None:
    assert read(told()) == read(told())


def test_two_places_of_one_meaning_are_one_total() -> None:
    settings = SETTINGS.model_copy(update={"dispositions": {"STO": "sellable", "STO-2": "sellable"}})
    body = json.dumps(told(lines=[{"sku": "MUG", "received": 3, "placed": {"STO": 1, "STO-2": 2}}])).encode()
    (reading,) = read_return_sales(Message("erp", body, AT), settings)
    assert [fact.total for fact in reading.facts if isinstance(fact, ItemInspected)] == [3]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"warehouse": "NEW"}, "warehouse"),
        ({"lines": [{"sku": "MUG", "received": 1, "placed": {"SHELF-9": 1}}]}, "location"),
        ({"names": [["shoe-size", "43"]]}, "names"),
    ],
)
def test_what_has_no_meaning_is_named(more: dict[str, Any], field: str) -> None:
    with pytest.raises(UnknownValue) as unknown:
        read(told(**more))
    assert unknown.value.field_name == field


@given(st.binary(max_size=200) | st.from_type(dict).map(lambda found: json.dumps(str(found)).encode()))
def test_anything_else_is_unreadable(body: bytes) -> None:
    with pytest.raises((Unreadable, UnknownValue)):
        read_return_sales(Message("erp", body, AT), SETTINGS)


def test_secrets_are_in_no_repr() -> None:
    assert "secret" not in repr(SETTINGS)
    assert "secret" not in str(SETTINGS.model_dump())


@pytest.mark.parametrize(
    ("web_url", "link"),
    [
        ("https://erp.example.com/", "https://erp.example.com/#shop/model/sale.sale/12"),
        (None, "tryton://erp/shop/model/sale.sale/12"),
    ],
)
def test_a_document_has_a_link_into_tryton(web_url: str | None, link: str) -> None:
    assert connector.link is not None
    settings = SETTINGS.model_copy(update={"web_url": web_url})
    assert connector.link(settings, "open-return-authorisation", "sale.sale,12") == link
    assert connector.link(settings, "look-up-order", "nothing of Tryton's") is None
