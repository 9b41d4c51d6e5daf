"""Ledger postings and balances with their amounts written out: units of a SKU, or money of a currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backhaul.domain.money import Money
from backhaul.store.browse.one_return import Booked

_MONEY = (
    "clearing", "refunded", "credited", "fees", "bank", "rounding",
    "store-credit", "exchange-value", "charged", "write-off", "settlement",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One posting: ``amount`` is money, or None where ``quantity`` units of a SKU moved."""

    cause: str
    source: str
    destination: str
    quantity: int
    commodity: str
    amount: Money | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account of this return holds; negative where more went out than came in."""

    account: str
    quantity: int
    commodity: str
    amount: Money | None


def booked_lines(return_id: str, booked: tuple[Booked, ...]) -> tuple[BookedLine, ...]:
    """The postings in the order they were written; the return's own accounts without its id."""
    return tuple(
        BookedLine(
            each.cause,
            _short(each.posting.source, return_id),
            _short(each.posting.destination, return_id),
            each.posting.quantity,
            each.posting.commodity,
            _amount(each.posting.source, each.posting.quantity, each.posting.commodity),
            each.recorded_at,
        )
        for each in booked
    )


def account_balances(return_id: str, balances: Mapping[tuple[str, str], int]) -> tuple[Balance, ...]:
    """The accounts that hold something, goods first."""
    rows = (
        Balance(_short(account, return_id), quantity, commodity, _amount(account, quantity, commodity))
        for (account, commodity), quantity in balances.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.amount is not None, row.commodity, row.account)))


def _short(account: str, return_id: str) -> str:
    return account.removesuffix(f":{return_id}")


def _amount(account: str, quantity: int, commodity: str) -> Money | None:
    return Money(quantity, commodity) if account.split(":", 1)[0] in _MONEY else None
