"""A refund of Medusa's as a fact, whoever made it. What is on a payment's list was paid: Medusa knows no pending one.

Medusa keeps no goods with a refund. Ours name them in their note, behind our key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from backhaul.connectors.medusa.amounts import rounded
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.connectors.medusa.tasks import note, number_of
from backhaul.domain.document_lines import StorefrontLine
from backhaul.domain.effects import IssueRefund
from backhaul.domain.facts import RefundConfirmed, UnitName

OURS = f"[{IssueRefund.verb}:"
FIELDS = (
    "id,display_id,metadata,currency_code,updated_at,-items,*payment_collections.payments,"
    "*payment_collections.payments.refunds,*payment_collections.payments.captures"
)
_GOODS = re.compile(r"\] for ((?:\d{1,4} x [^ ,/]*/[^ ,/]*(?:, )?)+)$")
_MOST = 1000


def payments_of(order: Node) -> Iterator[Node]:
    """The order's payments, the oldest first."""
    found = [one for collection in order.get("payment_collections") or () for one in collection.get("payments") or ()]
    yield from sorted(found, key=lambda one: (one["created_at"], one["id"]))


def refunds_of(order: Node) -> list[tuple[Node, Node]]:
    """Every refund of an order with its payment, the oldest first."""
    found = [(payment, one) for payment in payments_of(order) for one in payment.get("refunds") or ()]
    return sorted(found, key=lambda pair: (pair[1]["created_at"], pair[1]["id"]))


def statement(system: Medusa, order: Node, payment: Node, refund: Node) -> Node:
    """What is kept of a refund: the same as long as nothing of it changes."""
    return {
        "refund": refund["id"],
        "order": number_of(system, order),
        "amount": str(refund["amount"]),
        "currency": payment["currency_code"],
        "provider": payment.get("provider_id") or "",
        "note": refund.get("note") or "",
        "created_at": refund["created_at"],
    }


def facts_of(said: Mapping[str, Any], settings: MedusaSettings) -> tuple[RefundConfirmed, ...]:
    """The refund that a statement is of. Raises Unreadable for an amount that is none, ValueError for such a time."""
    amount = rounded(said["amount"], said["currency"])
    tender = settings.tenders.get(said["provider"], "original")
    at = datetime.fromisoformat(said["created_at"])
    units = tuple(_goods(said["order"], said["note"], settings))
    return (RefundConfirmed(said["refund"], said["order"], amount, tender, None, units, None, at),)


def refund_note(label: str, key: str, lines: Iterable[StorefrontLine]) -> str:
    """Our key and the goods, as people can read them: ``RMA-1 [issue-refund:…] for 2 x ordli_1/SHIRT-M``."""
    goods = ", ".join(f"{line.quantity} x {_plain(line.line_ref)}/{_plain(line.sku)}" for line in lines)
    return f"{note(label, key)} for {goods}"


def _plain(text: str) -> str:
    return quote(text, safe=":;+()&")


def _goods(order: str, text: str, settings: MedusaSettings) -> Iterator[UnitName]:
    found = _GOODS.search(text) if OURS in text else None
    for part in found.group(1).split(", ") if found else ():
        count, _, name = part.partition(" x ")
        line, _, sku = name.partition("/")
        shared = unquote(line) if settings.line_ids == "shared" and line else None
        for _nth in range(min(int(count), _MOST)):
            yield UnitName(order, shared, sku=unquote(sku) or None)
