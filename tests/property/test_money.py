"""The laws of dividing money: nothing is left over, nobody is favoured by a whole cent, the sign does not matter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backhaul.domain.money import CurrencyMismatch, Money, divide, exponent, from_decimal
from backhaul.domain.orders import FrozenLine, shares

totals = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


@given(totals, weights)
def test_the_parts_come_to_the_total(total: int, weighing: list[int]) -> None:
    assert sum(divide(total, weighing)) == total


@given(totals, weights)
def test_no_part_is_off_its_exact_share_by_a_whole_cent(total: int, weighing: list[int]) -> None:
    whole = sum(weighing) or len(weighing)
    for part, weight in zip(divide(total, weighing), weighing if any(weighing) else [1] * len(weighing), strict=True):
        assert abs(part * whole - total * weight) < whole


@given(totals, weights)
def test_what_weighs_nothing_gets_nothing(total: int, weighing: list[int]) -> None:
    assume(any(weighing))
    assert all(part == 0 for part, weight in zip(divide(total, weighing), weighing, strict=True) if weight == 0)


@given(totals, weights)
def test_taking_back_mirrors_giving(total: int, weighing: list[int]) -> None:
    assert divide(-total, weighing) == tuple(-part for part in divide(total, weighing))


@given(totals, totals, st.integers(1, 40))
def test_the_units_of_a_line_are_exactly_the_line(net: int, tax: int, quantity: int) -> None:
    parts = shares(FrozenLine("1", "S", quantity, net, tax))
    assert tuple(part.net_minor for part in parts) == divide(net, [1] * quantity)
    assert tuple(part.tax_minor for part in parts) == divide(tax, [1] * quantity)


@given(st.integers(-(10**9), 10**9), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_written_out_is_read_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert from_decimal(money.decimal, currency) == money
    assert -money.decimal.as_tuple().exponent in (0, exponent(currency))  # type: ignore[operator]


@pytest.mark.parametrize("wrong", [[], [1, -1]])
def test_dividing_among_nobody_or_by_less_than_nothing_is_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match=r"nothing to divide among|negative"):
        divide(10, wrong)


def test_a_fraction_of_a_cent_is_refused_and_currencies_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="whole number of minor units"):
        from_decimal(Decimal("1.005"), "USD")
    with pytest.raises(CurrencyMismatch, match="USD with EUR"):
        Money(1, "USD") + Money(1, "EUR")
