"""What stands in Tryton's books, as plain values: the only witness when the day is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backhaul.demo.cast import SKUS
from backhaul.demo.tryton_rest import Record, TrytonRest

Route = tuple[str, str, str]
"""From, to and SKU: location codes."""
Level = tuple[str, str]
"""Location code and SKU."""
PLACES = ("STO", "INSP", "DAMAGED", "QUAR", "SCRAP")


@dataclass(frozen=True, slots=True)
class ReturnSale:
    """A return authorisation: units per SKU as sold, a kit being one unit."""

    id: int
    order: str
    label: str
    state: str
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExchangeOrder:
    """An order for a replacement: for which sold order, at what price, and how its shipments stand."""

    id: int
    order: str
    total_minor: int
    units: Mapping[str, int]
    shipments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A return shipment of a return sale: pieces per SKU, a kit being its components."""

    id: int
    sale: int
    state: str
    pieces: Mapping[str, int]
    placed: Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class InternalMove:
    """An internal shipment: a put-away or a flush."""

    id: int
    state: str
    pieces: Mapping[Route, int]


@dataclass(frozen=True, slots=True)
class CreditNote:
    """An invoice of negative amounts; amounts in minor units as credited, so positive. ``paid`` is what went out."""

    id: int
    label: str
    state: str
    total_minor: int
    tax_minor: int
    fee_minor: int
    paid_minor: int
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Books:
    """Everything of one day; ``stock`` is the level per place and SKU, ``payments`` the postings that pay something."""

    sales: tuple[ReturnSale, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    swaps: tuple[ExchangeOrder, ...] = ()
    moves: tuple[InternalMove, ...] = ()
    notes: tuple[CreditNote, ...] = ()
    payments: int = 0
    stock: Mapping[Level, int] = field(default_factory=dict)

    def by_kind(self) -> dict[str, int]:
        """How many documents of each kind."""
        return {
            "return sales": len(self.sales),
            "exchange orders": len(self.swaps),
            "return shipments": len(self.receipts),
            "internal shipments": len(self.moves),
            "credit notes": len(self.notes),
            "refund payments": self.payments,
        }


@dataclass(frozen=True, slots=True)
class Start:
    """What there was before the day: only what came later is the day's."""

    move: int
    invoice: int
    stock: Mapping[Level, int]


def start_of(tryton: TrytonRest) -> Start:
    """Where the books stand now."""
    return Start(_newest(tryton, "account.move"), _newest(tryton, "account.invoice"), stock_of(tryton))


def books_of(tryton: TrytonRest, start: Start) -> Books:
    """Read everything the day made."""
    shop = tryton.shop
    skus = {id_: sku for sku, id_ in shop.products.items()}
    return Books(
        tuple(_sales(tryton, {record["id"]: number for number, record in shop.orders.items()}, skus)),
        tuple(_receipts(tryton, skus)),
        tuple(_swaps(tryton, {record["id"]: number for number, record in shop.orders.items()}, skus)),
        tuple(_internal_moves(tryton, skus)),
        tuple(_notes(tryton, start, skus)),
        _payments(tryton, start),
        stock_of(tryton),
    )


def stock_of(tryton: TrytonRest) -> dict[Level, int]:
    """How many of each SKU lie in each place."""
    codes = {row["code"]: row["id"] for row in tryton.search("stock.location", [["code", "in", list(PLACES)]], "code")}
    wanted = [["code", "in", list(SKUS)]]
    return {
        (place, row["code"]): int(row["quantity"] or 0)
        for place in PLACES
        for row in tryton.search(
            "product.product", wanted, "code", "quantity", locations=[codes[place]], with_childs=False
        )
    }


def return_sales_of(tryton: TrytonRest) -> tuple[ReturnSale, ...]:
    """Only the authorisations."""
    shop = tryton.shop
    skus = {id_: sku for sku, id_ in shop.products.items()}
    return tuple(_sales(tryton, {record["id"]: number for number, record in shop.orders.items()}, skus))


def _newest(tryton: TrytonRest, model: str) -> int:
    return max((int(row["id"]) for row in tryton.search(model, [], "id")), default=0)


def _sales(tryton: TrytonRest, orders: Mapping[int, str], skus: Mapping[int, str]) -> Iterable[ReturnSale]:
    fields = ("state", "description", "origin", "lines.product", "lines.quantity")
    for row in tryton.search("sale.sale", [["id", "not in", sorted(orders)]], *fields):
        if _orders_something(row):
            continue
        model, _, sold = (row["origin"] or "").partition(",")
        number = orders.get(int(sold), "") if model == "sale.sale" and sold else ""
        units = _summed((skus[line["product"]], -line["quantity"]) for line in row["lines"] if line["product"])
        yield ReturnSale(row["id"], number, row["description"] or "", row["state"], units)


def _orders_something(sale: Record) -> bool:
    return any(line["quantity"] > 0 for line in sale["lines"] if line["product"])


def _swaps(tryton: TrytonRest, orders: Mapping[int, str], skus: Mapping[int, str]) -> Iterable[ExchangeOrder]:
    """Orders of price zero. Which sold one each is for stands in the first line of its comment."""
    fields = ("comment", "total_amount", "lines.product", "lines.quantity", "shipments.state")
    for row in tryton.search("sale.sale", [["id", "not in", sorted(orders)]], *fields):
        if not _orders_something(row):
            continue
        sold = (row["comment"] or "").partition("\n")[0].rpartition(",")[2]
        yield ExchangeOrder(
            row["id"],
            orders.get(int(sold), "") if sold.isdigit() else "",
            _minor(row["total_amount"]),
            _summed((skus[line["product"]], line["quantity"]) for line in row["lines"] if line["product"]),
            tuple(shipment["state"] for shipment in row["shipments"]),
        )


def _receipts(tryton: TrytonRest, skus: Mapping[int, str]) -> Iterable[Receipt]:
    of_sale = {
        shipment: sale["id"]
        for sale in tryton.search("sale.sale", [["shipment_returns", "!=", None]], "shipment_returns")
        for shipment in sale["shipment_returns"]
    }
    fields = (
        "state", "incoming_moves.product", "incoming_moves.quantity", "incoming_moves.state",
        "inventory_moves.product", "inventory_moves.quantity", "inventory_moves.state",
        "inventory_moves.to_location.code",
    )  # fmt: skip
    for row in tryton.search("stock.shipment.out.return", [["state", "!=", "cancelled"]], *fields):
        arrived = [move for move in row["incoming_moves"] if move["state"] != "cancelled"]
        placed = [move for move in row["inventory_moves"] if move["state"] == "done"]
        yield Receipt(
            row["id"],
            of_sale.get(row["id"], 0),
            row["state"],
            _summed((skus[move["product"]], move["quantity"]) for move in arrived),
            _summed(((_code(move["to_location"]), skus[move["product"]]), move["quantity"]) for move in placed),
        )


def _internal_moves(tryton: TrytonRest, skus: Mapping[int, str]) -> Iterable[InternalMove]:
    fields = ("state", "moves.product", "moves.quantity", "moves.from_location.code", "moves.to_location.code")
    for row in tryton.search("stock.shipment.internal", [], *fields):
        pieces = _summed(
            ((_code(move["from_location"]), _code(move["to_location"]), skus[move["product"]]), move["quantity"])
            for move in row["moves"]
        )
        yield InternalMove(row["id"], row["state"], pieces)


def _notes(tryton: TrytonRest, start: Start, skus: Mapping[int, str]) -> Iterable[CreditNote]:
    fields = (
        "description", "state", "total_amount", "tax_amount", "lines.product", "lines.quantity", "lines.amount",
        "lines.account", "payment_lines.debit", "payment_lines.credit",
    )  # fmt: skip
    fees = tryton.shop.accounts["return_fees"]
    for row in tryton.search(
        "account.invoice", [["type", "=", "out"], ["state", "!=", "cancelled"], ["id", ">", start.invoice]], *fields
    ):
        fee = sum((line["amount"] for line in row["lines"] if line["account"] == fees), Decimal(0))
        paid = sum((line["debit"] - line["credit"] for line in row["payment_lines"]), Decimal(0))
        yield CreditNote(
            row["id"],
            row["description"] or "",
            row["state"],
            _minor(-row["total_amount"]),
            _minor(-row["tax_amount"]),
            _minor(fee),
            abs(_minor(paid)),
            _summed((skus[line["product"]], -line["quantity"]) for line in row["lines"] if line["product"]),
        )


def _payments(tryton: TrytonRest, start: Start) -> int:
    """Postings in a journal of the kind that money moves through."""
    found = tryton.search("account.move", [["id", ">", start.move], ["journal.type", "=", "cash"]], "id")
    return len(found)


def _summed(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, int]:
    total: Counter[Any] = Counter()
    for name, quantity in pairs:
        total[name] += int(quantity)
    return {name: quantity for name, quantity in total.items() if quantity}


def _code(location: Record | None) -> str:
    return (location or {}).get("code") or ""


def _minor(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())
