"""Reads a product master's messages and CSV files entry by entry: one that cannot be read keeps no other from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from backhaul.connectors.product_master.messages import COLUMNS, CSV, KIND, Entry, Envelope, ProductMasterSettings
from backhaul.domain.money import Money
from backhaul.domain.products import Product, ProductComponent
from backhaul.sdk.bodies import validated, validated_json
from backhaul.sdk.messages import Message, RowProblem, Told, UnknownValue, Unreadable

_AMOUNTS = {"unit_cost": "unit_cost_minor", "stand_alone_price": "stand_alone_minor"}


def kind_of(message: Message, _settings: ProductMasterSettings) -> str:
    """JSON begins with a brace, a CSV file with its header."""
    return KIND if message.body.lstrip()[:1] in (b"{", b"[") else CSV


def read_catalogue(message: Message, _settings: ProductMasterSettings) -> Told:
    """What each entry says; the number of one that cannot be read counts from 1. Raises Unreadable, UnknownValue."""
    said = validated_json(Envelope, message.body)
    told = _Told()
    for number, entry in enumerate(said.products, start=1):
        told.read(number, entry, said.occurred_at, lambda whole: whole)
    return tuple(told.all)


def read_csv(message: Message, _settings: ProductMasterSettings) -> Told:
    """What each row says, as of its ``as_of`` or else of when the file was received. Raises Unreadable."""
    try:
        table = csv.DictReader(io.StringIO(message.body.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in table.fieldnames or ()]
        rows = [(table.line_num, row) for row in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"the file is not CSV in UTF-8: {error}") from error
    if "sku" not in header:
        raise Unreadable("the first line names the columns, and there is no column sku")
    if unknown := sorted(set(header) - set(COLUMNS)):
        raise UnknownValue("column", unknown[0][:100])
    told = _Told()
    for number, row in rows:
        if None in row or None in row.values():
            told.problem(number, f"has not the {len(header)} columns of the first line")
        else:
            told.read(number, dict(zip(header, row.values(), strict=True)), message.received_at, _from_cells)
    return tuple(told.all)


@dataclass(slots=True)
class _Told:
    """What was read so far."""

    all: list[Product | RowProblem] = field(default_factory=list)
    seen: set[tuple[str, datetime]] = field(default_factory=set)

    def read(self, number: int, entry: Any, at: datetime, content: Callable[[Any], Any]) -> None:
        try:
            product = _product(validated(Entry, content(entry)), _as_of(entry, at))
        except (Unreadable, UnknownValue, ValueError, ArithmeticError) as error:
            self.problem(number, str(error))
            return
        if (product.sku, product.at) in self.seen:
            self.problem(number, f"says {product.sku} a second time")
            return
        self.seen.add((product.sku, product.at))
        self.all.append(product)

    def problem(self, number: int, why: str) -> None:
        self.all.append(RowProblem(number, why))


def _as_of(entry: Any, at: datetime) -> datetime:
    said = entry.get("as_of", "").strip() if isinstance(entry, dict) and isinstance(entry.get("as_of"), str) else ""
    if not said:
        return at
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError("as_of needs its offset from UTC, as in 2026-11-02T12:00:00+00:00")
    return moment.astimezone(UTC)


def _product(entry: Entry, at: datetime) -> Product:
    names = [name for name in dict.fromkeys(entry.aliases) if name != entry.sku]
    if any(part.sku == entry.sku for part in entry.components):
        raise ValueError(f"{entry.sku} is in itself")
    return Product(
        entry.sku,
        at,
        entry.title or "",
        entry.sku_class or "",
        Money(entry.unit_cost.minor, entry.unit_cost.currency) if entry.unit_cost else None,
        Money(entry.stand_alone_price.minor, entry.stand_alone_price.currency) if entry.stand_alone_price else None,
        tuple(names),
        tuple(ProductComponent(part.sku, part.quantity) for part in entry.components),
    )


def _from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row as the same entry of a JSON message. Raises ValueError."""
    plain = {name: text.strip() for name, text in cells.items() if text.strip() and name != "as_of"}
    entry: dict[str, Any] = {name: plain[name] for name in ("sku", "title", "class") if name in plain}
    for name, column in _AMOUNTS.items():
        if column in plain:
            if "currency" not in plain:
                raise ValueError(f"{column} needs a currency")
            entry[name] = {"minor": _whole(plain[column], column), "currency": plain["currency"]}
    entry["aliases"] = [one.strip() for one in plain.get("aliases", "").split("|") if one.strip()]
    entry["components"] = [_component(one) for one in plain.get("components", "").split("|") if one.strip()]
    return entry


def _component(text: str) -> dict[str, Any]:
    sku, colon, count = text.strip().rpartition(":")
    if not colon:
        raise ValueError(f"a component is SKU:quantity, not {text.strip()!r}")
    return {"sku": sku, "quantity": _whole(count, "components")}


def _whole(text: str, column: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ValueError(f"{column} has {text.strip()[:40]!r}, which is no whole number")
    return int(text.strip()[:20])
