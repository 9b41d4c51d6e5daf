"""Money is a whole number of minor units with its currency, and it is divided without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class CurrencyMismatch(ValueError):
    """Amounts of two currencies cannot be added; convert them where the rate is known."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"cannot combine {left} with {right}")
        self.left, self.right = left, right


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit has (ISO 4217): USD 2, JPY 0, KWD 3."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``minor`` whole minor units (cents) of an ISO 4217 ``currency``; may be negative."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)


def from_decimal(amount: Decimal, currency: str) -> Money:
    """Major units to minor ones. Raises ValueError where the amount has a fraction of a minor unit."""
    scaled = amount.scaleb(exponent(currency))
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise ValueError(f"{amount} {currency} is not a whole number of minor units")
    return Money(int(whole), currency)


def divide(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``total`` minor units by ``weights`` (none negative), largest remainder first; the parts sum to it.

    Where all weights are zero they count as equal. Ties go to the earlier part, so the answer is always the same.
    """
    if not weights:
        raise ValueError("nothing to divide among")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    if total < 0:
        return tuple(-part for part in divide(-total, weights))
    shares = weights if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    remainders = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for index in remainders[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)
