"""What a document says, in the few words by which people tell it from the others of its return."""

from __future__ import annotations

from collections.abc import Iterable

from backhaul.domain import effects as e
from backhaul.domain.money import Money
from backhaul.web.words import amount

Line = e.DocumentLine | e.StorefrontLine | e.TakenBackLine | e.AnnouncedLine


def gist(effect: e.Effect) -> str:
    """Units, places, amounts and words of the effect; "" where its name says it all."""
    match effect:
        case e.OpenReturnAuthorisation() | e.OpenStorefrontReturn() | e.ReceiveReturn():
            return _units(effect.lines)
        case e.AnnounceReturn():
            return _units(effect.lines) or "nothing more is to come"
        case e.PutAway():
            return f"{_units(effect.lines)} to {effect.location}"
        case e.Restock() | e.RestockAtStorefront():
            return f"{_units((effect.line,))} to {effect.location}"
        case e.TakeBackAtStorefront():
            return ", ".join(map(_taken_back, effect.lines))
        case e.ApproveRefund() | e.IssueCreditNote() | e.RecordRefund() | e.CorrectCreditNote() | e.IssueRefund():
            return amount(Money(_minor(effect), effect.currency))
        case e.CreateExchangeOrder() | e.OrderExchangeAtStorefront():
            return f"{effect.quantity} × {effect.sku}"
        case e.MarkOrder():
            return f"{effect.goods}, {effect.money}"
        case e.TrackStorefrontReturn():
            return effect.number
        case e.ReportContents():
            return effect.disposition
        case _:
            return ""


def _units(lines: Iterable[Line]) -> str:
    return ", ".join(f"{line.quantity} × {line.sku}" for line in lines)


def _taken_back(line: e.TakenBackLine) -> str:
    where = f" to {line.location}" if line.location else ""
    return _units((line,)) + where + (", for sale again" if line.restock else "")


def _minor(
    effect: e.ApproveRefund | e.IssueCreditNote | e.RecordRefund | e.CorrectCreditNote | e.IssueRefund,
) -> int:
    match effect:
        case e.ApproveRefund():
            return effect.worth_minor
        case e.IssueCreditNote():
            return effect.total_minor
        case e.CorrectCreditNote():
            return effect.delta_minor
        case e.RecordRefund() | e.IssueRefund():
            return effect.amount_minor
