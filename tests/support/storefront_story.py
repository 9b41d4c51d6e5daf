"""One return as a storefront sees it, effect by effect, for whichever storefront keeps the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from backhaul.domain import effects as e
from backhaul.sdk.conformance import Play


@dataclass(frozen=True)
class Sold:
    """What a story returns of one order: two of ``sku``, of which ``price_minor`` was paid for each with tax."""

    order: str
    sku: str
    price_minor: int
    currency: str
    replacement: str
    line_ref: str = ""


def storefront_return(do: Play, name: str, sold: Sold) -> None:
    """Opened, paid for by us, one unit put back into stock and one thrown away, marked and closed."""
    units = (f"{sold.order}-1-0", f"{sold.order}-1-1")
    line = e.StorefrontLine("1", sold.sku, units, sold.line_ref, "size")
    opened = e.OpenStorefrontReturn(name, sold.order, f"RMA-{name}", (line,))
    do(opened)
    if do.connector.performer(e.TrackStorefrontReturn) is not None:
        do(e.TrackStorefrontReturn(name, sold.order, e.key(opened), f"1Z-{name}"))
    do(e.MarkOrder(name, sold.order, f"RMA-{name}", "started", "approved", 1))
    refund = e.IssueRefund(name, sold.order, f"RMA-{name}", (line,), sold.currency, 2 * sold.price_minor, 0)
    do(refund)
    earlier = e.Earlier(told=1, raised=1)
    good = e.TakenBackLine("1", sold.sku, units[:1], sold.line_ref, restock=True, location="STO")
    bad = e.TakenBackLine("1", sold.sku, units[1:], sold.line_ref, earlier, earlier, location="SCRAP")
    do(e.TakeBackAtStorefront(name, sold.order, e.key(opened), "MAIN", (good,)))
    do(e.TakeBackAtStorefront(name, sold.order, e.key(opened), "MAIN", (bad,)))
    do(e.MarkOrder(name, sold.order, f"RMA-{name}", "inspected", "refunded", 2))
    do(e.CloseStorefrontReturn(name, sold.order, e.key(opened)))


def exchanged_return(do: Play, name: str, sold: Sold) -> None:
    """One that never comes and is cancelled; its exchange is ordered and withdrawn again."""
    line = e.StorefrontLine("1", sold.sku, (f"{sold.order}-1-0",), sold.line_ref)
    opened = e.OpenStorefrontReturn(name, sold.order, f"RMA-{name}", (line,))
    do(opened)
    exchange = e.OrderExchangeAtStorefront(
        name, sold.order, f"X-{name}", f"RMA-{name}", sold.replacement, 1, sold.currency
    )
    do(exchange)
    do(e.CancelExchangeAtStorefront(name, sold.order, e.key(exchange), f"X-{name}"))
    do(e.CancelStorefrontReturn(name, sold.order, e.key(opened)))


def flushed(do: Play, name: str, sold: Sold, location: str = "STO") -> None:
    """Three units of two SKUs raised in one batch."""
    members = tuple(
        e.FlushMember(f"restock-at-storefront:{name}:{sku}-{nth}", f"{sku}-{nth}", sku, location)
        for sku, count in ((sold.sku, 2), (sold.replacement, 1))
        for nth in range(count)
    )
    do(e.FlushStorefrontStock(f"MAIN-{datetime.now(UTC):%Y%m%dT%H%M%S}-{name}", "MAIN", members))
