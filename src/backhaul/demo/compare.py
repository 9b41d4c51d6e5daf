"""Compares Tryton's books with what the day must have made: every difference is named, none is explained away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backhaul.demo.books import Books, CreditNote, ExchangeOrder, Level, Receipt, ReturnSale
from backhaul.demo.expected import WAITING, Expected, routes, stock_after

Sort = Literal["missing", "doubled", "wrong", "unexpected"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One document or level that is not as it must be. ``about`` is the order, or the place."""

    sort: Sort
    what: str
    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.sort}: {self.what} of {self.about}: {self.says}"


def compare(wanted: Sequence[Expected], books: Books, before: Mapping[Level, int]) -> tuple[Finding, ...]:
    """All findings; none means that every document exists exactly once and is right to the cent and to the unit."""
    found: list[Finding] = []
    for one in wanted:
        sales = [sale for sale in books.sales if sale.order == one.tale.order]
        found += _authorisation(one, sales)
        found += _receipt(one, [each for each in books.receipts if each.sale in {sale.id for sale in sales}])
        found += _credit(one, [note for note in books.notes if note.label in one.labels])
        found += _swap(one, [swap for swap in books.swaps if swap.order == one.tale.order])
    found += _strangers(wanted, books)
    found += _moves(wanted, books)
    found += _levels(stock_after(before, wanted), books.stock)
    refunds = sum(1 for one in wanted if one.tale.paid_back)
    if books.payments != refunds:
        sort: Sort = "missing" if books.payments < refunds else "doubled"
        found.append(Finding(sort, "payment", "all", f"{books.payments} postings, {refunds} refunds"))
    return tuple(found)


def _authorisation(one: Expected, sales: Sequence[ReturnSale]) -> Iterator[Finding]:
    about = one.tale.order
    if not sales:
        yield Finding("missing", "return sale", about, f"nothing authorises {_units(one.units)}")
    if len(sales) > 1:
        yield Finding("doubled", "return sale", about, _ids(sales))
    for sale in sales[:1]:
        if sale.label not in one.labels:
            yield Finding("wrong", "return sale", about, f"{sale.id} is labelled {sale.label!r}")
        if sale.units != one.units:
            yield Finding(
                "wrong", "return sale", about, f"{sale.id} is for {_units(sale.units)}, not {_units(one.units)}"
            )
        if sale.state != "done":
            yield Finding("wrong", "return sale", about, f"{sale.id} is {sale.state}, not done")


def _receipt(one: Expected, receipts: Sequence[Receipt]) -> Iterator[Finding]:
    about = one.tale.order
    if not one.tale.comes:
        if receipts:
            yield Finding("unexpected", "return shipment", about, _ids(receipts))
        return
    if not receipts:
        yield Finding("missing", "return shipment", about, f"nothing received {_units(one.pieces)}")
        return
    if len(receipts) > 1:
        yield Finding("doubled", "return shipment", about, _ids(receipts))
    received: Counter[str] = Counter()
    placed: Counter[Level] = Counter()
    for each in receipts:
        if each.state != "done":
            yield Finding("wrong", "return shipment", about, f"{each.id} is {each.state}, not done")
        received.update(each.pieces)
        placed.update(each.placed)
    if dict(received) != one.pieces:
        yield Finding("wrong", "return shipment", about, f"received {_units(received)}, not {_units(one.pieces)}")
    here = one.placed if one.tale.merchant == "outlet" else {(WAITING, sku): count for sku, count in one.pieces.items()}
    if dict(placed) != here:
        yield Finding("wrong", "location", about, f"received into {_places(placed)}, not {_places(here)}")


def _credit(one: Expected, notes: Sequence[CreditNote]) -> Iterator[Finding]:
    about = one.tale.order
    if not one.tale.paid_back:
        if notes:
            yield Finding("unexpected", "credit note", about, _ids(notes))
        return
    if not notes:
        yield Finding("missing", "credit note", about, f"nothing credits {_money(one.total_minor)}")
    if len(notes) > 1:
        yield Finding("doubled", "credit note", about, _ids(notes))
    for note in notes[:1]:
        sides = (
            ("total", note.total_minor, one.total_minor),
            ("tax", note.tax_minor, one.tax_minor),
            ("fee", note.fee_minor, one.tale.fee_minor),
            ("payment", note.paid_minor, one.total_minor),
        )
        for name, is_minor, must_minor in sides:
            if is_minor != must_minor:
                says = f"{name} of {note.id} is {_money(is_minor)}, not {_money(must_minor)}"
                yield Finding("wrong", "credit note", about, says)
        if note.units != one.units:
            yield Finding(
                "wrong", "credit note", about, f"{note.id} is for {_units(note.units)}, not {_units(one.units)}"
            )
        if note.state != "paid":
            yield Finding("wrong", "credit note", about, f"{note.id} is {note.state}, not paid")


def _swap(one: Expected, swaps: Sequence[ExchangeOrder]) -> Iterator[Finding]:
    about, swap = one.tale.order, one.tale.swap
    if swap is None:
        if swaps:
            yield Finding("unexpected", "exchange order", about, _ids(swaps))
        return
    if len(swaps) != 1:
        says = _ids(swaps) if swaps else f"nothing orders 1 {swap.sku}"
        yield Finding("doubled" if swaps else "missing", "exchange order", about, says)
    for made in swaps[:1]:
        if made.units != {swap.sku: 1}:
            yield Finding("wrong", "exchange order", about, f"{made.id} is for {_units(made.units)}, not 1 {swap.sku}")
        if made.shipments != ("assigned",):
            yield Finding("wrong", "exchange order", about, f"the shipments of {made.id} are {made.shipments}")


def _strangers(wanted: Sequence[Expected], books: Books) -> Iterator[Finding]:
    """Documents that no tale asks for."""
    orders = {one.tale.order for one in wanted}
    labels = {label for one in wanted for label in one.labels}
    for sale in books.sales:
        if sale.order not in orders:
            yield Finding("unexpected", "return sale", sale.order or "no order", f"{sale.id}, {sale.label!r}")
    for swap in books.swaps:
        if swap.order not in orders:
            yield Finding("unexpected", "exchange order", swap.order or "no order", str(swap.id))
    sales = {sale.id for sale in books.sales}
    for receipt in books.receipts:
        if receipt.sale not in sales:
            yield Finding("unexpected", "return shipment", "no return sale", f"{receipt.id}")
    for note in books.notes:
        if note.label not in labels:
            yield Finding(
                "unexpected", "credit note", note.label or "no label", f"{note.id}, {_money(note.total_minor)}"
            )


def _moves(wanted: Sequence[Expected], books: Books) -> Iterator[Finding]:
    """Put-aways and flushes carry units of several returns, so that they are compared by route."""
    must: Counter[tuple[str, str, str]] = Counter()
    for one in wanted:
        must.update(routes(one.tale))
    moved: Counter[tuple[str, str, str]] = Counter()
    for move in books.moves:
        moved.update(move.pieces)
        if move.state != "done":
            yield Finding("wrong", "internal shipment", f"number {move.id}", f"is {move.state}, not done")
    for route in sorted(must | moved):
        source, target, sku = route
        if moved[route] != must[route]:
            sort: Sort = "missing" if moved[route] < must[route] else "doubled" if must[route] else "unexpected"
            says = f"{moved[route]} {sku} moved, {must[route]} had to"
            yield Finding(sort, "internal shipment", f"{source} to {target}", says)


def _levels(must: Mapping[Level, int], stock: Mapping[Level, int]) -> Iterator[Finding]:
    for place, sku in sorted({*must, *stock}):
        level, wanted = stock.get((place, sku), 0), must.get((place, sku), 0)
        if level != wanted:
            yield Finding("wrong", "stock", place, f"{level} {sku}, not {wanted}")


def _ids(records: Iterable[ReturnSale | Receipt | CreditNote | ExchangeOrder]) -> str:
    return "numbers " + ", ".join(str(record.id) for record in records)


def _units(units: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {sku}" for sku, count in sorted(units.items())) or "nothing"


def _places(placed: Mapping[Level, int]) -> str:
    return ", ".join(f"{count} {sku} in {place}" for (place, sku), count in sorted(placed.items())) or "nowhere"


def _money(minor_units: int) -> str:
    return f"{minor_units / 100:.2f} USD"
