"""Money as Medusa writes it: major units that it never rounds, so that here is where cents are made."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from backhaul.domain.money import Money, exponent
from backhaul.sdk.messages import Unreadable


def exact(said: Any) -> Decimal:
    """A number of Medusa's. Raises Unreadable for what is none."""
    try:
        number = Decimal(str(said))
    except InvalidOperation as error:
        raise Unreadable(f"{str(said)[:50]!r} is no amount") from error
    if not number.is_finite() or abs(number) > Decimal(10) ** 15:
        raise Unreadable(f"{str(said)[:50]!r} is no amount")
    return number


def rounded(said: Any, currency: str) -> Money:
    """An amount to the nearest minor unit, half a unit up."""
    code = currency.upper()
    return Money(int(exact(said).scaleb(exponent(code)).to_integral_value(ROUND_HALF_UP)), code)


def whole(amounts: Sequence[Decimal], currency: str) -> tuple[int, ...]:
    """Amounts in minor units that sum to their rounded sum: the units that are left go to the largest remainders."""
    scaled = [one.scaleb(exponent(currency.upper())) for one in amounts]
    floors = [int(one.to_integral_value(ROUND_FLOOR)) for one in scaled]
    left = int(sum(scaled, Decimal()).to_integral_value(ROUND_HALF_UP)) - sum(floors)
    by_remainder = sorted(range(len(scaled)), key=lambda index: (floors[index] - scaled[index], index))
    for index in by_remainder[:left]:
        floors[index] += 1
    return tuple(floors)


def sent(amount: Money, most: Decimal) -> float:
    """The amount as Medusa takes it; what is left of a payment to less than a minor unit goes with the last of it."""
    limited = amount.decimal
    if limited > most or (most - limited).scaleb(exponent(amount.currency)) < Decimal("0.5"):
        limited = most
    return float(limited)
