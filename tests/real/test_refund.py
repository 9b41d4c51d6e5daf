"""Scenario 1: a refund from its start to its closed authorisation, whoever receives and however it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.support.back_office import BackOffice, CreditNote
from tests.support.clerk import Till, receive_by_hand
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, inspect, receive, ship, start

pytestmark = pytest.mark.real

Build = Callable[..., House]
BY_MONEY = {"refund_confirmation": "money"}
BY_APPROVAL = {"refund_confirmation": "approval"}
ERP_RECEIVES = {"receipt_authority": "erp"}


def the_note(office: BackOffice, order: str) -> CreditNote:
    (note,) = office.credit_notes(order)
    return note


def test_a_stated_refund_with_the_warehouse_receiving(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build(BY_MONEY)
    before = office.stock("BELT-90")

    return_id = start(house, order, BELT_90=1)
    (authorisation,) = office.return_sales(order)
    assert (authorisation.state, authorisation.units) == ("processing", {"BELT-90": 1})
    assert authorisation.label == return_id
    assert [shipment.state for shipment in authorisation.shipments] == ["draft"]

    drop_off(house, return_id)
    assert office.credit_notes(order) == []

    house.refund(order, 1358, fee={"minor": 100, "currency": "USD"})
    note = the_note(office, order)
    # Three belts of 15.00 less 10 %, and 8 % tax: one of them was paid 13.50 and 1.08.
    assert (note.state, note.total, note.tax) == ("paid", Decimal("-13.58"), Decimal("-1.08"))
    assert (note.line("BELT-90").quantity, note.line("BELT-90").amount) == (-1, Decimal("-13.50"))
    assert (note.line("Return fee").quantity, note.line("Return fee").amount) == (1, Decimal("1.00"))
    assert len(note.lines) == 2
    assert note.paid == Decimal("13.58")
    assert note.label == return_id

    ship(house, return_id)
    assert office.moved("BELT-90", before) == {}
    receive(house, order, BELT_90=1)
    assert office.moved("BELT-90", before) == {"CUS": -1, "INSP": 1}
    inspect(house, order, "BELT-90", {"sellable": 1})
    assert office.moved("BELT-90", before) == {"CUS": -1, "INSP": 1}
    assert not house.returns()[0]["closed"]

    house.flush()
    assert office.moved("BELT-90", before) == {"CUS": -1, "STO": 1}
    (authorisation,) = office.return_sales(order)
    assert authorisation.state == "done"
    assert [shipment.state for shipment in authorisation.shipments] == ["done"]
    assert at_rest(house, order)
    assert the_note(office, order) == note


def test_a_stated_refund_with_the_erp_receiving(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build(BY_MONEY | ERP_RECEIVES)
    before = office.stock("BELT-90")
    return_id = start(house, order, BELT_90=2)
    (authorisation,) = office.return_sales(order)
    drop_off(house, return_id)
    house.refund(order, 2 * 1458)
    assert the_note(office, order).total == Decimal("-29.16")
    ship(house, return_id)
    house.poll("erp")
    assert office.moved("BELT-90", before) == {}

    receive_by_hand(office, authorisation.shipments[0].id, {"BELT-90": {"STO": 2}})
    house.poll("erp")
    house.flush()
    assert office.moved("BELT-90", before) == {"CUS": -2, "STO": 2}
    (authorisation,) = office.return_sales(order)
    assert authorisation.state == "done"
    assert [(one.state, one.units) for one in authorisation.shipments] == [("done", {"BELT-90": 2})]
    assert at_rest(house, order)
    house.poll("erp")
    assert house.verbs().keys() == {
        "look-up-order", "open-return-authorisation", "issue-credit-note", "record-refund",
        "close-return-authorisation",
    }  # fmt: skip


def test_an_approval_with_the_warehouse_receiving(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build(BY_APPROVAL | {"fees": {"return-bar": {"USD": 250}}})
    before = office.stock("BELT-90")
    return_id = start(house, order, BELT_90=2)
    assert office.credit_notes(order) == []
    drop_off(house, return_id)
    note = the_note(office, order)
    assert (note.state, note.total, note.tax, note.label) == ("paid", Decimal("-26.66"), Decimal("-2.16"), return_id)
    assert note.line("Return fee").amount == Decimal("2.50")
    ship(house, return_id)
    assert office.moved("BELT-90", before) == {}
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"sellable": 2})
    house.flush()
    assert office.moved("BELT-90", before) == {"CUS": -2, "STO": 2}
    assert office.return_sales(order)[0].state == "done"
    assert at_rest(house, order)


def test_an_approval_with_the_erp_receiving(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(MUG=1), build(BY_APPROVAL | ERP_RECEIVES)
    before = office.stock("MUG")
    return_id = start(house, order, MUG=1)
    drop_off(house, return_id)
    assert the_note(office, order).total == Decimal("-12.96")
    ship(house, return_id)
    (authorisation,) = office.return_sales(order)
    receive_by_hand(office, authorisation.shipments[0].id, {"MUG": {"DAMAGED": 1}})
    house.poll("erp")
    house.flush()
    assert office.moved("MUG", before) == {"CUS": -1, "DAMAGED": 1}
    assert office.return_sales(order)[0].state == "done"
    assert at_rest(house, order)


def test_a_stated_amount_that_was_approved_already_makes_no_other_document(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(JEANS_32=2, off=10), build(BY_APPROVAL)
    drop_off(house, start(house, order, JEANS_32=1))
    note = the_note(office, order)
    house.refund(order, 5832)
    assert office.credit_notes(order) == [note]
    assert house.open_exceptions() == []


@pytest.mark.parametrize(("stated", "correction"), [(5700, Decimal("1.32")), (5900, Decimal("-0.68"))])
def test_a_stated_amount_that_differs_from_what_was_approved_is_corrected_by_a_document(
    build: Build, office: BackOffice, till: Till, stated: int, correction: Decimal
) -> None:
    order, house = till.order(JEANS_32=2, off=10), build(BY_APPROVAL)
    drop_off(house, start(house, order, JEANS_32=1))
    house.refund(order, stated)
    first, second = office.credit_notes(order)
    assert (first.total, first.state) == (Decimal("-58.32"), "paid")
    assert (second.total, second.state, second.paid) == (correction, "paid", -correction)
    assert -(first.total + second.total) * 100 == stated
    house.decide_again()
    house.work()
    assert office.credit_notes(order) == [first, second]


def test_two_refunds_for_the_two_units_of_a_return(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build(BY_MONEY)
    drop_off(house, start(house, order, BELT_90=2))
    house.refund(order, 1458)
    assert [note.total for note in office.credit_notes(order)] == [Decimal("-14.58")]
    house.refund(order, 1408, fee={"minor": 50, "currency": "USD"})
    first, second = office.credit_notes(order)
    assert (first.total, second.total) == (Decimal("-14.58"), Decimal("-14.08"))
    assert {note.line("BELT-90").quantity for note in (first, second)} == {-1}
    assert {note.state for note in (first, second)} == {"paid"}
    assert first.key != second.key
    assert len(office.return_sales(order)) == 1
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"sellable": 2})
    house.flush()
    assert at_rest(house, order)


def test_pending_money_is_credited_when_it_has_moved(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1), build(BY_MONEY)
    drop_off(house, start(house, order, SHIRT_M=1))
    house.refund(order, 2160, refund_id="re-pending", state="pending", sequence=1)
    assert office.credit_notes(order) == []
    house.refund(order, 2160, refund_id="re-pending", state="succeeded", sequence=2)
    note = the_note(office, order)
    assert (note.total, note.state) == (Decimal("-21.60"), "paid")
    house.refund(order, 2160, refund_id="re-pending", state="pending", sequence=1)
    assert office.credit_notes(order) == [note]


def test_failed_money_is_not_credited_until_it_succeeds(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1), build(BY_MONEY)
    drop_off(house, start(house, order, SHIRT_M=1))
    house.refund(order, 2160, refund_id="re-f", state="failed", reason="card expired", sequence=1)
    assert office.credit_notes(order) == []
    ((kind, cause),) = house.open_exceptions()
    assert kind == "refund-failed"
    assert "card expired" in cause
    house.refund(order, 2160, refund_id="re-g")
    assert the_note(office, order).total == Decimal("-21.60")
    assert house.open_exceptions() == []


def test_lines_of_several_products_are_credited_with_the_tax_of_each(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(JEANS_32=2, off=10), build(BY_MONEY)
    drop_off(house, start(house, order, JEANS_32=1, BELT_90=1))
    # Jeans of 60.00 less 10 % and the belt of 15.00, both with 8 % tax, less 5.00 of return fee.
    house.refund(order, 5832 + 1620 - 500, fee={"minor": 500, "currency": "USD"})
    note = the_note(office, order)
    assert (note.total, note.tax) == (Decimal("-69.52"), Decimal("-5.52"))
    assert {line.what: line.amount for line in note.lines} == {
        "JEANS-32": Decimal("-54.00"), "BELT-90": Decimal("-15.00"), "Return fee": Decimal("5.00"),
    }  # fmt: skip


def test_money_that_is_off_is_credited_as_it_moved_and_a_person_hears_of_it(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(MUG=1), build(BY_MONEY)
    drop_off(house, start(house, order, MUG=1))
    house.refund(order, 1196)
    note = the_note(office, order)
    assert (note.total, note.line("Refund difference").amount) == (Decimal("-11.96"), Decimal("1.00"))
    assert [kind for kind, _ in house.open_exceptions()] == ["amount-differs"]
