"""Which returns of one order may be one, and which of them waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from backhaul.domain.twins import Known, Twin, twin_key, twins

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
BY_ID = Known("R1", "5035789d", MORNING, frozenset({"return"}), frozenset({(1, "777")}), going=False)
BY_CODE = Known("R2", "HRVPBGPR", MORNING + timedelta(hours=1), frozenset({"express"}), BY_ID.lines, going=False)
BEFORE, AFTER = Twin("R1", "5035789d", ahead=True, holds=True), Twin("R2", "HRVPBGPR", ahead=False, holds=False)


def test_what_was_known_first_goes_ahead_and_the_other_waits() -> None:
    assert twins(BY_CODE, [BY_ID], ()) == (BEFORE,)
    assert twins(BY_ID, [BY_CODE], ()) == (AFTER,)


def test_what_goes_on_already_goes_ahead_of_what_was_known_first() -> None:
    going = replace(BY_CODE, going=True)
    assert twins(BY_ID, [going], ())[0].holds
    assert not twins(going, [BY_ID], ())[0].ahead


def test_where_both_have_documents_it_is_asked_and_nothing_waits() -> None:
    (asked,) = twins(replace(BY_CODE, going=True), [replace(BY_ID, going=True)], ())
    assert asked.ahead
    assert not asked.holds


def test_two_names_of_one_kind_tell_two_returns_apart() -> None:
    assert not twins(BY_CODE, [replace(BY_ID, kinds=frozenset({"return", "express"}))], ())


def test_goods_of_different_lines_or_orders_are_of_two_returns() -> None:
    assert not twins(BY_CODE, [replace(BY_ID, lines=frozenset({(1, "888")}))], ())
    assert not twins(BY_CODE, [replace(BY_ID, lines=frozenset({(2, "777")}))], ())


def test_what_somebody_told_apart_is_not_asked_again_on_either_side() -> None:
    key = twin_key("R2", "R1")
    assert not twins(BY_CODE, [BY_ID], {key})
    assert not twins(BY_ID, [BY_CODE], {key})
