"""Each protection is taken away in turn, and within a few seeds the simulation says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.sandbox.happy_returns.faults import Faults
from backhaul.sdk.connector import Connector, Performs
from backhaul.sdk.outcomes import Absent, Done, Found, Task
from backhaul.simulation.chances import CALM, FOUL, Chances
from backhaul.simulation.day import play
from backhaul.simulation.ground import Ground
from backhaul.simulation.weather import Storm
from backhaul.simulation.world import Sabotage

QUIET = Chances(
    shops=1, returns=3, over=0.0, storm=CALM, kills=0.0, faults=Faults(), twice=0.0, late=0.0, lag=timedelta(),
    restores=False,
)  # fmt: skip
LOST_ANSWERS = replace(QUIET, storm=Storm(cut_after=0.2))
SEEDS = range(1, 25)


def noticed(ground: Ground, chances: Chances, sabotage: Sabotage, seeds: Iterable[int] = SEEDS) -> str:
    """The first thing the simulation finds wrong; nothing when it notices nothing."""
    return next((told.wrongs[0] for seed in seeds if (told := play(ground, seed, chances, sabotage)).wrongs), "")


def with_pairs(change: Callable[[Performs], Performs]) -> Sabotage:
    def spoil(connector: Connector) -> Connector:
        return replace(connector, performs=tuple(map(change, connector.performs)))

    return Sabotage(connector=spoil)


def blind(_task: Task, _system: object) -> Found:
    return Absent()


class Rewritten:
    """Statements with a guard taken out; a guard that is worded otherwise now is a mistake of the test's."""

    def __init__(self, guard: str, without: str) -> None:
        self.guard, self.without, self.met = guard, without, 0

    def __call__(self, statement: str) -> str:
        self.met += self.guard in statement
        return statement.replace(self.guard, self.without)


def test_doing_without_looking_is_noticed(ground: Ground) -> None:
    assert noticed(ground, LOST_ANSWERS, with_pairs(lambda pair: replace(pair, find=blind)))


@pytest.mark.parametrize(
    ("verb", "says"), [("approve-refund", "was paid 2 times"), ("announce-return", "was announced 2 times")]
)
def test_sending_again_what_cannot_be_looked_up_is_noticed(verb: str, says: str, ground: Ground) -> None:
    sabotage = with_pairs(lambda pair: replace(pair, find=blind) if pair.effect.verb == verb else pair)
    chances = replace(QUIET, storm=Storm(cut_after=0.4), returns=6)
    assert says in noticed(ground, chances, sabotage)


def test_a_payment_that_is_only_claimed_to_be_made_is_noticed(ground: Ground) -> None:
    def claim(_task: Task, _system: object, _found: Found) -> Done:
        return Done("nothing at all")

    sabotage = with_pairs(lambda pair: replace(pair, do=claim) if pair.effect.verb == "approve-refund" else pair)
    assert "is paid for on our records only" in noticed(ground, QUIET, sabotage)


def test_looking_before_a_document_can_be_seen_is_noticed(ground: Ground) -> None:
    slow = replace(LOST_ANSWERS, lag=timedelta(minutes=10))
    assert noticed(ground, slow, with_pairs(lambda pair: replace(pair, visible_after_s=0.0)))


def test_a_restore_that_does_not_begin_a_new_epoch_is_noticed(ground: Ground) -> None:
    restored = replace(QUIET, restores=True, returns=5)
    assert noticed(ground, restored, Sabotage(bumps_epoch=False))


@pytest.mark.parametrize(
    ("guard", "without", "chances"),
    [
        pytest.param(
            "AND effects.attempts = v.attempt AND effects.claimed_by = %s",
            "AND %s <> ''",
            replace(QUIET, storm=replace(FOUL, stopped=0.15)),
            id="a late outcome is written",
        ),
        pytest.param(
            "SELECT order_id, line, index FROM allocations WHERE order_id = ANY(%s) AND NOT released",
            "SELECT order_id, line, index FROM allocations WHERE order_id = ANY(%s) AND false",
            replace(QUIET, over=1.0, returns=5),
            id="a sold unit is given twice",
        ),
        pytest.param(
            "ON CONFLICT (connection_id, dedupe) DO UPDATE SET seen = messages.seen + 1",
            "ON CONFLICT (connection_id, dedupe) DO UPDATE SET state = 'read', seen = messages.seen + 1",
            replace(QUIET, twice=1.0),
            id="a repeated message is taken for read",
        ),
        pytest.param(
            "standing IN ('due', 'unsure') AND (not_before",
            "standing IN ('due') AND (not_before",
            LOST_ANSWERS,
            id="what ended unsure is never looked at again",
        ),
        pytest.param(
            "AND (m.about_order = ANY(%s) OR m.why LIKE",
            "AND false AND (m.about_order = ANY(%s) OR m.why LIKE",
            replace(QUIET, late=0.9, returns=2, faults=Faults(lose=0.6)),
            id="a message that waits for its return is never read again",
        ),
    ],
)
def test_a_guard_taken_out_of_a_statement_is_noticed(
    guard: str, without: str, chances: Chances, ground: Ground
) -> None:
    rewritten = Rewritten(guard, without)
    found = noticed_or_broken(ground, chances, Sabotage(statement=rewritten))
    assert rewritten.met, "no statement has this guard any more: see how it is worded now"
    assert found


def noticed_or_broken(ground: Ground, chances: Chances, sabotage: Sabotage) -> str:
    """The database's own guards may be quicker than the simulation's eyes: then a flow breaks."""
    try:
        return noticed(ground, chances, sabotage)
    except Exception as error:  # noqa: BLE001  whatever breaks, it did not go unnoticed
        return repr(error)


@pytest.mark.parametrize("chances", [QUIET, LOST_ANSWERS, replace(QUIET, restores=True)])
def test_with_every_protection_in_place_nothing_is_noticed(chances: Chances, ground: Ground) -> None:
    assert not noticed(ground, chances, Sabotage(), range(1, 4))
