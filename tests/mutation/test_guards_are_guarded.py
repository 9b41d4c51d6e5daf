"""Each guard of the domain is removed once, and a story must notice: a guard nobody misses guards nothing."""

from __future__ import annotations

import pytest

from tests.mutation.checks import checks, first_that_fails
from tests.mutation.guards import GUARDS
from tests.mutation.mutant import Guard, GuardIsGone, removed


def test_with_all_guards_in_place_every_story_holds() -> None:
    assert len(checks()) > 50
    assert first_that_fails() is None


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_a_story_misses_the_guard(guard: Guard) -> None:
    with removed(guard):
        assert first_that_fails() is not None, f"nobody notices that {guard.name!r} is gone from {guard.function}"


def test_a_guard_that_is_gone_from_the_source_is_named() -> None:
    gone = Guard("nothing", "owed", "_receipts", "the_moon_is_full", "True")
    with pytest.raises(GuardIsGone, match="0 times"), removed(gone):
        pytest.fail("there was nothing to remove")


def test_after_a_mutation_the_domain_is_whole_again() -> None:
    with removed(GUARDS[0]):
        assert first_that_fails() is not None
    assert first_that_fails() is None


def test_no_guard_is_listed_twice() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
