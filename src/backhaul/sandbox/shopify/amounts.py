"""Amounts as they are written: decimals of so many places, read and printed."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "XAF": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


class NoAmount(Exception):
    """What was sent is not an amount of its currency."""


def digits(currency: str) -> int:
    """How many decimals a currency has."""
    return _DIGITS.get(currency, 2)


def minor_of(amount: Any, currency: str) -> int:
    """Whole minor units of a decimal as sent; raises NoAmount when it is none or has too many decimals."""
    try:
        scaled = Decimal(str(amount)).scaleb(digits(currency))
    except InvalidOperation:
        raise NoAmount(f"{amount!r} is not a decimal") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise NoAmount(f"{amount!r} has more decimals than {currency}")
    return int(scaled)


def decimal_text(minor: int, currency: str) -> str:
    """As GraphQL answers it: at least one decimal and no trailing zeros beyond it, so 20.00 is "20.0"."""
    text = f"{Decimal(minor).scaleb(-digits(currency)):f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"


def rest_text(minor: int, currency: str) -> str:
    """As webhooks write it: with the decimals of the currency."""
    return f"{Decimal(minor).scaleb(-digits(currency)):f}"


def rounded(amount: Decimal) -> int:
    """To a whole minor unit, half up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))
