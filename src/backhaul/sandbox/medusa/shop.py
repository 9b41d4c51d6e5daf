"""The seeded shop as a value: where Medusa answers, with what to log in, and the ids of what is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Sold:
    """An order as it was placed. ``lines`` are line ids in the order of what was asked for; ``total`` is in cents."""

    id: str
    display_id: int
    payment: str
    total: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MedusaShop:
    """Ids are Medusa's own.

    ``locations`` has MAIN (ships, in the sales channel), HUB (receives returns) and QUARANTINE; ``shipping_options``
    has standard (5.00) and return (0.00); ``inventory_items``, ``variants`` and ``prices`` (cents) are by SKU;
    ``orders``, all paid and delivered, are by the reference in their metadata.
    """

    url: str
    key: str = field(repr=False)
    publishable_key: str
    email: str
    password: str = field(repr=False)
    region: str
    sales_channel: str
    currency: str
    locations: Mapping[str, str]
    shipping_options: Mapping[str, str]
    return_reasons: Mapping[str, str]
    refund_reasons: Mapping[str, str]
    inventory_items: Mapping[str, str]
    variants: Mapping[str, str]
    prices: Mapping[str, int]
    promotion: str
    orders: Mapping[str, Sold]

    def at(self, url: str) -> Self:
        """The same shop, answered from another address."""
        return replace(self, url=url)

    def write(self, path: Path) -> None:
        """Written whole or not at all, for nobody but its owner: it holds a password and a key."""
        draft = path.with_suffix(".part")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(path)


def read_shop(path: Path) -> MedusaShop:
    """The shop written at ``path``."""
    written = json.loads(path.read_text())
    orders = {name: Sold(**{**sold, "lines": tuple(sold["lines"])}) for name, sold in written.pop("orders").items()}
    return MedusaShop(**written, orders=orders)
