"""Money as Shopify writes it: decimal text in the shop's currency and in the one the shopper paid in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.domain.money import Money, exponent, from_decimal
from backhaul.sdk.messages import Unreadable


def money_of(bag: Mapping[str, Any], settings: ShopifySettings) -> Money:
    """Of a money bag the amount that the books are kept in. Raises Unreadable for what is no whole minor unit."""
    return _money(bag["shopMoney" if settings.money == "shop" else "presentmentMoney"])


def paid_in(bag: Mapping[str, Any]) -> Money:
    """Of a money bag the amount that the shopper paid or gets."""
    return _money(bag["presentmentMoney"])


def converted(amount: Money, bag: Mapping[str, Any], settings: ShopifySettings) -> Money:
    """An amount of the books in the shopper's currency, at the rate of a payment, to the nearest minor unit."""
    books, shopper = money_of(bag, settings), paid_in(bag)
    if books.currency == shopper.currency or not books.minor:
        return Money(amount.minor, shopper.currency)
    exact = Decimal(amount.minor) * Decimal(shopper.minor) / Decimal(books.minor)
    return Money(int(exact.to_integral_value(ROUND_HALF_UP)), shopper.currency)


def text_of(amount: Money) -> str:
    """As Shopify takes it: major units with all their places."""
    return f"{amount.decimal:.{exponent(amount.currency)}f}"


def _money(said: Mapping[str, Any]) -> Money:
    try:
        return from_decimal(Decimal(str(said["amount"])), said["currencyCode"])
    except (InvalidOperation, ValueError) as error:
        raise Unreadable(f"{said.get('amount')!r} is no amount of {said.get('currencyCode')}") from error
