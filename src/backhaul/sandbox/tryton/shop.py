"""The seeded shop as a value: where its server answers, with what to log in, and the ids of what is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TrytonShop:
    """Ids are Tryton's own. ``orders`` maps order numbers to their id, invoice, total and lines, as seeded."""

    url: str
    database: str
    key: str = field(repr=False)
    login: str
    password: str = field(repr=False)
    company: int
    currency: str
    currency_id: int
    payment_method: int
    payment_term: int
    tax: int
    unit: int
    warehouse: int
    locations: Mapping[str, int]
    accounts: Mapping[str, int]
    customers: Mapping[str, int]
    addresses: Mapping[str, int]
    products: Mapping[str, int]
    orders: Mapping[str, Mapping[str, Any]]

    def write(self, path: Path) -> None:
        """Written whole or not at all, for nobody but its owner: it holds a password and a key."""
        draft = path.with_suffix(".part")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(path)


def read_shop(path: Path, **known: str) -> TrytonShop:
    """The shop written at ``path``, with ``known`` fields in place of the written ones."""
    written = {**json.loads(path.read_text()), **known}
    names = {f.name for f in fields(TrytonShop)}
    return TrytonShop(**{name: value for name, value in written.items() if name in names})
