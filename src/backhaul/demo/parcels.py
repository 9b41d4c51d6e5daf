"""The folder that Acme's warehouse and Backhaul exchange files in: what should arrive there, and what arrived."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backhaul.demo.tales import Tale

FOLDERS = ("announcements", "taken", "inbox", "archive")
_COLUMNS = (
    "warehouse", "return_ref_kind", "return_ref", "order_number", "sku", "received_total", "disposition",
    "inspected_total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parcels:
    """The folder as the warehouse sees it."""

    root: Path

    def set_up(self) -> None:
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def announced(self) -> frozenset[str]:
        """The orders of which something should arrive."""
        numbers: set[str] = set()
        for path in sorted((self.root / "announcements").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                numbers.update(row["order_number"] for row in csv.DictReader(file) if row["change"] != "cancelled")
        return frozenset(numbers)

    def tell(self, tale: Tale, ref: Mapping[str, str] | None) -> None:
        """What arrived of a return and how it was found, in a file that is whole once it has its name."""
        named = dict(ref or {"kind": "", "value": ""})
        rows = [
            ("MAIN", named["kind"], named["value"], tale.order, back.sku, back.arrived, word, count)
            for back in tale.back
            for word, count in back.conditions.items()
        ]
        part = self.root / "inbox" / f"{tale.order}.part"
        with part.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_COLUMNS, *rows])
        part.rename(part.with_suffix(".csv"))
