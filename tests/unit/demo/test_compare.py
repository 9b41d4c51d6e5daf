"""The check of Tryton's books finds what is missing, doubled, wrong or not asked for, and names it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from backhaul.demo.books import Books, CreditNote, ExchangeOrder, InternalMove, Receipt, ReturnSale
from backhaul.demo.compare import Finding, compare
from backhaul.demo.expected import Expected, expected
from backhaul.demo.tales import Back, Ending, Scenario, Swap, Tale

ORDERS = {
    "SHOP-1": {"lines": [{"sku": "SHIRT-M", "quantity": 2, "unit_price": "20"}]},
    "SHOP-2": {"lines": [{"sku": "SET", "quantity": 1, "unit_price": "27"}]},
}
RATE = Decimal("0.08")
BEFORE = {("STO", "SHIRT-M"): 10, ("STO", "SOCK"): 10, ("DAMAGED", "SHIRT-M"): 0}
SHIRTS = Tale(Scenario.STATED, "SHOP-1", (Back("SHIRT-M", 2, {"sellable": 1, "damaged": 1}),), fee_minor=100)
KIT = Tale(Scenario.STATED, "SHOP-2", (Back("SET"),))


def wanted() -> list[Expected]:
    return [expected(SHIRTS, ["HR1"], ORDERS, RATE), expected(KIT, ["HR2"], ORDERS, RATE)]


def right() -> Books:
    """Two returns as they must stand in the books: 2 x 20.00 + 3.20 tax - 1.00 fee, and 27.00 + 2.16 tax."""
    return Books(
        sales=(
            ReturnSale(1, "SHOP-1", "HR1", "done", {"SHIRT-M": 2}),
            ReturnSale(2, "SHOP-2", "HR2", "done", {"SET": 1}),
        ),
        receipts=(
            Receipt(1, 1, "done", {"SHIRT-M": 2}, {("INSP", "SHIRT-M"): 2}),
            Receipt(2, 2, "done", {"SHIRT-M": 1, "SOCK": 2}, {("INSP", "SHIRT-M"): 1, ("INSP", "SOCK"): 2}),
        ),
        moves=(
            InternalMove(1, "done", {("INSP", "DAMAGED", "SHIRT-M"): 1}),
            InternalMove(2, "done", {("INSP", "STO", "SHIRT-M"): 2, ("INSP", "STO", "SOCK"): 2}),
        ),
        notes=(
            CreditNote(1, "HR1", "paid", 4220, 320, 100, 4220, {"SHIRT-M": 2}),
            CreditNote(2, "HR2", "paid", 2916, 216, 0, 2916, {"SET": 1}),
        ),
        payments=2,
        stock={("STO", "SHIRT-M"): 12, ("STO", "SOCK"): 12, ("DAMAGED", "SHIRT-M"): 1},
    )


def with_(books: Books, kind: str, documents: tuple[Any, ...]) -> Books:
    return replace(books, **{kind: documents})  # type: ignore[arg-type]


def findings(books: Books) -> list[tuple[str, str, str]]:
    return [(one.sort, one.what, one.about) for one in compare(wanted(), books, BEFORE)]


def test_right_books_have_no_findings() -> None:
    assert compare(wanted(), right(), BEFORE) == ()


@pytest.mark.parametrize(
    ("kind", "what", "about"),
    [("sales", "return sale", "SHOP-2"), ("receipts", "return shipment", "SHOP-2"), ("notes", "credit note", "SHOP-2")],
)
def test_a_missing_document_is_named(kind: str, what: str, about: str) -> None:
    books = right()
    fewer = with_(books, kind, getattr(books, kind)[:1])
    assert ("missing", what, about) in findings(fewer)


@pytest.mark.parametrize(
    ("kind", "what", "about"),
    [("sales", "return sale", "SHOP-2"), ("receipts", "return shipment", "SHOP-2"), ("notes", "credit note", "SHOP-2")],
)
def test_a_doubled_document_is_named(kind: str, what: str, about: str) -> None:
    books = right()
    documents = getattr(books, kind)
    assert ("doubled", what, about) in findings(with_(books, kind, (*documents, replace(documents[1], id=9))))


@pytest.mark.parametrize(
    "mistake",
    [
        {"total_minor": 4219}, {"tax_minor": 319}, {"fee_minor": 0}, {"paid_minor": 0}, {"state": "posted"},
        {"units": {"SHIRT-M": 1}},
    ],
)  # fmt: skip
def test_a_credit_note_that_is_a_cent_or_a_unit_off_is_named(mistake: dict[str, object]) -> None:
    books = right()
    note = replace(books.notes[0], **mistake)  # type: ignore[arg-type]
    assert findings(replace(books, notes=(note, books.notes[1]))) == [("wrong", "credit note", "SHOP-1")]


def test_goods_received_into_the_wrong_location_are_named() -> None:
    books = right()
    straight = replace(books.receipts[0], placed={("STO", "SHIRT-M"): 2})
    assert findings(replace(books, receipts=(straight, books.receipts[1]))) == [("wrong", "location", "SHOP-1")]


def test_a_damaged_unit_in_sellable_stock_is_named_by_its_route_and_by_both_levels() -> None:
    books = right()
    moves = (InternalMove(2, "done", {("INSP", "STO", "SHIRT-M"): 3, ("INSP", "STO", "SOCK"): 2}),)
    stock = {("STO", "SHIRT-M"): 13, ("STO", "SOCK"): 12, ("DAMAGED", "SHIRT-M"): 0}
    assert findings(replace(books, moves=moves, stock=stock)) == [
        ("missing", "internal shipment", "INSP to DAMAGED"),
        ("doubled", "internal shipment", "INSP to STO"),
        ("wrong", "stock", "DAMAGED"),
        ("wrong", "stock", "STO"),
    ]


def test_a_flush_that_was_sent_twice_is_named() -> None:
    books = right()
    again = replace(books.moves[1], id=3)
    stock = {**books.stock, ("STO", "SHIRT-M"): 14, ("STO", "SOCK"): 14}
    assert ("doubled", "internal shipment", "INSP to STO") in findings(
        replace(books, moves=(*books.moves, again), stock=stock)
    )


def test_a_shipment_that_is_not_done_is_named_even_where_its_pieces_are_right() -> None:
    books = right()
    stuck = replace(books.moves[1], state="waiting")
    assert findings(replace(books, moves=(books.moves[0], stuck))) == [("wrong", "internal shipment", "number 2")]


@pytest.mark.parametrize(("payments", "sort"), [(1, "missing"), (3, "doubled")])
def test_a_payment_too_few_or_too_many_is_named(payments: int, sort: str) -> None:
    assert findings(replace(right(), payments=payments)) == [(sort, "payment", "all")]


def test_a_document_no_return_asked_for_is_named() -> None:
    books = right()
    note = CreditNote(9, "HR9", "paid", 100, 0, 0, 100, {})
    sale = ReturnSale(9, "SHOP-9", "HR9", "done", {"MUG": 1})
    found = findings(replace(books, notes=(*books.notes, note), sales=(*books.sales, sale)))
    assert found == [("unexpected", "return sale", "SHOP-9"), ("unexpected", "credit note", "HR9")]


def test_an_authorisation_for_other_units_or_left_open_is_named() -> None:
    books = right()
    sale = replace(books.sales[0], units={"SHIRT-M": 1}, state="processing")
    assert findings(replace(books, sales=(sale, books.sales[1]))) == [("wrong", "return sale", "SHOP-1")] * 2


def test_a_finding_reads_as_a_sentence() -> None:
    finding = Finding("missing", "credit note", "SHOP-1", "nothing credits 42.20 USD")
    assert str(finding) == "missing: credit note of SHOP-1: nothing credits 42.20 USD"


SWAP = Tale(Scenario.EXCHANGES, "SHOP-1", (Back("SHIRT-M"),), swap=Swap("MUG"))
CHEAPER = replace(SWAP, swap=Swap("SOCK", 540))
SWAPPED = Books(
    sales=(ReturnSale(1, "SHOP-1", "HR1", "done", {"SHIRT-M": 1}),),
    swaps=(ExchangeOrder(7, "SHOP-1", 0, {"MUG": 1}, ("assigned",)),),
    receipts=(Receipt(1, 1, "done", {"SHIRT-M": 1}, {("INSP", "SHIRT-M"): 1}),),
    moves=(InternalMove(1, "done", {("INSP", "STO", "SHIRT-M"): 1}),),
    stock={("STO", "SHIRT-M"): 11, ("STO", "SOCK"): 10, ("DAMAGED", "SHIRT-M"): 0},
)


def of_swap(books: Books, tale: Tale = SWAP) -> list[tuple[str, str]]:
    found = compare([expected(tale, ["HR1"], ORDERS, RATE)], books, BEFORE)
    return [(one.sort, one.what) for one in found]


def test_an_even_exchange_has_one_order_and_no_credit_note() -> None:
    assert of_swap(SWAPPED) == []
    note = CreditNote(1, "HR1", "paid", 2160, 160, 0, 2160, {"SHIRT-M": 1})
    assert of_swap(replace(SWAPPED, notes=(note,))) == [("unexpected", "credit note")]


@pytest.mark.parametrize(
    ("swaps", "sort"),
    [
        ((), "missing"),
        ((*SWAPPED.swaps, replace(SWAPPED.swaps[0], id=8)), "doubled"),
        ((replace(SWAPPED.swaps[0], units={"MUG": 2}),), "wrong"),
        ((replace(SWAPPED.swaps[0], shipments=("waiting",)),), "wrong"),
        ((*SWAPPED.swaps, replace(SWAPPED.swaps[0], id=8, order="SHOP-9")), "unexpected"),
    ],
)
def test_an_exchange_order_that_is_not_as_it_must_be_is_named(swaps: tuple[ExchangeOrder, ...], sort: str) -> None:
    assert of_swap(replace(SWAPPED, swaps=swaps)) == [(sort, "exchange order")]


def test_a_cheaper_exchange_is_credited_with_what_is_left_of_price_and_tax() -> None:
    one = expected(CHEAPER, ["HR1"], ORDERS, RATE)
    assert (one.total_minor, one.tax_minor) == (1620, 120)


def test_what_was_missing_is_credited_and_neither_received_nor_moved() -> None:
    tale = Tale(Scenario.ABSENT, "SHOP-1", (Back("SHIRT-M", 2, {"sellable": 1, "missing": 1}),), fate="claimed")
    one = expected(tale, ["HR1"], ORDERS, RATE)
    assert (one.units, one.pieces, one.placed) == ({"SHIRT-M": 2}, {"SHIRT-M": 1}, {("STO", "SHIRT-M"): 1})
    assert one.total_minor == 4320
    assert not tale.stays_open
    assert replace(tale, fate="").stays_open


def test_a_part_of_a_set_is_worth_its_share_and_what_is_paid_beyond_is_credited_too() -> None:
    tale = Tale(Scenario.PARTS, "SHOP-2", (Back("SOCK"),), over_minor=2430)
    one = expected(tale, ["HR2"], ORDERS, RATE)
    assert (one.units, one.total_minor, one.tax_minor) == ({"SOCK": 1}, 450 + 36 + 2430, 36)


ENDED = Tale(Scenario.ENDINGS, "SHOP-1", (Back("SHIRT-M"),), ending=Ending.KEPT)
KEPT = Books(
    sales=(ReturnSale(1, "SHOP-1", "HR1", "done", {"SHIRT-M": 1}),),
    notes=(CreditNote(1, "HR1", "paid", 2160, 160, 0, 2160, {"SHIRT-M": 1}),),
    payments=1,
    stock=BEFORE,
)
UNPAID = replace(KEPT, notes=(), payments=0)


def test_what_the_shopper_keeps_is_credited_and_nothing_is_received() -> None:
    assert of_swap(KEPT, ENDED) == []
    receipt = Receipt(1, 1, "done", {"SHIRT-M": 1}, {("INSP", "SHIRT-M"): 1})
    assert of_swap(replace(KEPT, receipts=(receipt,)), ENDED) == [("unexpected", "return shipment")]


def test_what_is_called_off_is_neither_credited_nor_received() -> None:
    tale = replace(ENDED, ending=Ending.CALLED_OFF)
    assert of_swap(UNPAID, tale) == []
    assert of_swap(KEPT, tale) == [("unexpected", "credit note"), ("doubled", "payment")]


def test_what_is_declined_is_received_and_not_credited() -> None:
    tale = replace(ENDED, ending=Ending.DECLINED)
    came = replace(SWAPPED, swaps=())
    assert of_swap(came, tale) == []
    assert of_swap(UNPAID, tale) == [
        ("missing", "return shipment"),
        ("missing", "internal shipment"),
        ("wrong", "stock"),
    ]
