"""Reads a neutral money message into one fact."""

from __future__ import annotations

from backhaul.connectors.neutral_money.messages import (
    Amount,
    Approval,
    Charge,
    Exchange,
    MoneyMessage,
    NeutralMoneySettings,
    Refund,
    StoreCredit,
    UnitRef,
)
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.sdk.bodies import validated_json
from backhaul.sdk.messages import Message, Name, Reading, Unreadable

_WORDS: dict[str, type[f.RefundApproved | f.RefundHeld | f.RefundReleased | f.RefundDeclined]] = {
    "approved": f.RefundApproved,
    "held": f.RefundHeld,
    "released": f.RefundReleased,
    "declined": f.RefundDeclined,
}
_FACTS: dict[str, type[f.RefundPending | f.RefundConfirmed]] = {
    "pending": f.RefundPending,
    "succeeded": f.RefundConfirmed,
}


def read_money(message: Message, _settings: NeutralMoneySettings) -> tuple[Reading, ...]:
    """One reading with what was said. Raises Unreadable, or UnknownValue for a word that is not in its list."""
    said = validated_json(MoneyMessage, message.body).root
    match said:
        case Exchange():
            told = _exchange(said)
        case Approval():
            told = _approval(said)
        case Charge():
            told = (_charge(said),)
        case _:
            told = (_refund(said),)
    ref = said.return_ref
    names = () if ref is None else (Name(ref.kind, ref.value),)
    return (Reading(names, said.order_number, told),)


def _refund(said: Refund | StoreCredit) -> f.Fact:
    if said.fee is not None and said.fee.currency != said.amount.currency:
        raise Unreadable(f"a fee in {said.fee.currency} on an amount in {said.amount.currency}", "fee")
    tender = "store-credit" if isinstance(said, StoreCredit) else said.tender
    units = tuple(_unit(said.order_number, unit, f"units/{place}") for place, unit in enumerate(said.units))
    amount, fee = _money(said.amount), None if said.fee is None else _money(said.fee)
    if said.state in ("failed", "reversed"):
        return f.RefundFailed(
            said.refund_id,
            said.order_number,
            amount,
            tender,
            fee,
            units,
            said.sequence,
            said.occurred_at,
            reason=said.reason or ("reversed" if said.state == "reversed" else ""),
        )
    return _FACTS[said.state](
        said.refund_id, said.order_number, amount, tender, fee, units, said.sequence, said.occurred_at
    )


def _exchange(said: Exchange) -> tuple[f.Fact, ...]:
    """Also of one that is cancelled it is told what it was: its unit may be named nowhere else."""
    confirmed = f.ExchangeConfirmed(
        said.exchange_id,
        _unit(said.order_number, said.unit, "unit"),
        said.replacement_sku,
        said.quantity,
        said.occurred_at,
        None if said.value is None else _money(said.value),
        said.replacement_order,
    )
    if said.state == "confirmed":
        return (confirmed,)
    return confirmed, f.ExchangeCancelled(said.exchange_id, "", said.reason, said.occurred_at)


def _approval(said: Approval) -> tuple[f.Fact, ...]:
    word = _WORDS[said.state]
    units = (_unit(said.order_number, unit, f"units/{place}") for place, unit in enumerate(said.units))
    return tuple(word(unit, said.occurred_at) for unit in units)


def _charge(said: Charge) -> f.Fact:
    amount = _money(said.amount)
    return f.ChargeConfirmed(
        said.charge_id, said.order_number, amount, said.exchange_id, said.sequence, said.occurred_at
    )


def _unit(order: str, unit: UnitRef, where: str) -> f.UnitName:
    if unit.line_ref is None and unit.item_ref is None and unit.sku is None:
        raise Unreadable("a unit needs a line_ref, an item_ref or a sku", where)
    return f.UnitName(order, unit.line_ref, unit.offset, unit.item_ref, unit.sku)


def _money(amount: Amount) -> Money:
    return Money(amount.minor, amount.currency)
