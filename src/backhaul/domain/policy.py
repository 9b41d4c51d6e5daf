"""The merchant's choices, as one versioned value that the decisions are made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from backhaul.domain.money import Money
from backhaul.domain.specificity import ANY, matching, most_telling, plain, spelled

Owner = Literal["finance", "operations", "warehouse", "customer-care", "engineering"]
Mover = Literal["platform", "backhaul"]
StockOwner = Literal["erp", "storefront", "backhaul"]
"""Who raises the storefront's sellable stock of a location: the ERP's own push, the storefront, or our flush."""
Account = Literal["stock", "quarantine", "damaged", "written-off", "missing"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit of some condition goes: a ledger account and the ERP's location (its code)."""

    account: Account
    location: str


DEFAULT_PLACES: Mapping[str, Place] = {
    "sellable": Place("stock", "STO"),
    "damaged": Place("damaged", "DAMAGED"),
    "dispose": Place("written-off", "SCRAP"),
    "quarantine": Place("quarantine", "QUAR"),
}


@dataclass(frozen=True, slots=True)
class DueTimes:
    """How long each expectation may take before it is overdue."""

    drop_off: timedelta = timedelta(days=30)
    arrival: timedelta = timedelta(days=21)
    inspection: timedelta = timedelta(days=3)
    refund: timedelta = timedelta(days=2)
    decision: timedelta = timedelta(days=7)
    audit: timedelta = timedelta(days=14)
    approval: timedelta = timedelta(days=2)


DEFAULT_OWNERS: Mapping[str, Owner] = {
    "over-return": "customer-care",
    "unit-not-sold": "customer-care",
    "amount-differs": "finance",
    "credited-amount-changed": "finance",
    "over-refund": "finance",
    "refund-contradiction": "finance",
    "refund-without-units": "finance",
    "refund-without-return": "finance",
    "currency-differs": "finance",
    "refund-failed": "customer-care",
    "refund-declined": "customer-care",
    "declined-after-refund": "finance",
    "fee-unknown": "finance",
    "unmapped-disposition": "warehouse",
    "received-more-than-returned": "warehouse",
    "quantity-went-down": "warehouse",
    "missing-item": "warehouse",
    "wrong-item": "customer-care",
    "damaged-after-refund": "customer-care",
    "cancelled-after-drop-off": "customer-care",
    "misplaced": "warehouse",
    "stock-differs": "warehouse",
    "not-announced": "warehouse",
    "not-approved": "customer-care",
    "exchange-out-of-stock": "customer-care",
    "exchange-contradiction": "customer-care",
    "exchange-without-unit": "customer-care",
    "exchange-after-refund": "customer-care",
    "exchange-shipped": "customer-care",
    "exchange-uncharged": "customer-care",
    "bundle-conflict": "operations",
    "unit-ambiguous": "operations",
    "ambiguous-return": "operations",
    "link-conflict": "operations",
    "possible-twin": "operations",
    "restored": "operations",
    "overdue": "operations",
    "overdue:drop-off": "customer-care",
    "overdue:arrival": "warehouse",
    "overdue:inspection": "warehouse",
    "overdue:decision": "warehouse",
    "overdue:refund": "finance",
    "overdue:approval": "customer-care",
    "counted-elsewhere": "warehouse",
    "effect-refused": "operations",
    "effect-ambiguous": "operations",
    "before-go-live": "operations",
    "stranded-object": "operations",
    "unreadable-message": "engineering",
    "unreadable-rows": "engineering",
    "unknown-value": "engineering",
    "connection-failing": "engineering",
    "source-silent": "engineering",
    "undecided": "engineering",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a merchant's choices. ``version`` is the digest of its text, kept with every decision."""

    version: str
    refund_confirmation: Literal["money", "approval"] = "money"
    refund_owner: Mover = "platform"
    exchange_owner: Mover = "platform"
    refund_on: Literal["approval", "receipt", "inspection"] = "approval"
    refund_tender: Literal["original", "store-credit"] = "original"
    exchange_on: Literal["confirmation", "approval", "receipt"] = "approval"
    exchange_at: Literal["erp", "both"] = "erp"
    storefront_returns: Literal["never", "authorisation"] = "never"
    track_returns: Literal["never", "label"] = "never"
    mark_orders: Literal["never", "changes"] = "never"
    stock_owners: Mapping[str, StockOwner] = field(default_factory=dict)
    credit_note_on: Literal["refund", "receipt"] = "refund"
    receipt_authority: Literal["warehouse", "erp"] = "warehouse"
    sellable_on: Literal["inspection", "receipt"] = "inspection"
    announce_on: Literal["never", "authorisation", "drop-off", "shipment"] = "never"
    approve_refunds: Literal["never", "person", "sellable"] = "never"
    report_contents: Literal["never", "inspection"] = "never"
    primary_site: str = "MAIN"
    places: Mapping[str, Place] = field(default_factory=lambda: dict(DEFAULT_PLACES))
    dispositions: Mapping[str, str] = field(default_factory=dict)
    sku_aliases: Mapping[str, str] = field(default_factory=dict)
    sku_classes: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    fees: Mapping[str, Money] = field(default_factory=dict)
    rounding_tolerance_minor: Mapping[str, int] = field(default_factory=dict)
    damage_asked_over: Mapping[str, int] = field(default_factory=dict)
    due: DueTimes = DueTimes()
    owners: Mapping[str, Owner] = field(default_factory=lambda: dict(DEFAULT_OWNERS))
    timezone: str = "UTC"

    def disposition(self, said: str, site: str = ANY) -> str:
        """The policy's word for a source's condition at that site: its map first, then the word itself, normalised."""
        words = (said, plain(said))
        told = (self.dispositions.get(spelled(word, where)) for where in (site, ANY) for word in words)
        return next((word for word in told if word is not None), words[1])

    def place(self, disposition: str, site: str, sku_class: str = "") -> Place | None:
        """Where such a unit goes at that site: what is said of just this before what is said of any; None is a gap."""
        return most_telling(self.places, disposition, site, sku_class)

    def site(self, said: str) -> str:
        """The policy's name of a source's site."""
        return self.sites.get(said, said)

    def sku(self, said: str) -> str:
        """The ERP's SKU for a source's."""
        return self.sku_aliases.get(said, said)

    def sku_class(self, sku: str) -> str:
        """The class an ERP's SKU belongs to, "" where it belongs to none."""
        return matching(self.sku_classes, sku) or ""

    def reason(self, said: str) -> str | None:
        """What the ERP calls a shopper's reason; None where the policy leads it nowhere."""
        return next((self.reasons[word] for word in (said, plain(said), ANY) if word in self.reasons), None)

    def is_missing(self, disposition: str, site: str) -> bool:
        """Whether that word says that the warehouse looked and did not find it."""
        place = self.place(disposition, site)
        return disposition == "missing" or (place is not None and place.account == "missing")

    def stock_owner(self, location: str) -> StockOwner:
        """Who raises the storefront's sellable stock of that place of the ERP's: one of them, never two."""
        return self.stock_owners.get(location, self.stock_owners.get(ANY, "erp"))

    def owner(self, kind: str) -> Owner:
        """Who looks after that kind of exception; ``overdue:refund`` before ``overdue``, the merchant's word first."""
        family = kind.partition(":")[0]
        for owners in (self.owners, DEFAULT_OWNERS):
            for name in (kind, family):
                if name in owners:
                    return owners[name]
        return "operations"
