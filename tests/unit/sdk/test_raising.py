"""What a storefront has raised in its sellable stock, held against what it was told to raise."""

from __future__ import annotations

import pytest

from backhaul.domain.document_lines import Earlier, TakenBackLine
from backhaul.sdk.raising import Meant, miscounted, takings

NONE = Earlier()


def line(count: int, before: Earlier = NONE, *, restock: bool = True, sku: str = "SHIRT") -> TakenBackLine:
    units = tuple(f"{sku}{nth}" for nth in range(before.told, before.told + count))
    return TakenBackLine(sku, sku, units, "", before, before, restock, "STO" if restock else "SCRAP")


def judged(there: tuple[int, int], *rest: tuple[TakenBackLine, int], by_id: bool = False) -> str:
    """What is told where ``there`` are taken back and raised, and of each line so many are to be told yet."""
    open_ = dict(rest)
    found = takings(open_, lambda one: Meant(frozenset({one.sku}), by_id, *there))
    refused = miscounted(found, open_.__getitem__, "Shop")
    return refused.why if refused is not None else ""


GOOD, BAD = line(1), line(1, restock=False)
AFTER_GOOD, AFTER_BAD, AFTER_WAIVED = Earlier(1, 1), Earlier(1), Earlier(1, 0, 1)


@pytest.mark.parametrize(
    ("there", "rest"),
    [
        ((0, 0), [(GOOD, 1)]),
        ((0, 0), [(BAD, 1)]),
        ((0, 0), [(BAD, 1), (line(2, AFTER_BAD), 2)]),
        ((1, 1), [(GOOD, 0)]),  # found done, by us or by hand
        ((1, 0), [(BAD, 0)]),
        ((2, 1), [(line(1, AFTER_GOOD, restock=False), 0)]),
        ((2, 2), [(GOOD, 0)]),  # another of them is to come, and was restocked by hand ahead of it
    ],
)
def test_what_agrees_is_no_matter(there: tuple[int, int], rest: list[tuple[TakenBackLine, int]]) -> None:
    assert judged(there, *rest) == ""


@pytest.mark.parametrize(
    ("there", "rest", "said"),
    [
        # by hand, where it has another owner or is damaged
        ((1, 1), [(BAD, 0)], "1 SHIRT too many are for sale: take 1 out"),
        ((1, 1), [(BAD, 0), (line(1, AFTER_BAD), 1)], "1 SHIRT too many are for sale: take 1 out"),
        ((3, 3), [(line(3, restock=False), 0)], "3 SHIRT too many are for sale: take 3 out"),
        ((2, 2), [(BAD, 0), (line(1, AFTER_BAD), 0)], "1 SHIRT too many are for sale: take 1 out"),
        # by hand, and never put into stock
        ((1, 0), [(GOOD, 0)], "1 SHIRT are not for sale at STO: add 1"),
        ((1, 0), [(line(2), 1)], "1 SHIRT are not for sale at STO: add 1"),
        ((3, 1), [(line(2, AFTER_GOOD), 0)], "2 SHIRT are not for sale at STO: add 2"),
    ],
)
def test_more_or_fewer_for_sale_than_there_are_to_be_is_told(
    there: tuple[int, int], rest: list[tuple[TakenBackLine, int]], said: str
) -> None:
    assert said in judged(there, *rest)


@pytest.mark.parametrize(
    ("there", "rest", "said"),
    [
        ((2, 0), [(line(1, AFTER_WAIVED), 0)], "add 1"),  # one was added for the first: now it is the second's turn
        ((2, 2), [(line(1, AFTER_WAIVED, restock=False), 0)], "take 1 out"),
        ((1, 1), [(line(1, AFTER_WAIVED), 1)], ""),  # nobody touched the second
        ((1, 0), [(line(1, AFTER_WAIVED), 1)], ""),
        ((2, 1), [(line(1, AFTER_WAIVED), 0)], ""),  # told by us after the first was corrected, the answer lost
    ],
)
def test_what_was_corrected_once_is_not_asked_for_again(
    there: tuple[int, int], rest: list[tuple[TakenBackLine, int]], said: str
) -> None:
    why = judged(there, *rest)
    assert said in why
    assert bool(said) == bool(why)


def test_after_a_restore_the_same_two_come_to_the_same_in_any_order() -> None:
    """The sellable one and the damaged one are both there; which of them is told of first is another matter."""
    there = (2, 1)
    assert judged(there, (GOOD, 0)) == judged(there, (line(1, AFTER_GOOD, restock=False), 0)) == ""
    assert judged(there, (BAD, 0)) == judged(there, (line(1, AFTER_BAD), 0)) == ""


def test_all_that_is_wrong_is_told_at_once() -> None:
    why = judged((1, 0), (GOOD, 0), (line(1, sku="JEANS"), 0))
    assert "1 SHIRT are not for sale" in why
    assert "1 JEANS are not for sale" in why


def test_a_line_that_is_known_by_its_id_is_counted_by_itself() -> None:
    """Two lines of one SKU of ours, sold as two: what was told of one proves nothing of the other."""
    mine = TakenBackLine("2", "SHIRT", ("u9",), "L2", NONE, AFTER_GOOD, restock=True, location="STO")
    assert judged((1, 1), (mine, 0), by_id=True) == ""
    (taking,) = takings([mine], lambda _line: Meant(frozenset({"L2"}), by_id=True, back=0, raised=0))
    assert taking.behind == 0


def test_what_was_waived_and_never_told_leaves_the_count_behind() -> None:
    (taking,) = takings([line(1, AFTER_WAIVED)], lambda _line: Meant(frozenset({"L"}), by_id=False, back=0, raised=0))
    assert taking.behind == 1
