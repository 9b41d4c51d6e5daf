"""Money in whole minor units, in the shop's currency and in the shopper's: an order keeps both, side by side."""

from dataclasses import dataclass
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


def share(total: int, done: int, more: int, of: int) -> int:
    """What `more` of `of` units carry after `done`: parts that add up to the total to the cent."""
    return rounded(Decimal(total * (done + more)) / of) - rounded(Decimal(total * done) / of)


@dataclass(frozen=True, slots=True)
class Currencies:
    """What an order is kept in: `rate` is how much presentment money one unit of shop money is."""

    shop: str = "USD"
    presentment: str = "USD"
    rate: Decimal = Decimal(1)

    @property
    def same(self) -> bool:
        """Whether the shopper paid in the shop's own currency."""
        return self.shop == self.presentment

    def bag(self, shop_minor: int) -> "Bag":
        """Shop money and what it is for the shopper."""
        return Bag(shop_minor, self._scaled(shop_minor, self.rate, self.shop, self.presentment), self)

    def bag_of_presentment(self, minor: int) -> "Bag":
        """The shopper's money and what it is for the shop."""
        return Bag(self._scaled(minor, 1 / self.rate, self.presentment, self.shop), minor, self)

    @staticmethod
    def _scaled(minor: int, rate: Decimal, source: str, target: str) -> int:
        return rounded(Decimal(minor) * rate * Decimal(10) ** (digits(target) - digits(source)))


@dataclass(frozen=True, slots=True)
class Bag:
    """The same amount twice."""

    shop: int
    presentment: int
    currencies: Currencies

    def __add__(self, other: "Bag") -> "Bag":
        return Bag(self.shop + other.shop, self.presentment + other.presentment, self.currencies)

    def __sub__(self, other: "Bag") -> "Bag":
        return Bag(self.shop - other.shop, self.presentment - other.presentment, self.currencies)

    def part(self, done: int, more: int, of: int) -> "Bag":
        """What `more` of `of` units carry after `done`."""
        shop, presentment = (share(total, done, more, of) for total in (self.shop, self.presentment))
        return Bag(shop, presentment, self.currencies)
