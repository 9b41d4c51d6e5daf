"""Effects at the storefront: what the shop, its shoppers and customer care must see of a return (keys: effects)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, get_args

from backhaul.domain.document_lines import DocumentLine, FlushMember, StorefrontLine, TakenBackLine


@dataclass(frozen=True, slots=True)
class OpenStorefrontReturn:
    """The return on the storefront's order, before the goods arrive; it books neither money nor stock.

    ``again`` counts as for an authorisation: how often these units began anew.
    """

    return_id: str
    order: str
    label: str
    lines: tuple[StorefrontLine, ...]
    initiated_at: datetime | None = None
    again: int = 0
    verb: ClassVar[str] = "open-storefront-return"


@dataclass(frozen=True, slots=True)
class TakeBackAtStorefront:
    """The goods of a storefront's return are here and looked at: its lines are received, with what becomes of each."""

    return_id: str
    order: str
    opening: str
    site: str
    lines: tuple[TakenBackLine, ...]
    verb: ClassVar[str] = "take-back-at-storefront"


@dataclass(frozen=True, slots=True)
class TrackStorefrontReturn:
    """The parcel of a storefront's return has this tracking number."""

    return_id: str
    order: str
    opening: str
    number: str
    verb: ClassVar[str] = "track-storefront-return"


@dataclass(frozen=True, slots=True)
class CloseStorefrontReturn:
    """Goods and money of it are settled."""

    return_id: str
    order: str
    opening: str
    verb: ClassVar[str] = "close-storefront-return"


@dataclass(frozen=True, slots=True)
class CancelStorefrontReturn:
    """Nothing of it will come."""

    return_id: str
    order: str
    opening: str
    verb: ClassVar[str] = "cancel-storefront-return"


@dataclass(frozen=True, slots=True)
class IssueRefund:
    """Pay the shopper ``amount_minor`` for those units, where the policy says that we move the money.

    ``tender`` is ``original`` (the payments of the order, each at most with what is left of it) or ``store-credit``.
    ``fee_minor`` was kept of what was paid for the units. ``besides`` are the order's refunds that are known to be for
    others. It pays out; nobody can take it back.
    """

    return_id: str
    order: str
    label: str
    lines: tuple[StorefrontLine, ...]
    currency: str
    amount_minor: int
    fee_minor: int
    tender: str = "original"
    besides: tuple[str, ...] = ()
    verb: ClassVar[str] = "issue-refund"


@dataclass(frozen=True, slots=True)
class MarkOrder:
    """Show the shopper and customer care how far the return of an order is: a whole statement, the newest counts.

    ``goods`` is one of GOODS_MARKS, ``money`` of MONEY_MARKS; ``sequence`` grows with each statement.
    """

    return_id: str
    order: str
    label: str
    goods: str
    money: str
    sequence: int
    verb: ClassVar[str] = "mark-order"


GOODS_MARKS = ("started", "dropped-off", "on-its-way", "received", "inspected", "kept", "lost", "called-off")
MONEY_MARKS = ("none", "approved", "pending", "refunded", "exchanged", "declined")


@dataclass(frozen=True, slots=True)
class OrderExchangeAtStorefront:
    """The replacement as an order of price zero at the storefront, its stock claimed there; the ERP's order follows."""

    return_id: str
    order: str
    exchange: str
    label: str
    sku: str
    quantity: int
    currency: str
    verb: ClassVar[str] = "order-exchange-at-storefront"


@dataclass(frozen=True, slots=True)
class CancelExchangeAtStorefront:
    """The exchange became a refund: its order at the storefront is withdrawn before any money is credited."""

    return_id: str
    order: str
    exchange_order: str
    exchange: str
    verb: ClassVar[str] = "cancel-exchange-at-storefront"


@dataclass(frozen=True, slots=True)
class RestockAtStorefront:
    """A unit that the ERP has in sellable stock is to be raised at the storefront, by the flush that carries it.

    Only where the policy says that we own the storefront's stock at that location.
    """

    return_id: str
    order: str
    site: str
    location: str
    line: DocumentLine
    source: str | None = None
    verb: ClassVar[str] = "restock-at-storefront"


@dataclass(frozen=True, slots=True)
class FlushStorefrontStock:
    """Raise the storefront's sellable stock for many units by one delta per SKU and location."""

    batch: str
    site: str
    members: tuple[FlushMember, ...]
    verb: ClassVar[str] = "flush-storefront-stock"


# What the storefront is told of a return without money being moved, each only after those before it.
StorefrontWord = (
    OpenStorefrontReturn
    | TrackStorefrontReturn
    | TakeBackAtStorefront
    | RestockAtStorefront
    | MarkOrder
    | CancelStorefrontReturn
    | CloseStorefrontReturn
)
StorefrontEffect = (
    StorefrontWord | IssueRefund | OrderExchangeAtStorefront | CancelExchangeAtStorefront | FlushStorefrontStock
)
AT_STOREFRONT: tuple[type[StorefrontEffect], ...] = get_args(StorefrontEffect)
