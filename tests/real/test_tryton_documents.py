"""Every pair of find and do of the Tryton connector on a real Tryton: the documents it makes, read back from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.values import id_of
from backhaul.domain import effects as e
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Later, Refused
from tests.support.tryton_story import Story, connect

pytestmark = [pytest.mark.real]


@pytest.fixture(scope="module")
def system(tryton: TrytonShop) -> Iterator[Tryton]:
    with closing(connect(tryton)) as system:
        yield system


def stock(system: Tryton, sku: str) -> dict[str, int]:
    """Units of a SKU by the code of the location they lie in."""
    moves = system.search(
        "stock.move",
        [["product.code", "=", sku], ["state", "=", "done"]],
        ["quantity", "from_location.code", "to_location.code"],
    )
    levels: dict[str, int] = {}
    for move in moves:
        levels[move["from_location"]["code"]] = levels.get(move["from_location"]["code"], 0) - int(move["quantity"])
        levels[move["to_location"]["code"]] = levels.get(move["to_location"]["code"], 0) + int(move["quantity"])
    return levels


def gained(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What changed between two counts, by location."""
    return {code: after[code] - before.get(code, 0) for code in after if after[code] != before.get(code, 0)}


def test_an_order_is_frozen_as_the_sale_document_says_it(system: Tryton) -> None:
    order = Story(system, "SHOP-1018", "look-1").look_up()
    shirt, mug = order.lines
    assert (shirt.sku, shirt.quantity, shirt.net_minor, shirt.tax_minor, shirt.discount_minor) == (
        "SHIRT-L", 3, 6000, 480, 0,
    )  # fmt: skip
    assert (mug.sku, mug.quantity, mug.net_minor, mug.tax_minor, mug.discount_minor, mug.unit_cost_minor) == (
        "MUG", 2, 2160, 173, 240, 400,
    )  # fmt: skip
    assert order.currency == "USD"
    assert order.extra["receivable"]
    assert order.extra["journal"]


def test_a_kit_is_frozen_with_the_components_the_sale_exploded(system: Tryton) -> None:
    kit = next(line for line in Story(system, "SHOP-1002", "look-2").look_up().lines if line.sku == "SET")
    assert [(one.sku, one.quantity, one.stand_alone_minor) for one in kit.components] == [
        ("SHIRT-M", 1, 2000),
        ("SOCK", 2, 500),
    ]


def test_an_order_tryton_does_not_have_is_refused_with_what_to_do(system: Tryton) -> None:
    story = Story(system, "SHOP-9999", "look-3")
    effect = e.LookUpOrder("look-3", "SHOP-9999")
    assert story.find(effect) == Absent()
    outcome = story.do(effect)
    assert isinstance(outcome, Refused)
    assert "enter it, then retry" in outcome.why


def test_a_refund_from_authorisation_to_closed(system: Tryton) -> None:
    story = Story(system, "SHOP-1008", "refund-1")
    lines = (story.line("SHIRT-L", 1), story.line("MUG", 1))
    before = stock(system, "SHIRT-L")
    opened = story.authorisation(*lines)
    sale = story.done(opened)
    read = system.read("sale.sale", id_of(sale), "state", "origin", "reference", "description", "invoices")
    assert (read["state"], read["reference"], read["description"]) == ("processing", e.key(opened), "HR-refund-1")
    assert read["invoices"] == []
    assert gained(before, stock(system, "SHIRT-L")) == {}

    note = story.credit(opened, "re_1", *lines, fee=500)
    invoice = story.done(note)
    credit = system.read("account.invoice", id_of(invoice), "state", "untaxed_amount", "tax_amount", "total_amount")
    assert credit["state"] == "posted"
    # 30.80 of goods less the fee; the mug's half of 1.73 tax was rounded up, so one cent is a rounding line.
    assert (credit["untaxed_amount"], credit["tax_amount"]) == (Decimal("-25.81"), Decimal("-2.46"))
    assert credit["total_amount"] == Decimal(-note.total_minor) / 100
    assert gained(before, stock(system, "SHIRT-L")) == {}

    story.done(story.refund(note))
    assert system.read("account.invoice", id_of(invoice), "state")["state"] == "paid"

    story.done(story.receipt(opened, *lines))
    assert gained(before, stock(system, "SHIRT-L")) == {"CUS": -1, "INSP": 1}
    story.done(story.put_away("damaged", "DAMAGED", lines[0]))
    assert gained(before, stock(system, "SHIRT-L")) == {"CUS": -1, "DAMAGED": 1}

    assert story.done(story.close(opened)) == sale
    assert system.read("sale.sale", id_of(sale), "state")["state"] == "done"


def test_the_goods_may_come_before_the_credit_note(system: Tryton) -> None:
    story = Story(system, "SHOP-1028", "goods-first")
    line = story.line("SHIRT-L", 2)
    opened = story.authorisation(line)
    story.done(opened)
    story.done(story.receipt(opened, line))
    open_still = story.do(story.close(opened))
    assert isinstance(open_still, Refused)
    assert "stays open" in open_still.why
    note = story.credit(opened, "re_2", line)
    story.done(note)
    story.done(story.refund(note))
    story.done(story.close(opened))


def test_two_refunds_of_one_return_make_two_credit_notes_of_their_own_units(system: Tryton) -> None:
    story = Story(system, "SHOP-1038", "two-refunds")
    both = story.line("SHIRT-L", 2)
    opened = story.authorisation(both)
    sale = story.done(opened)
    totals = []
    for refund, unit in (("re_a", story.line("SHIRT-L", 1)), ("re_b", story.line("SHIRT-L", 1, first=1))):
        note = story.credit(opened, refund, unit)
        story.done(note)
        story.done(story.refund(note))
        totals.append(note.total_minor)
    story.done(story.receipt(opened, both))
    story.done(story.close(opened))
    invoices = system.read("sale.sale", id_of(sale), "invoices.total_amount", "invoices.state")["invoices"]
    assert sorted(int(invoice["total_amount"] * 100) for invoice in invoices) == sorted(-total for total in totals)
    assert {invoice["state"] for invoice in invoices} == {"paid"}


def test_partial_receipts_leave_the_rest_to_be_received_later(system: Tryton) -> None:
    story = Story(system, "SHOP-1048", "partial")
    all_of_it = (story.line("SHIRT-L", 3), story.line("MUG", 2))
    before = stock(system, "SHIRT-L"), stock(system, "MUG")
    opened = story.authorisation(*all_of_it)
    story.done(opened)
    first = story.done(story.receipt(opened, story.line("SHIRT-L", 1)))
    second = story.done(story.receipt(opened, story.line("SHIRT-L", 2, first=1), story.line("MUG", 2)))
    assert first != second
    assert gained(before[0], stock(system, "SHIRT-L")) == {"CUS": -3, "INSP": 3}
    assert gained(before[1], stock(system, "MUG")) == {"CUS": -2, "INSP": 2}
    again = story.receipt(opened, story.line("SHIRT-L", 2))
    refused = story.do(again)
    assert isinstance(refused, Refused)
    assert "no open return shipment" in refused.why


def test_a_kit_comes_back_as_its_components_and_is_credited_whole(system: Tryton) -> None:
    story = Story(system, "SHOP-1012", "kit")
    kit = story.line("SET", 1)
    before = stock(system, "SHIRT-M"), stock(system, "SOCK")
    opened = story.authorisation(kit)
    story.done(opened)
    story.done(story.receipt(opened, kit))
    story.done(story.put_away("quarantine", "QUAR", kit))
    assert gained(before[0], stock(system, "SHIRT-M")) == {"CUS": -1, "QUAR": 1}
    assert gained(before[1], stock(system, "SOCK")) == {"CUS": -2, "QUAR": 2}
    note = story.credit(opened, "re_kit", kit)
    invoice = story.done(note)
    assert system.read("account.invoice", id_of(invoice), "total_amount")["total_amount"] == Decimal("-29.16")
    story.done(story.refund(note))
    story.done(story.close(opened))


def test_a_flush_raises_stock_for_many_returns_in_one_document(system: Tryton) -> None:
    members = []
    before = stock(system, "SHIRT-M"), stock(system, "JEANS-32")
    story = Story(system, "", "")
    for number, sku in (("SHOP-1011", "SHIRT-M"), ("SHOP-1021", "JEANS-32")):
        story = Story(system, number, f"flush-{sku}")
        line = story.line(sku, 1)
        opened = story.authorisation(line)
        story.done(opened)
        story.done(story.receipt(opened, line))
        members.append(e.FlushMember(f"restock:{number}", line.units[0], sku, "STO", None, line.extra))
    flush = e.FlushStock("MAIN-1", "MAIN", tuple(members))
    document = story.done(flush)
    assert gained(before[0], stock(system, "SHIRT-M")) == {"CUS": -1, "STO": 1}
    assert gained(before[1], stock(system, "JEANS-32")) == {"CUS": -1, "STO": 1}
    assert len(system.read("stock.shipment.internal", id_of(document), "moves")["moves"]) == 2


def test_a_flush_over_two_routes_is_two_documents_and_one_effect(system: Tryton) -> None:
    story = Story(system, "SHOP-1041", "two-routes")
    line = story.line("SHIRT-M", 2)
    opened = story.authorisation(line)
    story.done(opened)
    story.done(story.receipt(opened, line))
    story.done(story.put_away("quarantine", "QUAR", story.line("SHIRT-M", 1)))
    members = tuple(
        e.FlushMember(f"restock:{n}", unit, "SHIRT-M", "STO", source, line.extra)
        for n, (unit, source) in enumerate(zip(line.units, ("QUAR", None), strict=True))
    )
    flush = e.FlushStock("MAIN-2", "MAIN", members)
    before = stock(system, "SHIRT-M")
    documents = story.done(flush).split()
    assert len(documents) == 2
    assert gained(before, stock(system, "SHIRT-M")) == {"INSP": -1, "QUAR": -1, "STO": 2}
    assert story.find(flush) == Done(" ".join(documents))


def test_more_than_was_sold_is_refused_also_when_half_of_it_came_back_by_hand(system: Tryton) -> None:
    story = Story(system, "SHOP-1003", "over-1")
    story.done(story.authorisation(story.line("BELT-90", 2)))
    other = Story(system, "SHOP-1003", "over-2")
    refused = other.do(other.authorisation(other.line("BELT-90", 2, first=1)))
    assert isinstance(refused, Refused)
    assert refused.kind == "over-return"
    assert other.find(other.authorisation(other.line("BELT-90", 2, first=1))) == Absent()


def test_money_that_differs_from_the_goods_has_a_line_of_its_own(system: Tryton) -> None:
    story = Story(system, "SHOP-1013", "difference")
    line = story.line("BELT-90", 1)
    opened = story.authorisation(line)
    story.done(opened)
    note = story.credit(opened, "re_d", line, difference=250)
    invoice = story.done(note)
    read = system.read("account.invoice", id_of(invoice), "total_amount", "lines.description", "lines.amount")
    assert read["total_amount"] == Decimal(-note.total_minor) / 100
    assert {(line["description"], line["amount"]) for line in read["lines"] if line["description"]} == {
        ("Refund difference", Decimal("-2.50"))
    }


def test_a_cent_of_tax_that_rounds_otherwise_is_a_rounding_line(system: Tryton) -> None:
    story = Story(system, "SHOP-1023", "rounding")
    line = story.line("BELT-90", 1)
    opened = story.authorisation(line)
    story.done(opened)
    off = e.DocumentLine(line.order_line, line.sku, line.units, line.net_minor, line.tax_minor - 1, line.extra)
    note = story.credit(opened, "re_r", off)
    invoice = story.done(note)
    read = system.read("account.invoice", id_of(invoice), "total_amount", "lines.description", "lines.amount")
    assert read["total_amount"] == Decimal(-note.total_minor) / 100
    assert ("Rounding", Decimal("0.01")) in {(line["description"], line["amount"]) for line in read["lines"]}


def test_a_credit_note_that_is_not_the_confirmed_money_is_never_posted(system: Tryton) -> None:
    story = Story(system, "SHOP-1033", "wrong-money")
    line = story.line("BELT-90", 1)
    opened = story.authorisation(line)
    story.done(opened)
    off = e.DocumentLine(line.order_line, line.sku, line.units, line.net_minor, line.tax_minor + 40, line.extra)
    note = story.credit(opened, "re_w", off)
    for _ in range(2):
        refused = story.do(note)
        assert isinstance(refused, Refused)
        assert refused.kind == "amount-differs"
    (draft,) = system.search("account.invoice", [["reference", "=", e.key(note)]], ["state"])
    assert draft["state"] == "draft"


def test_an_order_taxed_otherwise_than_its_product_is_credited_without_asking(system: Tryton) -> None:
    story = Story(system, "SHOP-1009", "untaxed")
    line = story.line("SOCK", 1)
    assert story.order is not None
    bare = tuple(replace(sold, tax_minor=0, extra={**sold.extra, "taxes": ""}) for sold in story.order.lines)
    story.order = replace(story.order, lines=bare)
    line = story.line("SOCK", 1)
    opened = story.authorisation(line)
    story.done(opened)
    note = story.credit(opened, "re_untaxed", line)
    invoice = story.done(note)
    read = system.read("account.invoice", id_of(invoice), "state", "total_amount", "tax_amount")
    assert (read["state"], read["total_amount"], read["tax_amount"]) == ("posted", Decimal("-5.00"), Decimal(0))


@pytest.mark.parametrize(("order", "delta"), [("SHOP-1043", 150), ("SHOP-1053", -150)])
def test_a_correction_is_a_document_of_its_own_and_paid_like_any(system: Tryton, order: str, delta: int) -> None:
    story = Story(system, order, f"correction{delta}")
    line = story.line("BELT-90", 1)
    opened = story.authorisation(line)
    story.done(opened)
    note = story.credit(opened, "re_c", line)
    story.done(note)
    correction = e.CorrectCreditNote(story.return_id, order, e.key(note), "HR-c", "re_c", "USD", delta)
    invoice = story.done(correction)
    assert system.read("account.invoice", id_of(invoice), "total_amount")["total_amount"] == Decimal(-delta) / 100
    story.done(story.refund(correction))
    assert system.read("account.invoice", id_of(invoice), "state")["state"] == "paid"


def test_an_authorisation_of_which_nothing_comes_is_withdrawn(system: Tryton) -> None:
    story = Story(system, "SHOP-1004", "withdrawn")
    line = story.line("MUG", 1)
    before = stock(system, "MUG")
    opened = story.authorisation(line)
    sale = story.done(opened)
    cancel = story.cancel(opened)
    assert story.find(cancel) == Absent()
    story.done(cancel)
    read = system.read("sale.sale", id_of(sale), "state", "shipment_returns.state", "invoices.state")
    assert read["state"] == "done"
    assert [one["state"] for one in read["shipment_returns"]] == ["cancelled"]
    assert gained(before, stock(system, "MUG")) == {}
    again = Story(system, "SHOP-1004", "after-withdrawn")
    again.done(again.authorisation(again.line("MUG", 1)))


def test_an_authorisation_with_goods_on_it_is_not_withdrawn(system: Tryton) -> None:
    story = Story(system, "SHOP-1014", "too-late")
    line = story.line("MUG", 1)
    opened = story.authorisation(line)
    story.done(opened)
    story.done(story.receipt(opened, line))
    refused = story.do(story.cancel(opened))
    assert isinstance(refused, Refused)
    assert "goods were received" in refused.why


def test_two_documents_with_our_key_are_a_persons_to_choose(system: Tryton) -> None:
    story = Story(system, "SHOP-1024", "twice")
    line = story.line("MUG", 1)
    opened = story.authorisation(line)
    story.done(opened)
    note = story.credit(opened, "re_twice", line)
    first = story.done(note)
    copied = system.read("account.invoice", id_of(first), "party", "account", "journal", "currency", "invoice_address")
    links = {name: copied[name] for name in ("party", "account", "journal", "currency", "invoice_address")}
    second = system.create("account.invoice", {**links, "type": "out", "company": 1, "reference": e.key(note)})
    assert story.find(note) == Done(first)
    system.press("account.invoice", second, "validate_invoice", ("validated",))
    assert story.find(note) == Ambiguous((first, f"account.invoice,{second}"))


def test_what_it_builds_on_must_be_there(system: Tryton) -> None:
    story = Story(system, "SHOP-1034", "too-early")
    line = story.line("MUG", 1)
    opened = story.authorisation(line)
    note = story.credit(opened, "re_e", line)
    for effect in (story.receipt(opened, line), note, story.refund(note), story.close(opened)):
        assert isinstance(story.do(effect), Later)
    story.done(opened)
    assert isinstance(story.do(story.refund(note)), Later), "the credit note is not there yet"


def test_a_shipment_received_by_hand_stands_for_the_receipt_once_it_has_its_key(system: Tryton) -> None:
    story = Story(system, "SHOP-1026", "by-hand")
    line = story.line(story.look_up().lines[0].sku, 1)
    opened = story.authorisation(line)
    sale = story.done(opened)
    (shipment,) = system.read("sale.sale", id_of(sale), "shipment_returns")["shipment_returns"]
    for button, state in (("receive", "received"), ("do", "done")):
        system.press("stock.shipment.out.return", shipment, button, (state,))
    receipt = story.receipt(opened, line)
    refused = story.do(receipt)
    assert isinstance(refused, Refused)
    assert f"write {e.key(receipt)} into the reference" in refused.why

    system.write("stock.shipment.out.return", shipment, {"reference": e.key(receipt)})
    assert story.done(receipt) == f"stock.shipment.out.return,{shipment}"
