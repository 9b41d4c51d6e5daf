"""What the platform decides after it approved a refund, on a real Tryton."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import drop_off, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def test_what_was_credited_on_a_word_that_is_taken_back_is_taken_back_by_a_document_of_its_own(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build({"refund_confirmation": "approval"})
    drop_off(house, start(house, order, BELT_90=1))
    (note,) = office.credit_notes(order)
    assert note.total == Decimal("-16.20")
    house.money("approval", order, state="declined", units=[{"sku": "BELT-90"}])
    assert sum(one.total for one in office.credit_notes(order)) == Decimal(0)
    assert all(one.state == "paid" for one in office.credit_notes(order))
    assert [kind for kind, _ in house.open_exceptions()] == ["refund-declined"]
    assert not [held for (account, _), held in house.balances().items() if account.startswith("clearing")]


def test_a_refund_that_is_held_for_an_audit_is_credited_when_it_is_released(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build({"refund_confirmation": "approval"})
    return_id = start(house, order, BELT_90=1)
    house.money("approval", order, state="held", units=[{"sku": "BELT-90"}])
    drop_off(house, return_id)
    assert not office.credit_notes(order)
    house.money("approval", order, state="released", units=[{"sku": "BELT-90"}])
    (note,) = office.credit_notes(order)
    assert note.total == Decimal("-16.20")
