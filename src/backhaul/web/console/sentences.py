"""Each fact as a sentence that a person of the back office would say."""

from __future__ import annotations

from typing import assert_never

from backhaul.domain import facts as f
from backhaul.web.words import amount


def sentence(fact: f.Fact) -> str:
    """What the fact says, with the names its source uses."""
    match fact:
        case f.OrderFrozen() | f.UnitAllocated() | f.UnitReleased() | f.UnitFoundPlaced() | f.AuthorisationNumbered():
            return _about_sale(fact)
        case f.RefundPending() | f.RefundConfirmed() | f.RefundFailed():
            return _about_money(fact)
        case f.RefundApproved() | f.RefundHeld() | f.RefundReleased() | f.RefundDeclined():
            return _about_the_word(fact)
        case f.ExchangeConfirmed() | f.ExchangeCancelled() | f.ExchangeOrdered() | f.ChargeConfirmed():
            return _about_exchange(fact)
        case (
            f.DispositionDecided() | f.FateDecided() | f.ApprovalDecided() | f.ExceptionWaived()
            | f.CorrectionDecided() | f.ReturnLinked()
        ):  # fmt: skip
            return _about_decision(fact)
        case _:
            return _about_goods(fact)


def _about_goods(
    fact: f.ReturnInitiated
    | f.DropOffChosen
    | f.ItemDroppedOff
    | f.ReturnExpired
    | f.ReturnCancelled
    | f.KeptByCustomer
    | f.BagLabelled
    | f.ItemShippedToWarehouse
    | f.ItemReceived
    | f.ItemInspected,
) -> str:
    match fact:
        case f.ReturnInitiated():
            reason = f", reason “{fact.reason}”" if fact.reason else ""
            return f"The shopper started to return {unit(fact.unit)}{reason}."
        case f.DropOffChosen():
            return f"Drop-off by “{fact.method}” was chosen."
        case f.ItemDroppedOff():
            return f"{unit(fact.unit)} was dropped off."
        case f.ReturnExpired():
            return f"The return of {unit(fact.unit)} expired."
        case f.ReturnCancelled():
            return f"The return of {unit(fact.unit)} was cancelled."
        case f.KeptByCustomer():
            return f"The shopper keeps {unit(fact.unit)} and is refunded."
        case f.BagLabelled():
            return f"The goods are in bag {fact.bag}."
        case f.ItemShippedToWarehouse():
            shipment = f" in shipment {fact.shipment}" if fact.shipment else ""
            return f"{unit(fact.unit)} left the hub{shipment}."
        case f.ItemReceived():
            return f"{fact.total} of {unit(fact.unit)} received so far at {fact.site}."
        case f.ItemInspected():
            instead = f", {fact.found} came instead" if fact.found else ""
            return f"{fact.total} of {unit(fact.unit)} found “{fact.disposition}” so far at {fact.site}{instead}."
        case _:
            assert_never(fact)


def _about_the_word(fact: f.RefundApproved | f.RefundHeld | f.RefundReleased | f.RefundDeclined) -> str:
    match fact:
        case f.RefundApproved():
            return f"The platform approved the refund of {unit(fact.unit)}; it states no amount."
        case f.RefundHeld():
            return f"The platform looks at {unit(fact.unit)} before it pays for it."
        case f.RefundReleased():
            return f"The platform has looked at {unit(fact.unit)} and lets its refund go."
        case f.RefundDeclined():
            return f"The platform declined the refund of {unit(fact.unit)}."
        case _:
            assert_never(fact)


def _about_sale(
    fact: f.OrderFrozen | f.UnitAllocated | f.UnitReleased | f.UnitFoundPlaced | f.AuthorisationNumbered,
) -> str:
    match fact:
        case f.OrderFrozen():
            return f"Order {fact.order.number} was read as it was sold: {len(fact.order.lines)} lines."
        case f.UnitAllocated():
            return f"{fact.unit} is unit {fact.index + 1} of line {fact.line} of order {fact.order}."
        case f.UnitReleased():
            return f"{fact.unit} no longer takes unit {fact.index + 1} of line {fact.line} of order {fact.order}."
        case f.UnitFoundPlaced():
            return f"The ERP already had {fact.unit} at {fact.place} ({fact.site})."
        case f.AuthorisationNumbered():
            return f"The ERP calls the return authorisation {fact.number}."
        case _:
            assert_never(fact)


def _about_money(fact: f.RefundPending | f.RefundConfirmed | f.RefundFailed) -> str:
    said = f"Refund {fact.refund} of {amount(fact.amount)} for order {fact.order}"
    match fact:
        case f.RefundPending():
            return f"{said} is pending."
        case f.RefundConfirmed():
            fee = f", after a fee of {amount(fact.fee)}" if fact.fee else ""
            return f"{said} was paid to the {fact.tender} tender{fee}."
        case f.RefundFailed():
            return f"{said} failed{f': {fact.reason}' if fact.reason else ''}."
        case _:
            assert_never(fact)


def _about_exchange(
    fact: f.ExchangeConfirmed | f.ExchangeCancelled | f.ExchangeOrdered | f.ChargeConfirmed,
) -> str:
    match fact:
        case f.ExchangeConfirmed():
            worth = f" worth {amount(fact.value)}" if fact.value is not None else ""
            made = f"; its order is {fact.order}" if fact.order is not None else ""
            what = f"{fact.quantity} × {fact.replacement_sku}{worth} ({fact.exchange})"
            return f"{unit(fact.unit)} is exchanged for {what}{made}."
        case f.ExchangeCancelled():
            who = fact.by or "Its source"
            return f"{who} had exchange {fact.exchange} refunded instead{f': {fact.reason}' if fact.reason else '.'}"
        case f.ExchangeOrdered():
            return f"The replacement of exchange {fact.exchange} was ordered at the storefront as {fact.order}."
        case f.ChargeConfirmed():
            return f"The shopper paid {amount(fact.amount)} for exchange {fact.exchange} (charge {fact.charge})."
        case _:
            assert_never(fact)


def _about_decision(
    fact: f.DispositionDecided
    | f.FateDecided
    | f.ApprovalDecided
    | f.ExceptionWaived
    | f.CorrectionDecided
    | f.ReturnLinked,
) -> str:
    match fact:
        case f.FateDecided():
            claim = f" ({fact.claim})" if fact.claim else ""
            return f"{fact.by} decided that {fact.unit} is “{fact.fate}”{claim}: {fact.reason}"
        case f.ApprovalDecided():
            word = "approved the refund of" if fact.approved else "held back the refund of"
            return f"{fact.by} {word} {fact.unit}: {fact.reason}"
        case f.DispositionDecided():
            return f"{fact.by} decided that {fact.unit} is “{fact.disposition}”: {fact.reason}"
        case f.ExceptionWaived():
            return f"{fact.by} waived {fact.exception}: {fact.reason}"
        case f.CorrectionDecided():
            return f"{fact.by} decided to correct refund {fact.refund}: {fact.reason}"
        case f.ReturnLinked():
            return f"This turned out to be the same return as {fact.other}: {fact.why}"
        case _:
            assert_never(fact)


def unit(name: f.UnitName) -> str:
    """How people call a unit: its SKU and order, else whatever its source calls it."""
    what = name.sku or name.item or (f"line {name.line}" if name.line else "a unit")
    return f"{what} of order {name.order}" if name.order else what
