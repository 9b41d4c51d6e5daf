"""One seed, one bad day; two files, so that two processes share the seeds."""

from __future__ import annotations

import pytest

from backhaul.simulation.day import play
from backhaul.simulation.ground import Ground


@pytest.mark.parametrize("seed", range(1, 61))
def test_after_a_bad_day_everything_agrees_or_is_owned(seed: int, ground: Ground) -> None:
    told = play(ground, seed)
    assert not told.wrongs, str(told)
