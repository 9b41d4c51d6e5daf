"""Effects: what we owe another system, in the imperative, each with the key that makes it one of a kind.

A key is the verb and what it is about, with the source's own ids, never a counter, so that the same obligation computed
twice is the same row. Where several units make one document, their names are in the key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal, assert_never

# ruff: noqa: PLC0414  effects at the storefront are effects like the others, and are named by this module, too
from backhaul.domain.document_lines import DocumentLine as DocumentLine
from backhaul.domain.document_lines import Earlier as Earlier
from backhaul.domain.document_lines import FlushMember as FlushMember
from backhaul.domain.document_lines import StorefrontLine as StorefrontLine
from backhaul.domain.document_lines import TakenBackLine as TakenBackLine
from backhaul.domain.storefront_effects import AT_STOREFRONT as AT_STOREFRONT
from backhaul.domain.storefront_effects import CancelExchangeAtStorefront as CancelExchangeAtStorefront
from backhaul.domain.storefront_effects import CancelStorefrontReturn as CancelStorefrontReturn
from backhaul.domain.storefront_effects import CloseStorefrontReturn as CloseStorefrontReturn
from backhaul.domain.storefront_effects import FlushStorefrontStock as FlushStorefrontStock
from backhaul.domain.storefront_effects import IssueRefund as IssueRefund
from backhaul.domain.storefront_effects import MarkOrder as MarkOrder
from backhaul.domain.storefront_effects import OpenStorefrontReturn as OpenStorefrontReturn
from backhaul.domain.storefront_effects import OrderExchangeAtStorefront as OrderExchangeAtStorefront
from backhaul.domain.storefront_effects import RestockAtStorefront as RestockAtStorefront
from backhaul.domain.storefront_effects import StorefrontEffect
from backhaul.domain.storefront_effects import StorefrontWord as StorefrontWord
from backhaul.domain.storefront_effects import TakeBackAtStorefront as TakeBackAtStorefront
from backhaul.domain.storefront_effects import TrackStorefrontReturn as TrackStorefrontReturn


@dataclass(frozen=True, slots=True)
class LookUpOrder:
    """Read the order as it was sold; the answer is the fact OrderFrozen."""

    return_id: str
    order: str
    verb: ClassVar[str] = "look-up-order"


@dataclass(frozen=True, slots=True)
class OpenReturnAuthorisation:
    """The return record in the ERP, before the goods arrive. ``label`` is the name people know the return by.

    ``again`` counts how often these units had expired, and so lost their authorisation, before they came after all.
    ``reasons`` are the shopper's, by unit, in the ERP's words; those that the policy leads nowhere are left out.
    """

    return_id: str
    order: str
    label: str
    lines: tuple[DocumentLine, ...]
    initiated_at: datetime | None = None
    again: int = 0
    reasons: Mapping[str, str] = field(default_factory=dict)
    verb: ClassVar[str] = "open-return-authorisation"


@dataclass(frozen=True, slots=True)
class ReceiveReturn:
    """The goods are at the dock and in inspection: received, in no sellable place."""

    return_id: str
    order: str
    authorisation: str
    site: str
    lines: tuple[DocumentLine, ...]
    verb: ClassVar[str] = "receive-return"


@dataclass(frozen=True, slots=True)
class PutAway:
    """Move inspected units from inspection (or ``source``) to a place that is not sellable, at once."""

    return_id: str
    order: str
    site: str
    account: str
    location: str
    lines: tuple[DocumentLine, ...]
    source: str | None = None
    verb: ClassVar[str] = "put-away"


@dataclass(frozen=True, slots=True)
class Restock:
    """A saleable unit is to be raised in sellable stock. It is settled by the flush that carries it.

    ``raised_by`` is who raises the storefront's stock for it: whoever owned it when this was first attempted.
    """

    return_id: str
    order: str
    site: str
    location: str
    line: DocumentLine
    source: str | None = None
    raised_by: str = ""
    verb: ClassVar[str] = "restock"


@dataclass(frozen=True, slots=True)
class FlushStock:
    """Raise sellable stock for many units in one document; membership is frozen before it is sent."""

    batch: str
    site: str
    members: tuple[FlushMember, ...]
    verb: ClassVar[str] = "flush-stock"


@dataclass(frozen=True, slots=True)
class IssueCreditNote:
    """A posted credit note of exactly ``total_minor`` = goods + tax - fee + difference (all minor units)."""

    return_id: str
    order: str
    authorisation: str
    label: str
    refund: str
    currency: str
    lines: tuple[DocumentLine, ...]
    fee_minor: int
    difference_minor: int
    total_minor: int
    tolerance_minor: int = 0
    verb: ClassVar[str] = "issue-credit-note"


@dataclass(frozen=True, slots=True)
class RecordRefund:
    """The customer's refund, recorded against its credit note."""

    return_id: str
    order: str
    credit_note: str
    refund: str
    currency: str
    amount_minor: int
    tender: str
    verb: ClassVar[str] = "record-refund"


@dataclass(frozen=True, slots=True)
class CorrectCreditNote:
    """The difference between what was credited provisionally and what was then stated (may be negative)."""

    return_id: str
    order: str
    credit_note: str
    label: str
    refund: str
    currency: str
    delta_minor: int
    verb: ClassVar[str] = "correct-credit-note"


@dataclass(frozen=True, slots=True)
class CloseReturnAuthorisation:
    """Everything on it is received or given up, and credited if it is to be: it must not stay open.

    ``uncredited`` are units of it that nothing is credited for: they were exchanged, declined, or free of charge.
    ``absent`` are those that will not come on it: kept by the shopper, lost, never handed in.
    """

    return_id: str
    order: str
    authorisation: str
    uncredited: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    verb: ClassVar[str] = "close-return-authorisation"

    @property
    def opening(self) -> str:
        return self.authorisation


@dataclass(frozen=True, slots=True)
class CancelReturnAuthorisation:
    """Nothing of it will come: the authorisation is withdrawn."""

    return_id: str
    order: str
    authorisation: str
    verb: ClassVar[str] = "cancel-return-authorisation"

    @property
    def opening(self) -> str:
        return self.authorisation


@dataclass(frozen=True, slots=True)
class CreateExchangeOrder:
    """An order of price zero for ``quantity`` of a replacement, to where the original order went, its stock reserved.

    ``lines`` are the units that come back, with what was paid for them. ``net_minor`` and ``tax_minor`` are what the
    replacements carry together: what they are worth when they come back in turn.
    """

    return_id: str
    order: str
    exchange: str
    label: str
    sku: str
    quantity: int
    currency: str
    net_minor: int
    tax_minor: int
    lines: tuple[DocumentLine, ...]
    number: str = ""
    verb: ClassVar[str] = "create-exchange-order"


@dataclass(frozen=True, slots=True)
class CancelExchangeOrder:
    """The exchange became a refund: its order is withdrawn before any money is credited."""

    return_id: str
    order: str
    exchange_order: str
    exchange: str
    verb: ClassVar[str] = "cancel-exchange-order"


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """Units of one sold line that should arrive. ``line_ref`` is the platform's order line, "" where nobody told it.

    They come back on ``authorisation`` (its key); ``number`` is what that document is called in the ERP, if it says.
    """

    order_line: str
    sku: str
    units: tuple[str, ...]
    line_ref: str = ""
    authorisation: str = ""
    number: str = ""

    @property
    def quantity(self) -> int:
        return len(self.units)


@dataclass(frozen=True, slots=True)
class AnnounceReturn:
    """Tell the warehouse what should arrive, and no more of the shopper than the names of the return.

    A whole statement: it takes the place of ``follows``, the key of the one before. Without lines nothing is to come
    any more. ``names`` are (kind, value): express code, RMA, bags, labels. ``shipments`` are the hub's or the carrier's
    names of the parcels. Days are of UTC.
    """

    return_id: str
    order: str
    site: str
    label: str
    names: tuple[tuple[str, str], ...]
    shipments: tuple[str, ...]
    lines: tuple[AnnouncedLine, ...]
    arrives_from: date | None = None
    arrives_to: date | None = None
    sequence: int = 1
    follows: str = ""
    verb: ClassVar[str] = "announce-return"


@dataclass(frozen=True, slots=True)
class ApproveRefund:
    """Tell the platform to pay the shopper for one unit. It pays out; nobody can take it back.

    ``code`` is the return's express code, ``item`` the unit's id there. ``by`` and ``why`` say who let it be paid;
    ``worth_minor`` of ``currency`` is what was paid for the unit, for people to see: the platform knows the amount.
    """

    return_id: str
    order: str
    code: str
    item: str
    unit: str
    condition: str
    by: str
    why: str
    worth_minor: int
    currency: str
    verb: ClassVar[str] = "approve-refund"


@dataclass(frozen=True, slots=True)
class ReportContents:
    """Tell the platform what the warehouse found of one unit: the ``sequence``-th word about it."""

    return_id: str
    order: str
    item: str
    bag: str
    disposition: str
    checked_in_at: datetime | None = None
    sequence: int = 1
    verb: ClassVar[str] = "report-contents"


Effect = (
    LookUpOrder
    | OpenReturnAuthorisation
    | ReceiveReturn
    | PutAway
    | Restock
    | FlushStock
    | IssueCreditNote
    | RecordRefund
    | CorrectCreditNote
    | CloseReturnAuthorisation
    | CancelReturnAuthorisation
    | AnnounceReturn
    | CreateExchangeOrder
    | CancelExchangeOrder
    | ApproveRefund
    | ReportContents
    | StorefrontEffect
)
Standing = Literal["waiting", "due", "unsure", "done", "refused", "ambiguous", "moot"]
_PLAIN = re.compile(r"[A-Za-z0-9_.+#-]+").fullmatch  # what every system takes in a reference


def key(effect: Effect) -> str:
    """The one name of this obligation, at most 200 letters, digits and ``- _ : + . #``."""
    parts: tuple[str, ...]
    match effect:
        case LookUpOrder():
            parts = (effect.return_id, effect.order)
        case FlushStock(batch=batch) | FlushStorefrontStock(batch=batch):
            parts = (batch,)
        case OpenReturnAuthorisation() | OpenStorefrontReturn():
            again = f"#{effect.again}" if effect.again else ""
            parts = (effect.return_id, effect.order, _units(effect.lines) + again)
        case ReceiveReturn() | TakeBackAtStorefront() | IssueRefund():
            parts = (effect.return_id, effect.order, _units(effect.lines))
        case PutAway():
            parts = (effect.return_id, effect.order, effect.account, _units(effect.lines))
        case Restock() | RestockAtStorefront():
            parts = (effect.return_id, effect.order, _units((effect.line,)))
        case IssueCreditNote() | CorrectCreditNote():
            parts = (effect.return_id, effect.order, effect.refund)
        case RecordRefund():
            corrected = effect.credit_note.startswith(CorrectCreditNote.verb)
            parts = (effect.return_id, effect.order, effect.refund, *(("corrected",) if corrected else ()))
        case (
            CloseReturnAuthorisation() | CancelReturnAuthorisation() | CloseStorefrontReturn()
            | CancelStorefrontReturn()
        ):  # fmt: skip
            parts = (effect.return_id, effect.order, effect.opening.rsplit(":", 1)[-1])
        case (
            CreateExchangeOrder() | CancelExchangeOrder() | OrderExchangeAtStorefront() | CancelExchangeAtStorefront()
        ):  # fmt: skip
            parts = (effect.return_id, effect.order, effect.exchange)
        case ApproveRefund():
            parts = (effect.return_id, effect.order, effect.item)
        case ReportContents():
            parts = (effect.return_id, effect.order, effect.item, str(effect.sequence))
        case AnnounceReturn() | MarkOrder() | TrackStorefrontReturn():
            # What it says is in its key: after a restore another statement must not go by the name of a forgotten one.
            parts = (effect.return_id, effect.order, _digest(repr(effect)))
        case _:
            assert_never(effect)
    name = ":".join((effect.verb, *(part if _PLAIN(part) else _digest(part) for part in parts)))
    return name if len(name) <= 200 else f"{effect.verb}:{_digest(name)}"


def _units(lines: Iterable[DocumentLine | StorefrontLine | TakenBackLine]) -> str:
    names = "+".join(sorted(unit for line in lines for unit in line.units))
    return names if len(names) <= 40 else _digest(names)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
