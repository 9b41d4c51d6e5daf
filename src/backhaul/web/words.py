"""How values are written for people: names in words, money with its separators and currency."""

from __future__ import annotations

from backhaul.domain.money import Money


def words(name: str) -> str:
    """``issue-credit-note`` as ``Issue credit note``, ``sku-alias`` as ``SKU alias``."""
    spaced = name.replace("-", " ").replace("_", " ").replace("sku ", "SKU ")
    return spaced[:1].upper() + spaced[1:]


def amount(money: Money) -> str:
    """``1,234.50 USD``, with as many decimals as the currency has."""
    return f"{money.decimal:,} {money.currency}"
