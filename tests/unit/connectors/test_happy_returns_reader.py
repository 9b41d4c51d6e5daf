"""What Happy Returns says becomes facts per unit; what it might mean is never guessed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.units import split_line
from backhaul.domain import facts as f
from backhaul.sdk.messages import Message, Name, UnknownValue, Unreadable
from tests.unit.connectors.told import DROPOFF, NOW, STATUS, asn, item, message, read, settings

SHIRT = f.UnitName("SHOP-1001", "12345", 0, None, "SHIRT-M")


def test_a_started_return_names_its_unit_and_the_way_it_will_be_handed_over() -> None:
    (reading,) = read(asn(others=((DROPOFF, "return-bar"),)))
    assert reading.names == (Name("return", "r-1"),)
    assert (reading.order, reading.initiated_at) == ("SHOP-1001", NOW)
    assert reading.facts == (f.ReturnInitiated(SHIRT, at=NOW), f.DropOffChosen("return-bar", NOW))


def test_a_drop_off_hidden_among_the_other_events_is_read_before_the_approval() -> None:
    (reading,) = read(asn("approved", others=((STATUS, "dropped_off"), (STATUS, "started"))))
    assert reading.facts == (
        f.ReturnInitiated(SHIRT, at=NOW),
        f.ItemDroppedOff(SHIRT, NOW),
        f.RefundApproved(SHIRT, NOW),
    )


def test_an_approval_may_be_the_first_thing_heard_of_a_return() -> None:
    (reading,) = read(asn("approved"))
    assert reading.facts == (f.ReturnInitiated(SHIRT), f.RefundApproved(SHIRT, NOW))
    assert reading.initiated_at is None


def test_an_approval_is_never_read_as_a_drop_off() -> None:
    (reading,) = read(asn("approved"))
    assert not any(isinstance(fact, f.ItemDroppedOff) for fact in reading.facts)


def test_of_two_drop_off_methods_the_newest_counts() -> None:
    (reading,) = read(asn(others=((DROPOFF, "mail"), (DROPOFF, "return-bar"))))
    assert [fact.method for fact in reading.facts if isinstance(fact, f.DropOffChosen)] == ["mail"]


def test_an_expired_return_is_told_of_each_of_its_units() -> None:
    body = asn("expired", items=[item(), item(orderLineItemID="12345-1-2")])
    (reading,) = read(body)
    assert [fact.unit.offset for fact in reading.facts if isinstance(fact, f.ReturnExpired)] == [0, 1]


@pytest.mark.parametrize("word", ["dropped_off", "dropped-off", "droppedOff", "dropoff", "Dropped Off"])
def test_every_likely_spelling_of_dropped_off_means_it(word: str) -> None:
    (reading,) = read(asn(word))
    assert f.ItemDroppedOff(SHIRT, NOW) in reading.facts


@pytest.mark.parametrize("word", ["approved", "approved_for_refund", "approved-for-refund", "approvedForRefund"])
def test_every_likely_spelling_of_approved_means_it(word: str) -> None:
    (reading,) = read(asn(word))
    assert f.RefundApproved(SHIRT, NOW) in reading.facts


def test_an_unknown_state_stops_the_whole_message_until_it_is_given_a_meaning() -> None:
    body = asn("approved", others=((STATUS, "held_for_audit"),))
    with pytest.raises(UnknownValue, match="typeID has the unknown value 'held_for_audit'"):
        read(body)
    (reading,) = read(body, meanings={"heldForAudit": "ignored"})
    assert f.RefundApproved(SHIRT, NOW) in reading.facts
    (reading,) = read(body, meanings={"held_for_audit": "dropped-off"})
    assert f.ItemDroppedOff(SHIRT, NOW) in reading.facts


@pytest.mark.parametrize(
    ("meaning", "fact"), [("held", f.RefundHeld), ("released", f.RefundReleased), ("declined", f.RefundDeclined)]
)
def test_a_word_of_ones_own_may_mean_that_a_refund_is_held_released_or_declined(
    meaning: str, fact: type[f.RefundHeld | f.RefundReleased | f.RefundDeclined]
) -> None:
    (reading,) = read(asn("risk_review"), meanings={"risk_review": meaning})
    assert fact(SHIRT, NOW) in reading.facts


def test_an_unknown_event_or_drop_off_method_is_named() -> None:
    with pytest.raises(UnknownValue) as unknown:
        read({"event": "return_refund_failed", "items": []})
    assert (unknown.value.field_name, unknown.value.value) == ("event", "return_refund_failed")
    with pytest.raises(UnknownValue, match="locker"):
        read(asn("locker", event=DROPOFF))
    (reading,) = read(asn("locker", event=DROPOFF), dropoff_methods={"locker": "in-store"})
    assert f.DropOffChosen("in-store", NOW) in reading.facts
    assert read({"event": "return_refund_failed", "items": []}, events={"return_refund_failed": "ignored"}) == ()


def test_a_message_about_another_retailer_is_not_ours() -> None:
    with pytest.raises(Unreadable, match="is about someone-else"):
        read(asn(retailerID="someone-else"))


def test_units_of_one_line_are_told_apart_by_their_place_whatever_the_quantity_says() -> None:
    (first,) = read(asn(items=[item(orderLineItemID="12345-0-2")]))
    (second,) = read(asn(items=[item(orderLineItemID="12345-0-3")]))
    assert first.facts == second.facts


@pytest.mark.parametrize(
    ("given", "line", "offset"),
    [
        ("12345", "12345", 0),
        ("12345-1-2", "12345", 1),
        ("13377523220546-0-5", "13377523220546", 0),
        ("A-2-2", "A-2-2", 0),
        ("gid-12-7-9", "gid-12", 7),
        ("-0-1", "-0-1", 0),
        ("a-0-9999999", "a-0-9999999", 0),
        ("12345-0-0", "12345-0-0", 0),
    ],
)
def test_a_suffix_is_only_what_can_be_one(given: str, line: str, offset: int) -> None:
    assert split_line(given) == (line, offset)


def test_two_units_with_one_name_are_not_silently_one() -> None:
    with pytest.raises(Unreadable, match="two units of order SHOP-1001 have the same name"):
        read(asn(items=[item(orderLineItemID="12346"), item(orderLineItemID="12346")]))


def test_a_unit_without_a_line_is_named_by_its_item_id_or_its_sku() -> None:
    (reading,) = read(asn(items=[item(orderLineItemID=None), item(orderLineItemID="", happyReturnsItemID="i-2")]))
    assert [fact.unit for fact in reading.facts if isinstance(fact, f.ReturnInitiated)] == [
        f.UnitName("SHOP-1001", None, 0, None, "SHIRT-M"),
        f.UnitName("SHOP-1001", None, 0, "i-2", "SHIRT-M"),
    ]
    with pytest.raises(Unreadable, match="at items/0"):
        read(asn(items=[item(orderLineItemID=None, sku=None)]))


def test_a_missing_sku_leaves_the_variant_or_the_upc_to_find_the_product_by() -> None:
    (reading,) = read(asn(items=[item(sku=None, productVariantID=None, upc="019")]))
    assert reading.facts[0] == f.ReturnInitiated(f.UnitName("SHOP-1001", "12345"), product="019", at=NOW)


def test_numbers_where_text_is_documented_are_read_as_text() -> None:
    (reading,) = read(asn(items=[item(orderNumber=1001, orderLineItemID=12345)]))
    assert reading.facts[0] == f.ReturnInitiated(f.UnitName("1001", "12345", sku="SHIRT-M"), at=NOW)


def test_a_product_barcode_is_no_name_of_the_return() -> None:
    (reading,) = read(asn(items=[item(labelBarcode="SKDFHWEW-DKFD", externalRMAID="RMA1")]))
    assert reading.names == (Name("return", "r-1"), Name("rma", "RMA1"))


def test_a_label_ties_a_bag_to_the_return_id_and_the_express_code() -> None:
    body = {
        "event": "return_label_update",
        "typeID": "",
        "retailerID": "modern-retailer",
        "webhookType": "return.label.update",
        "labelID": "HR2ABCDEFGHI",
        "happyReturnsReturnID": "r-1",
        "happyReturnsExpressCode": "HRVPBGPR",
    }
    (reading,) = read(body)
    assert reading.names == (Name("return", "r-1"), Name("express", "HRVPBGPR"), Name("bag", "HR2ABCDEFGHI"))
    assert reading.facts == (f.BagLabelled("HR2ABCDEFGHI", NOW),)
    with pytest.raises(Unreadable, match="names no return"):
        read({**body, "happyReturnsReturnID": None, "happyReturnsExpressCode": ""})


def row(**more: Any) -> dict[str, Any]:
    """A row of outbound_shipment.asn."""
    return {
        "orderNumber": "SHOP-1001",
        "orderLineItemID": "12345-0-2",
        "sku": "SHIRT-M",
        "startedDate": "2026-11-01T10:00:00Z",
        "approvedDate": "2026-11-02T10:00:00-05:00",
        "departureDate": "2026-11-03",
        "tracking": "1Z",
        "happyReturnsRetailerID": "modern-retailer",
        "happyReturnsExpressCode": "HRVPBGPR",
        "happyReturnsItemID": "i-1",
        "inspectionOutcome": "passed",
        **more,
    }


def test_a_shipment_row_says_what_was_missed_and_that_the_unit_is_on_its_way() -> None:
    (reading,) = read([row()])
    assert reading.names == (Name("express", "HRVPBGPR"),)
    assert [type(fact) for fact in reading.facts] == [f.ReturnInitiated, f.RefundApproved, f.ItemShippedToWarehouse]
    initiated, approved, shipped = reading.facts
    assert isinstance(approved, f.RefundApproved)
    assert str(approved.at) == "2026-11-02 15:00:00+00:00"
    assert isinstance(shipped, f.ItemShippedToWarehouse)
    assert (shipped.shipment, str(shipped.at)) == ("1Z", "2026-11-03 00:00:00+00:00")
    assert str(reading.initiated_at) == "2026-11-01 10:00:00+00:00"
    assert isinstance(initiated, f.ReturnInitiated)
    assert initiated.unit == f.UnitName("SHOP-1001", "12345", 0, "i-1", "SHIRT-M")


def test_a_shipment_moves_nothing_into_stock_whatever_the_hub_found() -> None:
    (reading,) = read([row(inspectionOutcome="sellable")])
    assert not any(isinstance(fact, f.ItemReceived | f.ItemInspected) for fact in reading.facts)


def test_a_shipment_of_many_returns_is_read_per_return_and_order() -> None:
    rows = [
        row(),
        row(orderLineItemID="12345-1-2", happyReturnsItemID="i-2"),
        row(orderNumber="SHOP-1002", happyReturnsItemID="i-3"),
        row(happyReturnsExpressCode="HROTHER1", happyReturnsItemID="i-4"),
        row(happyReturnsExpressCode=None, approvedDate=None, happyReturnsItemID="i-5"),
    ]
    readings = read(rows)
    assert [(reading.names, reading.order) for reading in readings] == [
        ((Name("express", "HRVPBGPR"),), "SHOP-1001"),
        ((Name("express", "HRVPBGPR"),), "SHOP-1002"),
        ((Name("express", "HROTHER1"),), "SHOP-1001"),
        ((), "SHOP-1001"),
    ]
    assert not any(isinstance(fact, f.RefundApproved) for fact in readings[3].facts)


def test_a_polled_return_only_says_that_its_units_exist_and_ties_the_code_asked_for() -> None:
    body = {"asked": {"happyReturnsExpressCode": "HRVPBGPR"}, "items": [item()]}
    (reading,) = read(body, "return.polled")
    assert reading.names == (Name("return", "r-1"), Name("express", "HRVPBGPR"))
    assert reading.facts == (f.ReturnInitiated(SHIRT),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"event": NaN}',
        b"{}",
        b'"text"',
        b"[1]",
        json.dumps(asn(items=[])).encode(),
        json.dumps(asn(items=[item(orderNumber="SHOP\x00")])).encode(),
        json.dumps(asn(items=[item(orderNumber="\ud800")])).encode(),
        json.dumps([row(departureDate="yesterday")]).encode(),
    ],
)
def test_an_unreadable_body_is_named_as_such(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_what_is_wrong_is_said_without_repeating_the_shopper_s_address() -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(asn(items=[item(orderNumber=["shopper@example.com"])]))
    assert "items/0/orderNumber" in str(unreadable.value)
    assert "shopper" not in str(unreadable.value)


FIELDS = {"event", "typeID", "retailerID", "otherEvents", "items", "webhookType", "labelID", "rows", "asked"}
VALUES = {"modern-retailer", "started", STATUS, DROPOFF, "return-bar", "return.label.update", "2026-11-03", "/", "~"}
WORDS = st.sampled_from(sorted({*item(), *FIELDS, *VALUES, "happyReturnsExpressCode", "departureDate"}))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6), max_leaves=30
)
MAPPED = {
    "item_id": "/sku",
    "refund_id": "/orderNumber",
    "refund_amount": "/orderLineItemID",
    "refund_currency": "$/event",
    "replacement_sku": "/items/0",
    "disposition": "$/rows/0/sku",
    "dropped_off_at": "/departureDate",
}


def read_all(content: Any, **more: Any) -> None:
    """Read it as every kind there is."""
    chosen = settings(**more)
    for reads in connector.reads:
        try:
            reads.read(Message("shop", json.dumps(content).encode(), NOW, kind=reads.kind), chosen)
        except (Unreadable, UnknownValue):
            continue


@given(JSON)
def test_whatever_arrives_ends_in_facts_or_a_named_error(content: Any) -> None:
    read_all(content)
    read_all(content, mapping=MAPPED)


@given(st.dictionaries(WORDS, JSON, max_size=6))
def test_whatever_an_item_holds_ends_in_facts_or_a_named_error(more: dict[str, Any]) -> None:
    body = asn(items=[{**item(), **more}])
    for content in (body, [{**row(), **more}], {"items": body["items"]}, {"rows": [{**row(), **more}]}):
        read_all(content)
        read_all(content, mapping=MAPPED)


@given(st.binary(max_size=200))
def test_whatever_bytes_arrive_end_in_facts_or_a_named_error(body: bytes) -> None:
    with pytest.raises((Unreadable, UnknownValue)):
        read(b"{" + body)


def test_the_kind_a_poll_gave_is_the_kind() -> None:
    assert connector.identify is not None
    assert connector.identify(message({}, "return.polled"), settings()) == "return.polled"
