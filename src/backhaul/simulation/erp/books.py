"""The books of the simulated ERP: strict about order and states, blind to repetition, as real ones are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Record = dict[str, Any]
KINDS = ("authorisation", "receipt", "move", "credit", "payment", "exchange")
INSPECTION = "IN"


class Refusal(Exception):
    """What the ERP will not do, with the HTTP code it says so by."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(slots=True)
class Document:
    """One paper. ``reference`` is what the caller wrote on it; nothing makes it unique."""

    id: str
    kind: str
    reference: str
    order: str
    head: Mapping[str, Any]
    made_at: datetime
    lines: list[Record] = field(default_factory=list)
    state: str = "draft"

    def shown(self) -> Record:
        """As the API shows it."""
        return {
            "id": self.id, "kind": self.kind, "reference": self.reference, "order": self.order,
            "head": dict(self.head), "lines": list(self.lines), "state": self.state,
        }  # fmt: skip


@dataclass(slots=True)
class Books:
    """Everything the ERP knows. ``lag``: how long a new document stays out of searches.

    ``watch`` sees every document at the moment it is posted: what must never happen is seen when it does.
    """

    now: Callable[[], datetime]
    sales: dict[str, Record] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    stock: Counter[tuple[str, str]] = field(default_factory=Counter)
    lag: timedelta = timedelta()
    watch: Callable[[Document], None] = lambda _document: None

    def sale(self, number: str) -> Record:
        """The sold order. Refuses one it does not have."""
        if number not in self.sales:
            raise Refusal(404, f"there is no sale {number}")
        return self.sales[number]

    def create(self, kind: str, reference: str, order: str, head: Mapping[str, Any]) -> Document:
        """A new draft, whatever else carries the same reference."""
        if kind not in KINDS:
            raise Refusal(422, f"{kind!r} is none of {', '.join(KINDS)}")
        if order:
            self.sale(order)
        number = f"{kind[:3].upper()}{len(self.documents) + 1:04}"
        document = Document(number, kind, reference, order, head, self.now())
        self.documents[number] = document
        return document

    def get(self, number: str) -> Document:
        if number not in self.documents:
            raise Refusal(404, f"there is no document {number}")
        return self.documents[number]

    def add_line(self, number: str, line: Record) -> Document:
        """One more line of a draft."""
        document = self._draft(number)
        document.lines.append(line)
        return document

    def post(self, number: str) -> Document:
        """Make a draft count: goods move, money is booked. Goods that are not there cannot move."""
        document = self._draft(number)
        if not document.lines:
            raise Refusal(422, f"{number} has no lines")
        if document.kind in ("receipt", "move"):
            self._move(document)
        document.state = "posted"
        self.watch(document)
        return document

    def end(self, number: str, state: str) -> Document:
        """Close or cancel an authorisation, cancel an exchange order."""
        document = self.get(number)
        if document.kind not in ("authorisation", "exchange") or document.state != "posted":
            raise Refusal(409, f"{number} is {document.state} and cannot become {state}")
        document.state = state
        return document

    def search(self, kind: str, reference: str, order: str) -> list[Document]:
        """Documents by what they carry; the newest may not be in the index yet."""
        seen_until = self.now() - self.lag
        return [
            one
            for one in self.documents.values()
            if one.kind == kind
            and (not reference or one.reference == reference)
            and (not order or one.order == order)
            and one.made_at <= seen_until
        ]

    def _draft(self, number: str) -> Document:
        document = self.get(number)
        if document.state != "draft":
            raise Refusal(409, f"{number} is {document.state}, not a draft")
        return document

    def _move(self, document: Document) -> None:
        after = Counter(self.stock)
        for line in document.lines:
            source, target, sku, count = line["from"], line["to"], line["sku"], line["quantity"]
            if source != "customer":
                if after[source, sku] < count:
                    raise Refusal(422, f"{source} holds {after[source, sku]} of {sku}, {document.id} moves {count}")
                after[source, sku] -= count
            after[target, sku] += count
        self.stock = after
