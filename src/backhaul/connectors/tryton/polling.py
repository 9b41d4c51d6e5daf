"""Polls return shipments, where Tryton is the authority on receipt and inspection: what changed since the last time.

One message per return and order, with totals over all its shipments, so that the newest message says all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tallies import TALLIED, tally
from backhaul.connectors.tryton.values import id_of, moment
from backhaul.domain.effects import OpenReturnAuthorisation
from backhaul.sdk.connector import OpenReturn, PollAnswer, Polled, PollRequest

RETURN_SALES = "return-sales"
EVERY = timedelta(seconds=60)
_PAGE = 100
_FIRST_LOOK_BACK = timedelta(days=1)
# A change is stamped when its database transaction begins and seen when it ends: look back over what overtook it.
_OVERLAP = timedelta(minutes=2)
_SALE = ("reference", "description", "origin", "warehouse.code", *TALLIED)


def poll_return_sales(system: Tryton, request: PollRequest) -> PollAnswer:
    """The returns whose shipments were received since ``request.cursor``, and those asked about by name."""
    if not system.settings.reads_receipts:
        return PollAnswer((), request.cursor)
    since = datetime.fromisoformat(request.cursor) - _OVERLAP if request.cursor else request.now - _FIRST_LOOK_BACK
    changed = _received_since(system, since)
    asked = _asked(request.returns)
    origins = _origins(system, [one["id"] for one in changed], list(asked))
    numbers = _numbers(system, origins)
    messages = []
    for sales in _by_return(_return_sales(system, origins)):
        number = numbers.get(id_of(sales[0]["origin"]))
        lines = tally(sales)
        if number and any(line["received"] for line in lines):
            messages.append(_message(number, sales, lines, asked))
    newest = max((one["write_date"] or one["create_date"] for one in changed), default=None)
    return PollAnswer(tuple(messages), newest.isoformat() if newest else request.cursor)


def _received_since(system: Tryton, since: datetime) -> list[Record]:
    domain = [["state", "in", ["received", "done"]], ["write_date", ">=", moment(since)]]
    fields = ("write_date", "create_date")
    return system.search("stock.shipment.out.return", domain, fields, order=[["write_date", "ASC"]])


def _asked(returns: Iterable[OpenReturn]) -> dict[int, OpenReturn]:
    """The open returns by the ids of their return sales."""
    return {
        id_of(document): one
        for one in returns
        for key, document in one.documents.items()
        if key.startswith(OpenReturnAuthorisation.verb) and document.startswith("sale.sale,")
    }


def _origins(system: Tryton, shipments: list[int], sales: list[int]) -> list[str]:
    """The sold orders that those shipments and return sales are about."""
    found: set[str] = set()
    for field, ids in (("shipment_returns", shipments), ("id", sales)):
        for some in _pages(ids):
            found |= {sale["origin"] for sale in system.search("sale.sale", [[field, "in", some]], ["origin"])}
    return sorted(origin for origin in found if origin and origin.startswith("sale.sale,"))


def _numbers(system: Tryton, origins: list[str]) -> dict[int, str]:
    field = system.settings.order_field
    found: dict[int, str] = {}
    for some in _pages([id_of(origin) for origin in origins]):
        found |= {sale["id"]: sale[field] for sale in system.search("sale.sale", [["id", "in", some]], [field])}
    return found


def _return_sales(system: Tryton, origins: list[str]) -> list[Record]:
    fields = list(_SALE)
    if not system.has_field("sale.line", "components"):
        fields = [field for field in fields if "components" not in field]
    return [sale for some in _pages(origins) for sale in system.search("sale.sale", [["origin", "in", some]], fields)]


def _by_return(sales: Iterable[Record]) -> list[list[Record]]:
    """Return sales gathered by what they belong to: ours by the return in their key, others each for itself."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for sale in sales:
        verb, _, rest = (sale["reference"] or "").partition(":")
        ours = verb == OpenReturnAuthorisation.verb
        groups.setdefault((sale["origin"], rest.partition(":")[0] if ours else str(sale["id"])), []).append(sale)
    return [sorted(group, key=lambda sale: int(sale["id"])) for _, group in sorted(groups.items())]


def _message(number: str, sales: list[Record], lines: list[Record], asked: dict[int, OpenReturn]) -> Polled:
    names = [[name.kind, name.value] for sale in sales if (one := asked.get(sale["id"])) for name in one.names]
    stamps = [shipment["write_date"] for sale in sales for shipment in sale["shipment_returns"]]
    body = {
        "order": number,
        "names": [name for position, name in enumerate(names) if name not in names[:position]],
        "label": sales[0]["description"] or "",
        "return_sales": [sale["id"] for sale in sales],
        "warehouse": (sales[0]["warehouse"] or {}).get("code") or "",
        "at": max((stamp for stamp in stamps if stamp is not None), default=None),
        "lines": lines,
    }
    return Polled(RETURN_SALES, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))


def _pages(items: list[Any]) -> Iterable[list[Any]]:
    return (items[start : start + _PAGE] for start in range(0, len(items), _PAGE))
