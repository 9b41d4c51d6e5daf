"""Reads a real Tryton by itself and plays the people who work in it: no code of ours between a test and the books."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from backhaul.sandbox.tryton import TrytonShop


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of a credit note: the SKU, or for a line of money alone what it is called. Amounts as Tryton has them."""

    what: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditNote:
    """An invoice of a return; what is credited is negative. ``paid`` is what went out against it."""

    id: int
    key: str
    label: str
    state: str
    total: Decimal
    tax: Decimal
    paid: Decimal
    lines: tuple[NoteLine, ...]

    def line(self, what: str) -> NoteLine:
        (found,) = (line for line in self.lines if line.what == what)
        return found


@dataclass(frozen=True, slots=True)
class ReturnShipment:
    """Goods of a return sale: units by SKU, those that came in, and where they were put away."""

    id: int
    key: str
    state: str
    units: Mapping[str, int]
    put_away: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class ReturnSale:
    """A return authorisation: units by SKU, and the shipments they come in."""

    id: int
    key: str
    label: str
    state: str
    units: Mapping[str, int]
    shipments: tuple[ReturnShipment, ...]


@dataclass
class BackOffice:
    """The shop's Tryton as its own people see it."""

    shop: TrytonShop
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"bearer {self.shop.key}", "X-Tryton-Context": _packed({"company": 1})}
        address = f"{self.shop.url}/{self.shop.database}/rest/model/"
        self.http = httpx.Client(base_url=address, headers=headers, timeout=30)

    # -- what stands in the books ------------------------------------------

    def return_sales(self, order: str) -> list[ReturnSale]:
        """All return sales of an order that were not cancelled, oldest first."""
        (original,) = self.find("sale.sale", [["reference", "=", order]])
        found = self.find(
            "sale.sale",
            [["origin", "=", f"sale.sale,{original['id']}"], ["state", "!=", "cancelled"]],
            "reference", "description", "state", "lines.product.code", "lines.quantity", "shipment_returns",
        )  # fmt: skip
        return [
            ReturnSale(
                sale["id"],
                sale["reference"] or "",
                sale["description"] or "",
                sale["state"],
                _units(sale["lines"], -1),
                tuple(self.return_shipment(id_) for id_ in sorted(sale["shipment_returns"])),
            )
            for sale in found
        ]

    def return_shipment(self, id_: int) -> ReturnShipment:
        moves = [
            f"{kind}.{name}" for kind in ("incoming_moves", "inventory_moves") for name in ("product.code", "quantity")
        ]
        read = self.read(
            "stock.shipment.out.return", id_, "reference", "state", "inventory_moves.to_location.code",
            "inventory_moves.state", *moves,
        )  # fmt: skip
        places: dict[str, Counter[str]] = {}
        for move in read["inventory_moves"]:
            if move["state"] == "done":
                places.setdefault(move["product"]["code"], Counter())[move["to_location"]["code"]] += int(
                    move["quantity"]
                )
        return ReturnShipment(id_, read["reference"] or "", read["state"], _units(read["incoming_moves"]), places)

    def credit_notes(self, order: str) -> list[CreditNote]:
        """Every invoice of the order's return sales and every one whose key names the order, oldest first."""
        sales = [sale.id for sale in self.return_sales(order)]
        found = self.find(
            "account.invoice",
            ["OR", ["sales", "in", sales], ["reference", "like", f"%:{order}:%"]],
            "reference", "description", "state", "total_amount", "tax_amount", "payment_lines.debit",
            "payment_lines.credit", "lines.product.code", "lines.description", "lines.quantity", "lines.amount",
        )  # fmt: skip
        return [
            CreditNote(
                note["id"],
                note["reference"] or "",
                note["description"] or "",
                note["state"],
                note["total_amount"],
                note["tax_amount"],
                sum((line["debit"] - line["credit"] for line in note["payment_lines"]), Decimal(0)),
                tuple(
                    NoteLine(
                        line["product"]["code"] if line["product"] else line["description"],
                        int(line["quantity"]),
                        line["amount"],
                    )
                    for line in note["lines"]
                ),
            )
            for note in found
        ]

    def stock(self, sku: str) -> dict[str, int]:
        """Units by the code of the place they are in, from the moves that were done."""
        levels: Counter[str] = Counter()
        fields = ("quantity", "from_location.code", "to_location.code")
        for move in self.find("stock.move", [["product.code", "=", sku], ["state", "=", "done"]], *fields):
            levels[move["from_location"]["code"] or "-"] -= int(move["quantity"])
            levels[move["to_location"]["code"] or "-"] += int(move["quantity"])
        return dict(levels)

    def moved(self, sku: str, before: Mapping[str, int]) -> dict[str, int]:
        """What changed in the places of a SKU since ``before``, a stock of earlier."""
        now = self.stock(sku)
        changes = {place: now.get(place, 0) - before.get(place, 0) for place in {*now, *before}}
        return {place: change for place, change in sorted(changes.items()) if change}

    def transfers(self, key: str) -> list[dict[str, Any]]:
        """The internal shipments with that key, numbered parts included."""
        return self.find("stock.shipment.internal", [["reference", "like", f"{key}%"]], "reference", "state")

    # -- the wire ------------------------------------------------------------

    def find(self, model: str, domain: Sequence[Any], *fields: str) -> list[dict[str, Any]]:
        params: list[tuple[str, Any]] = [
            ("d", _packed(domain)),
            ("o", _packed([["id", "ASC"]])),
            *(("f", name) for name in fields),
        ]
        return list(self._answer(self.http.get(model, params=params)))

    def read(self, model: str, id_: int, *fields: str) -> dict[str, Any]:
        return dict(self._answer(self.http.get(f"{model}/{id_}", params=[("f", name) for name in fields])))

    def create(self, model: str, **values: Any) -> int:
        return int(self._answer(self.http.post(model, json=values))["id"])

    def write(self, model: str, id_: int, **values: Any) -> None:
        self._answer(self.http.put(f"{model}/{id_}", json=values))

    def press(self, model: str, id_: int, *buttons: str) -> None:
        """Press workflow buttons one after the other."""
        for button in buttons:
            self._answer(self.http.post(f"{model}/{id_}/{button}", json={}))

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        assert answer.is_success, (
            f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:400]}"
        )
        return json.loads(answer.content, object_hook=_value) if answer.content else None


def _units(lines: Iterable[Mapping[str, Any]], sign: int = 1) -> dict[str, int]:
    units: Counter[str] = Counter()
    for line in lines:
        if line["product"]:
            units[line["product"]["code"]] += sign * int(line["quantity"])
    return dict(units)


def _value(found: dict[str, Any]) -> Any:
    return Decimal(found["decimal"]) if found.get("__class__") == "Decimal" else found


def _packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
