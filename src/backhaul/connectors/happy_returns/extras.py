"""Facts from fields that only a merchant's own mapping finds: money, a replacement, a condition, times."""

from __future__ import annotations

from datetime import datetime

from backhaul.connectors.happy_returns.mapping import Mapped
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.domain import facts as f
from backhaul.sdk.messages import Unreadable


def extra_facts(
    mapped: Mapped, unit: f.UnitName, received_at: datetime, settings: HappyReturnsSettings
) -> list[f.Fact]:
    """What the mapped fields say of one unit; none when nothing is mapped. Raises Unreadable."""
    told: list[f.Fact] = []
    if (dropped_off_at := mapped.moment("dropped_off_at")) is not None:
        told.append(f.ItemDroppedOff(unit, dropped_off_at))
    if (approved_at := mapped.moment("approved_at")) is not None:
        told.append(f.RefundApproved(unit, approved_at))
    if (refund := _refund(mapped, unit, received_at, settings)) is not None:
        told.append(refund)
    if (replacement := mapped.text("replacement_sku")) is not None:
        exchange = mapped.text("exchange_id") or f"exchange-{unit_key(unit)}"
        value = mapped.money("exchange_value", mapped.currency(), minor=settings.refund_amounts_in == "minor")
        made = mapped.text("exchange_order")
        told.append(f.ExchangeConfirmed(exchange, unit, replacement, at=received_at, value=value, order=made))
    if mapped.flag("returnless"):
        told.append(f.KeptByCustomer(unit, received_at))
    if (disposition := mapped.text("disposition")) is not None:
        if unit.item is None:
            raise Unreadable("a disposition of a unit without an item id: totals cannot be told apart")
        told.append(f.ItemInspected(unit, settings.inspection_site, disposition, 1, at=received_at))
    return told


def unit_key(unit: f.UnitName) -> str:
    """A unit's name in one word, the same for every telling of it within a return."""
    if unit.line is not None:
        return f"{unit.order}-{unit.line}-{unit.offset}"
    return unit.item or f"{unit.order}-{unit.sku}"


def _refund(
    mapped: Mapped, unit: f.UnitName, received_at: datetime, settings: HappyReturnsSettings
) -> f.RefundConfirmed | None:
    refund = mapped.text("refund_id")
    currency, minor = mapped.currency(), settings.refund_amounts_in == "minor"
    amount = mapped.money("refund_amount", currency, minor=minor)
    if refund is None or amount is None:
        return None
    # Several items may share one refund id over several POSTs: an item's own amount is never the whole refund's.
    own = mapped.counts_from_item("refund_amount")
    return f.RefundConfirmed(
        refund=f"{refund}/{unit_key(unit)}" if own else refund,
        order=unit.order,
        amount=amount,
        tender=mapped.text("refund_tender") or "original",
        fee=mapped.money("refund_fee", currency, minor=minor),
        units=(unit,) if own else (),
        at=received_at,
    )
