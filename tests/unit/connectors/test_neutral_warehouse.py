"""A neutral warehouse message states totals, so that neither a repetition nor a late one counts twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backhaul.connectors.neutral_warehouse import connector
from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.domain import facts as f
from backhaul.sdk.messages import Message, Name, Reading, UnknownValue, Unreadable, readings_of
from tests.unit.connectors.told import message

RECEIPT: dict[str, Any] = {
    "kind": "receipt",
    "message_id": "w-1",
    "occurred_at": "2026-11-12T08:00:00Z",
    "sequence": 3,
    "warehouse": "LAX1",
    "return_ref": {"kind": "bag", "value": "HR2ABCDEFGHI"},
    "order_number": "SHOP-1001",
    "lines": [{"line_ref": "12345", "sku": "SHIRT-M", "received_total": 2}],
}
INSPECTION = RECEIPT | {
    "kind": "inspection",
    "lines": [
        {"sku": "SHIRT-M", "disposition": "sellable", "inspected_total": 1},
        {"sku": "SHIRT-M", "disposition": "Grade C", "inspected_total": 1},
    ],
}


def read(content: Any) -> Reading:
    """What is read of it."""
    (reading,) = readings_of(connector.reads[0].read(message(content), NeutralWarehouseSettings()))
    return reading


def test_a_receipt_states_the_total_of_each_line_at_its_site() -> None:
    reading = read(RECEIPT)
    assert reading.names == (Name("bag", "HR2ABCDEFGHI"),)
    (fact,) = reading.facts
    assert isinstance(fact, f.ItemReceived)
    assert (fact.unit, fact.site, fact.total, fact.sequence) == (
        f.UnitName("SHOP-1001", "12345", 0, None, "SHIRT-M"),
        "LAX1",
        2,
        3,
    )


def test_an_inspection_states_a_total_per_condition_in_the_warehouse_s_own_word() -> None:
    facts = read(INSPECTION).facts
    assert [(fact.disposition, fact.total) for fact in facts if isinstance(fact, f.ItemInspected)] == [
        ("sellable", 1),
        ("Grade C", 1),
    ]


def test_a_return_is_named_by_a_reference_or_by_its_order() -> None:
    by_order = {name: value for name, value in RECEIPT.items() if name != "return_ref"}
    assert (read(by_order).names, read(by_order).order) == ((), "SHOP-1001")
    by_reference = {name: value for name, value in RECEIPT.items() if name != "order_number"}
    assert read(by_reference).order is None
    with pytest.raises(Unreadable, match="return_ref or an order_number"):
        read({name: value for name, value in by_order.items() if name != "order_number"})


@pytest.mark.parametrize(
    "line",
    [
        {"sku": "SHIRT-M"},
        {"sku": "SHIRT-M", "received_total": -1},
        {"sku": "SHIRT-M", "received_total": 1.0},
        {"sku": "SHIRT-M", "received_total": 1, "quantity": 1},
        {"received_total": 1},
        {"sku": "SHIRT-M", "disposition": "sellable", "inspected_total": 1},
    ],
)
def test_a_line_that_is_not_exact_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="lines/0"):
        read(RECEIPT | {"lines": [line]})


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownValue, match="'adjustment'"):
        read(RECEIPT | {"kind": "adjustment"})


@given(st.binary() | st.text().map(str.encode))
def test_whatever_bytes_arrive_end_in_a_named_error(body: bytes) -> None:
    with pytest.raises((Unreadable, UnknownValue)):
        connector.reads[0].read(Message("shop", body, message({}).received_at), NeutralWarehouseSettings())


@given(st.dictionaries(st.sampled_from(sorted(RECEIPT)), st.none() | st.integers() | st.text() | st.just([{}])))
def test_whatever_a_field_holds_ends_in_facts_or_a_named_error(change: dict[str, Any]) -> None:
    try:
        assert read(INSPECTION | change).facts
    except (Unreadable, UnknownValue):
        return


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"announce_url": "https://wms.example.com/in"}, "needs an announce_secret"),
        ({"announce_secret": "s"}, "without announce_url"),
        ({"announce_url": "ftp://wms.example.com/in", "announce_secret": "s"}, "http:// or https://"),
        (
            {"announce_url": "https://a.example.com", "announce_secret": "s", "lookup_url": "https://b.example.com"},
            "on one host",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(given: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        NeutralWarehouseSettings.model_validate(given)


def test_it_announces_only_where_it_has_an_address() -> None:
    secret = {"announce_url": "https://wms.example.com/in?site=LAX1", "announce_secret": "s"}
    settings = NeutralWarehouseSettings.model_validate(secret)
    assert (settings.announces(), NeutralWarehouseSettings().announces()) == (True, False)
    assert settings.address() == "https://wms.example.com"
