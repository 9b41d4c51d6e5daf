"""A return through the platform, a real Medusa and a real Tryton: both books and both stocks agree in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest

from backhaul.sandbox.medusa import Medusa
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.medusa_desk import Desk
from tests.support.medusa_ear import Ear
from tests.support.medusa_street import OURS, MedusaStreet, medusa_street

pytestmark = [pytest.mark.real, pytest.mark.slow]
Open = Callable[..., MedusaStreet]


@pytest.fixture
def open_street(db: object, medusa: Medusa, ear: Ear, till: Till) -> Iterator[Open]:
    """`open_street(**policy)`: both shops, and a deployment for them."""
    with ExitStack() as stack:
        yield lambda **policy: stack.enter_context(medusa_street(medusa, ear, till=till, **policy))


def credited(office: BackOffice, number: str) -> Decimal:
    """What Tryton's credit notes of an order come to; each is posted and paid out in full, or was cancelled."""
    notes = [note for note in office.credit_notes(number) if note.state != "cancelled"]
    assert all(note.state in ("posted", "paid") for note in notes), notes
    assert all(abs(note.paid) == abs(note.total) for note in notes), notes
    return -sum((note.total for note in notes), Decimal(0))


def test_refund_credit_note_and_stock_agree_in_both(open_street: Open, office: BackOffice) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1001")
    shirt, jeans = sold.lines
    stock, books = street.counter.stock("SHIRT-M"), office.stock("SHIRT-M")
    street.start(sold, (shirt, 2), (jeans, 1))
    street.work()
    assert street.refunded(sold) == 4320 + 6480
    assert credited(office, street.number(sold)) == Decimal("108.00")
    (announced,) = office.return_sales(street.number(sold))
    assert announced.units == {"SHIRT-M": 2, "JEANS-32": 1}
    assert street.counter.stock("SHIRT-M") == stock, "in transit nothing is for sale"
    street.count("receipt", shirt, sold, 2)
    street.count("inspection", shirt, sold, 1, "sellable")
    street.count("inspection", shirt, sold, 1, "damaged", 2)
    street.arrive(jeans, sold, 1)
    street.settle()
    moved = office.moved("SHIRT-M", books)
    assert (moved["STO"], moved["DAMAGED"]) == (1, 1), moved
    assert street.counter.stock("SHIRT-M") == stock + 1
    assert [one["status"] for one in street.counter.returns(sold.id)] == ["received"]
    assert street.marks(sold) == {("inspected", "refunded")}
    assert street.closed() == [True], street.problems()
    assert street.problems() == []


def test_partial_receipts_of_one_line_come_to_the_same_in_both(open_street: Open, office: BackOffice) -> None:
    street = open_street(refund_owner="backhaul", stock_owners={"*": "storefront"})
    sold = street.seeded("SHOP-1005")
    stock, books = street.counter.stock("SHIRT-M"), office.stock("SHIRT-M")
    for total in street.one_by_one(sold, 3):
        assert street.counter.stock("SHIRT-M") == stock + total
        assert office.moved("SHIRT-M", books)["STO"] == total
    assert credited(office, street.number(sold)) == Decimal("64.80")
    assert street.refunded(sold) == 6480
    assert street.closed() == [True], street.problems()


def test_a_refund_made_by_hand_at_the_storefront_is_credited_in_the_erp(
    open_street: Open, desk: Desk, office: BackOffice
) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1005")
    desk.refund(sold.payment, 2160, "for one shirt")
    street.start(sold, (sold.lines[0], 1))
    street.work()
    street.arrive(sold.lines[0], sold, 1)
    street.settle()
    assert street.standing("issue-refund") == []
    assert (street.refunded(sold), credited(office, street.number(sold))) == (2160, Decimal("21.60"))
    assert street.closed() == [True], street.problems()


def test_a_replacement_is_an_order_of_price_zero_in_both(open_street: Open, office: BackOffice) -> None:
    street = open_street(**OURS, exchange_owner="backhaul", exchange_at="both")
    sold = street.seeded("SHOP-1005")
    (shirt,) = sold.lines
    name = street.start(sold, (shirt, 1))
    street.exchange(sold, name, shirt, "SHIRT-L")
    street.work()
    assert [(one["variant_sku"], one["unit_price"]) for one in street.counter.order(sold.id)["items"]] == [
        ("SHIRT-M", 20),
        ("SHIRT-L", 0),
    ]
    made: list[Any] = [["description", "like", f"create-exchange-order:%:{street.number(sold)}:%"]]
    (replacement,) = office.find("sale.sale", made, "total_amount", "lines.product.code", "lines.quantity")
    assert replacement["total_amount"] == 0
    assert [(line["product"]["code"], line["quantity"]) for line in replacement["lines"] if line["product"]] == [
        ("SHIRT-L", 1)
    ]
    street.arrive(shirt, sold, 1)
    street.settle()
    assert (street.refunded(sold), credited(office, street.number(sold))) == (0, Decimal(0))
    assert street.closed() == [True], street.problems()
