"""The values that messages carried so far, with how often and since when, as far as a mapping can speak of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backhaul.store.sql import rows

_MOST_SKUS = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A value, at a site and of a SKU where that plays a part."""

    value: str
    site: str
    sku: str
    count: int
    first_at: datetime
    last_at: datetime


def _of(merchant_id: int, since: datetime, what: str, kinds: tuple[str, ...]) -> list[Seen]:
    statement = f"""
        SELECT {what}, count(*), min(f.recorded_at), max(f.recorded_at)
        FROM returns r JOIN facts f ON f.return_id = r.id
        WHERE r.merchant_id = %s AND r.last_message_at >= %s AND f.kind = ANY(%s) GROUP BY 1, 2, 3
        """  # noqa: S608  the columns are those named below
    found = rows(statement, (merchant_id, since, list(kinds)))
    return [Seen(value, site or "", sku or "", *more) for value, site, sku, *more in found if value]


def conditions(merchant_id: int, since: datetime) -> list[Seen]:
    """What warehouses found goods to be."""
    what = "f.body->>'disposition', f.body->>'site', f.body->'unit'->>'sku'"
    return _of(merchant_id, since, what, ("ItemInspected",))


def sites(merchant_id: int, since: datetime) -> list[Seen]:
    """Where goods are said to be."""
    return _of(merchant_id, since, "f.body->>'site', NULL, NULL", ("ItemReceived", "ItemInspected"))


def reasons(merchant_id: int, since: datetime) -> list[Seen]:
    """Why shoppers return."""
    return _of(merchant_id, since, "f.body->>'reason', NULL, NULL", ("ReturnInitiated",))


def tenders(merchant_id: int, since: datetime) -> list[Seen]:
    """How refunds are paid."""
    return _of(
        merchant_id, since, "f.body->>'tender', NULL, NULL", ("RefundPending", "RefundConfirmed", "RefundFailed")
    )


def open_since(merchant_id: int, kind: str) -> list[tuple[str | None, str, str, datetime]]:
    """(return, about, cause, since) of the merchant's open exceptions of that kind."""
    found = rows(
        "SELECT return_id, about, cause, opened_at FROM exceptions "
        "WHERE merchant_id = %s AND kind = %s AND closed_at IS NULL ORDER BY opened_at, key",
        (merchant_id, kind),
    )
    return [tuple(row) for row in found]


def skus_sold_to_those_who_wait(merchant_id: int, sku: str) -> list[str]:
    """The SKUs on the orders of open returns in which a unit is said to be that SKU, the most frequent first."""
    found = rows(
        """
        SELECT line->>'sku', count(*) FROM returns r JOIN return_orders ro ON ro.return_id = r.id
        JOIN orders o ON o.id = ro.order_id, jsonb_array_elements(o.frozen->'lines') AS line
        WHERE r.merchant_id = %s AND NOT r.closed AND %s = ANY(r.skus) GROUP BY 1 ORDER BY 2 DESC, 1
        """,
        (merchant_id, sku),
    )
    return [name for name, _ in found]


def skus_sold(merchant_id: int) -> list[str]:
    """SKUs of orders that returns spoke of, those of the newest orders first."""
    found = rows(
        """
        SELECT DISTINCT line->>'sku' FROM (
          SELECT frozen FROM orders WHERE merchant_id = %s AND frozen IS NOT NULL ORDER BY id DESC LIMIT %s
        ) o, jsonb_array_elements(o.frozen->'lines') AS line ORDER BY 1
        """,
        (merchant_id, _MOST_SKUS),
    )
    return [name for (name,) in found]
