"""Draft orders: an order in the making, which becomes one when it is completed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from .money import Bag
from .orders import Order


@dataclass(slots=True, eq=False)
class Draft:
    """A draft; `lines` are in the form of orderCreate, so that both are made in the same way."""

    kind: ClassVar[str] = "DraftOrder"
    gid: str
    name: str
    created_at: datetime
    total: Bag
    lines: list[Mapping[str, Any]]
    tags: list[str] = field(default_factory=list)
    note: str | None = None
    status: str = "OPEN"
    order: Order | None = None
    completed_at: datetime | None = None
