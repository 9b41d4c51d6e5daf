"""A neutral money message is one statement about one refund or exchange, exact or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backhaul.connectors.neutral_money import connector
from backhaul.connectors.neutral_money.messages import NeutralMoneySettings
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.sdk.messages import Message, Name, Reading, UnknownValue, Unreadable, readings_of
from tests.unit.connectors.told import message

REFUND: dict[str, Any] = {
    "kind": "refund",
    "message_id": "m-1",
    "occurred_at": "2026-11-03T12:00:00+02:00",
    "order_number": "SHOP-1001",
    "refund_id": "re_1",
    "state": "succeeded",
    "amount": {"minor": 2060, "currency": "USD"},
}


def read(content: Any) -> Reading:
    """What is read of it."""
    (reading,) = readings_of(connector.reads[0].read(message(content), NeutralMoneySettings()))
    return reading


def the_fact(content: Any) -> f.Fact:
    """The one fact that is read of it."""
    (fact,) = read(content).facts
    return fact


def test_a_succeeded_refund_is_confirmed_with_its_amount_fee_and_units() -> None:
    reading = read(
        REFUND
        | {
            "sequence": 2,
            "fee": {"minor": 100, "currency": "USD"},
            "units": [{"line_ref": "12345", "offset": 1}],
            "return_ref": {"kind": "express", "value": "HRVPBGPR"},
        }
    )
    assert reading.names == (Name("express", "HRVPBGPR"),)
    assert reading.order == "SHOP-1001"
    (fact,) = reading.facts
    assert isinstance(fact, f.RefundConfirmed)
    assert (fact.amount, fact.fee, fact.sequence) == (Money(2060, "USD"), Money(100, "USD"), 2)
    assert fact.units == (f.UnitName("SHOP-1001", "12345", 1),)
    assert str(fact.at) == "2026-11-03 10:00:00+00:00"


def test_an_order_number_alone_is_enough_to_find_the_return_by() -> None:
    assert read(REFUND).names == ()


def test_pending_is_not_refunded_and_failed_says_why() -> None:
    assert type(the_fact(REFUND | {"state": "pending"})) is f.RefundPending
    failed = the_fact(REFUND | {"state": "failed", "reason": "card expired"})
    assert isinstance(failed, f.RefundFailed)
    assert failed.reason == "card expired"


def test_store_credit_is_a_refund_to_another_tender() -> None:
    fact = the_fact(REFUND | {"kind": "store_credit"})
    assert isinstance(fact, f.RefundConfirmed)
    assert fact.tender == "store-credit"


def test_an_exchange_states_its_replacement() -> None:
    exchange = {name: REFUND[name] for name in ("message_id", "occurred_at", "order_number")} | {
        "kind": "exchange",
        "exchange_id": "ex_1",
        "unit": {"sku": "SHIRT-M"},
        "replacement_sku": "SHIRT-L",
    }
    fact = the_fact(exchange)
    assert isinstance(fact, f.ExchangeConfirmed)
    assert (fact.exchange, fact.unit.sku, fact.replacement_sku, fact.quantity) == ("ex_1", "SHIRT-M", "SHIRT-L", 1)
    with pytest.raises(Unreadable, match="replacement_sku"):
        read({name: value for name, value in exchange.items() if name != "replacement_sku"})


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"minor": 20.6, "currency": "USD"}},
        {"amount": {"minor": "2060", "currency": "USD"}},
        {"amount": {"minor": -1, "currency": "USD"}},
        {"amount": {"minor": 1, "currency": "usd"}},
        {"amount": 2060},
        {"fee": {"minor": 100, "currency": "EUR"}},
        {"occurred_at": "2026-11-03T12:00:00"},
        {"occurred_at": 1762171200},
        {"refund_id": " "},
        {"order_number": None},
        {"units": [{"offset": 1}]},
        {"colour": "red"},
        {"sequence": -1},
    ],
)
def test_a_statement_that_is_not_exact_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(REFUND | change)


@pytest.mark.parametrize(
    ("change", "field_name", "value"),
    [
        ({"kind": "chargeback"}, "kind", "chargeback"),
        ({"state": "charged-back"}, "refund/state", "charged-back"),
        ({"return_ref": {"kind": "ticket", "value": "1"}}, "refund/return_ref/kind", "ticket"),
    ],
)
def test_a_word_that_is_not_in_its_list_is_named(change: dict[str, Any], field_name: str, value: str) -> None:
    with pytest.raises(UnknownValue) as unknown:
        read(REFUND | change)
    assert (unknown.value.field_name, unknown.value.value) == (field_name, value)


@given(st.binary() | st.text().map(str.encode))
def test_whatever_bytes_arrive_end_in_a_named_error(body: bytes) -> None:
    with pytest.raises((Unreadable, UnknownValue)):
        connector.reads[0].read(Message("shop", body, message({}).received_at), NeutralMoneySettings())


@given(
    st.dictionaries(st.sampled_from(sorted(REFUND)), st.none() | st.integers() | st.text() | st.just({}), min_size=1)
)
def test_whatever_a_field_holds_ends_in_facts_or_a_named_error(change: dict[str, Any]) -> None:
    try:
        assert len(read(REFUND | change).facts) == 1
    except (Unreadable, UnknownValue):
        return


@pytest.mark.parametrize(
    ("state", "fact"),
    [
        ("approved", f.RefundApproved),
        ("held", f.RefundHeld),
        ("released", f.RefundReleased),
        ("declined", f.RefundDeclined),
    ],
)
def test_what_the_platform_decided_about_units_is_told_of_each_of_them(state: str, fact: type[f.Fact]) -> None:
    units = [{"line_ref": "777"}, {"line_ref": "888"}]
    said = {name: REFUND[name] for name in ("message_id", "occurred_at", "order_number")}
    told = read({**said, "kind": "approval", "state": state, "units": units}).facts
    assert [type(one) for one in told] == [fact, fact]
    assert [one.unit.line for one in told] == ["777", "888"]  # type: ignore[union-attr]  # all of them are about units


def test_a_reversed_refund_is_one_that_did_not_go_out_in_the_end() -> None:
    fact = the_fact({**REFUND, "state": "reversed"})
    assert isinstance(fact, f.RefundFailed)
    assert fact.reason == "reversed"


def test_an_exchange_carries_its_value_and_the_number_of_its_order() -> None:
    said = {name: REFUND[name] for name in ("message_id", "occurred_at", "order_number")}
    exchange = {
        **said, "kind": "exchange", "exchange_id": "ex_1", "unit": {"line_ref": "777"}, "replacement_sku": "SHIRT-L",
        "value": {"minor": 700, "currency": "USD"}, "replacement_order": "SHOP-2001",
    }  # fmt: skip
    confirmed = the_fact(exchange)
    assert isinstance(confirmed, f.ExchangeConfirmed)
    assert (confirmed.value, confirmed.order) == (Money(700, "USD"), "SHOP-2001")
    again, off = read({**exchange, "state": "cancelled", "reason": "sold out"}).facts
    assert again == confirmed
    assert isinstance(off, f.ExchangeCancelled)
    assert (off.exchange, off.reason) == ("ex_1", "sold out")
    paid = the_fact({**said, "kind": "charge", "charge_id": "ch_1", "exchange_id": "ex_1", "amount": REFUND["amount"]})
    assert isinstance(paid, f.ChargeConfirmed)
    assert (paid.exchange, paid.amount) == ("ex_1", Money(2060, "USD"))
