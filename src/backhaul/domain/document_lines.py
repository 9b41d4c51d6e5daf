"""Lines of documents: units of one sold line, and members of a stock flush."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """Units of one sold line in one document; the amounts are of those units together, minor units."""

    order_line: str
    sku: str
    units: tuple[str, ...]
    net_minor: int = 0
    tax_minor: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def quantity(self) -> int:
        return len(self.units)


@dataclass(frozen=True, slots=True)
class StorefrontLine:
    """Units of one sold line as a storefront finds it: by ``line_ref``, the platform's order line, else by its SKU.

    ``reason`` is the shopper's, in the platform's words.
    """

    order_line: str
    sku: str
    units: tuple[str, ...]
    line_ref: str = ""
    reason: str = ""

    @property
    def quantity(self) -> int:
        return len(self.units)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Units that were to be told to a storefront before: ``told`` in all.

    ``waived`` of them a person saw to by hand; of the others ``raised`` were to be raised in its sellable stock.
    """

    told: int = 0
    raised: int = 0
    waived: int = 0

    def plus(self, count: int, *, restock: bool, waived: bool = False) -> Earlier:
        """With so many more."""
        raised = count if restock and not waived else 0
        return Earlier(self.told + count, self.raised + raised, self.waived + (count if waived else 0))


@dataclass(frozen=True, slots=True)
class TakenBackLine:
    """Units of one sold line that the warehouse has looked at.

    ``before`` is what was told to the storefront earlier of its ``line_ref``, ``before_alike`` of its SKU on any line.
    ``restock``: the storefront raises its own sellable stock at ``location`` for them; otherwise it must not.
    """

    order_line: str
    sku: str
    units: tuple[str, ...]
    line_ref: str = ""
    before: Earlier = Earlier()
    before_alike: Earlier = Earlier()
    restock: bool = False
    location: str = ""

    @property
    def quantity(self) -> int:
        return len(self.units)


@dataclass(frozen=True, slots=True)
class FlushMember:
    """One unit waiting for the scheduled stock flush; ``key`` is the effect it settles."""

    key: str
    unit: str
    sku: str
    location: str
    source: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
