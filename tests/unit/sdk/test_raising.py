"""What a storefront has raised in its sellable stock, held against what it was told to raise."""

from __future__ import annotations

import pytest

from backhaul.domain.document_lines import TakenBackLine
from backhaul.sdk.raising import Counted, miscounted


def line(count: int, before: int = 0, raised: int = 0, *, restock: bool = True) -> TakenBackLine:
    units = tuple(f"u{nth}" for nth in range(before, before + count))
    return TakenBackLine("1", "SHIRT", units, "", before, before, restock, "STO" if restock else "SCRAP", raised)


def judged(there: Counted, *rest: tuple[TakenBackLine, int]) -> str:
    return miscounted(rest, lambda _line: there, "Shop")


GOOD, BAD = line(1), line(1, restock=False)


@pytest.mark.parametrize(
    ("there", "rest"),
    [
        (Counted(0, 0), [(GOOD, 1)]),
        (Counted(0, 0), [(BAD, 1)]),
        (Counted(0, 0), [(BAD, 1), (line(2, 1), 2)]),
        (Counted(1, 1), [(GOOD, 0)]),  # found done, by us or by hand
        (Counted(1, 0), [(BAD, 0)]),
        (Counted(2, 1), [(line(1, 1, 1, restock=False), 0)]),
        (Counted(1, 0), [(line(1, 1, 1), 1)]),  # the one before was waived and never told
    ],
)
def test_what_agrees_is_told(there: Counted, rest: list[tuple[TakenBackLine, int]]) -> None:
    assert judged(there, *rest) == ""


@pytest.mark.parametrize(
    ("there", "rest", "count"),
    [
        (Counted(1, 1), [(BAD, 0)], 1),  # by hand, where it has another owner
        (Counted(1, 1), [(line(1, 1), 1)], 1),  # a damaged one was restocked, then a sellable one came
        (Counted(3, 3), [(line(3, restock=False), 0)], 3),
        (Counted(2, 2), [(BAD, 0), (line(1, 1), 0)], 1),
    ],
)
def test_what_is_for_sale_and_must_not_be_is_told(
    there: Counted, rest: list[tuple[TakenBackLine, int]], count: int
) -> None:
    assert f"{count} more than they are to be" in judged(there, *rest)


@pytest.mark.parametrize(
    ("there", "rest", "count"),
    [
        (Counted(1, 0), [(GOOD, 0)], 1),  # taken back by hand, never put into stock
        (Counted(1, 0), [(line(2), 1)], 1),
        (Counted(3, 1), [(line(2, 1, 1), 0)], 2),
    ],
)
def test_what_is_back_and_not_for_sale_is_told(
    there: Counted, rest: list[tuple[TakenBackLine, int]], count: int
) -> None:
    said = judged(there, *rest)
    assert f"{count} SHIRT were taken back" in said
    assert "STO" in said


def test_after_a_restore_the_same_two_come_to_the_same_in_any_order() -> None:
    """The sellable one and the damaged one are both there; which of them is told of first is another matter."""
    there = Counted(2, 1)
    assert judged(there, (GOOD, 0)) == judged(there, (line(1, 1, 1, restock=False), 0)) == ""
    assert judged(there, (BAD, 0)) == judged(there, (line(1, 1), 0)) == ""


def test_skus_are_counted_apart() -> None:
    other = TakenBackLine("2", "JEANS", ("j0",), "", 0, 0, restock=True, location="STO")
    there = {"SHIRT": Counted(1, 1), "JEANS": Counted(1, 0)}
    assert "JEANS" in miscounted([(GOOD, 0), (other, 0)], lambda one: there[one.sku], "Shop")
