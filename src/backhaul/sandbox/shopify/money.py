"""Money in whole minor units, in the shop's currency and in the shopper's: an order keeps both, side by side."""

from dataclasses import dataclass
from decimal import Decimal

from .amounts import digits, rounded


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
