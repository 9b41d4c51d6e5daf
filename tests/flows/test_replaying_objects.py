"""One object is done again alone: on record before it is sent, sent once, and closed when its run was seen to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.connectors.patchworks import connector
from backhaul.flows.replay import replay_message
from backhaul.flows.resolve import CannotResolve, retry, waive
from backhaul.sandbox.patchworks import Fault, Flow
from backhaul.sdk.connector import Replays
from backhaul.sdk.outcomes import Done
from backhaul.store.restored import NEW_EPOCH
from backhaul.store.sql import rows, run
from tests.support.left_behind import GHOST, Watched, causes, open_keys, standings


def left(ground: Watched) -> str:
    """Of two orders of a run one arrived; the key of the other's exception."""
    ground.fail({"number": "SHOP-1", "total": 9}, GHOST)
    other, ghost = open_keys()
    waive(ground.shop.deployment, ground.shop.merchant_id, other, "ann", "it is there")
    ground.taken.clear()
    return ghost


def test_it_is_on_record_before_anything_is_sent_and_closed_when_its_run_was_seen_to_finish(db: object) -> None:
    ground = Watched()
    key = left(ground)
    ground.mend()
    assert "replayed alone" in ground.replay()
    assert (standings(), ground.runs, open_keys()) == (["asked"], 1, [key])
    ground.poll()
    assert (standings(), ground.taken, open_keys()) == (["running"], ["GHOST-2"], [key])
    ground.forward()
    ground.poll()
    assert (standings(), ground.taken, open_keys()) == (["finished"], ["GHOST-2"], [])
    reference = str(ground.world.runs.shown()[-1].run_id)
    assert rows("SELECT asked_by, reference FROM replays") == [("ann", reference)]


def test_what_was_replayed_well_is_never_opened_again(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend()
    ground.replay()
    for _ in range(2):
        ground.poll()
        ground.forward()
    ((message_id,),) = rows("SELECT id FROM messages WHERE kind = 'failed-run'")
    replay_message(ground.shop.deployment, ground.shop.merchant_id, message_id, "ann")
    ground.shop.read()
    ground.poll()
    assert open_keys() == []
    with pytest.raises(CannotResolve, match="closed already"):
        ground.replay(rows("SELECT exception_id FROM replays")[0][0])


def test_while_it_is_at_work_it_is_not_sent_again_whoever_asks(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend(seconds=1500.0)
    ground.replay()
    with pytest.raises(CannotResolve, match="it is asked"):
        ground.replay()
    for _ in range(4):
        ground.poll()
        ground.forward(5)
    with pytest.raises(CannotResolve, match="it is running"):
        ground.replay(looked=True)
    assert (ground.runs, standings()) == (2, ["running"])
    ground.forward(10)
    ground.poll()
    assert (ground.runs, standings(), open_keys()) == (2, ["finished"], [])


def test_a_replay_that_fails_keeps_the_exception_with_its_new_cause_and_makes_no_second_one(db: object) -> None:
    ground = Watched()
    key = left(ground)
    ground.replay()
    for _ in range(3):
        ground.poll()
        ground.forward()
    assert (open_keys(), standings()) == ([key], ["failed"])
    assert "failed at Connection: no product for GHOST-2" in causes()[0]
    ground.mend()
    ground.replay()
    for _ in range(2):
        ground.poll()
        ground.forward()
    assert (open_keys(), standings(), ground.taken) == ([], ["failed", "finished"], ["GHOST-2"])


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.ERROR_AFTER])
def test_after_an_unsure_answer_a_person_looks_and_nothing_is_sent_again_by_itself(db: object, fault: Fault) -> None:
    ground = Watched()
    left(ground)
    ground.mend()
    ground.world.faults.ask(fault, "start/raw")
    ground.replay()
    for _ in range(4):
        ground.poll()
        ground.forward(30)
    assert (standings(), ground.taken) == (["unsure"], ["GHOST-2"])
    assert "may have come through" in causes()[0]
    with pytest.raises(CannotResolve, match="Look in the other system"):
        ground.replay()
    retry(ground.shop.deployment, ground.shop.merchant_id, open_keys()[0], "ann")
    ground.shop.read()
    ground.poll()
    assert (ground.taken, "may have come through" in causes()[0]) == (["GHOST-2"], True)
    ground.replay(looked=True)
    ground.poll()
    assert (standings(), ground.taken) == (["failed", "running"], ["GHOST-2", "GHOST-2"])


def test_what_certainly_did_not_happen_is_sent_once_the_quota_allows(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend()
    ground.world.faults.ask(Fault.THROTTLE, "start/raw")
    ground.replay()
    ground.poll()
    assert (standings(), ground.taken) == (["asked"], [])
    ground.forward()
    ground.poll()
    assert (standings(), ground.taken) == (["running"], ["GHOST-2"])


def test_what_the_system_refuses_to_start_is_told_and_may_be_replayed_again(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.world.deploy(Flow(9, versions=(1,), deployed=None))
    ground.replay()
    ground.poll()
    assert standings() == ["failed"]
    assert "no version of flow 9 is deployed" in causes()[0]
    ground.mend()
    ground.replay()
    ground.poll()
    assert standings() == ["failed", "running"]


def test_a_worker_that_died_while_sending_leaves_it_unsure(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.replay()
    run("UPDATE replays SET standing = 'sending', begun_at = %s", (ground.shop.clock(),))
    ground.forward(1)
    ground.poll()
    assert standings() == ["sending"]
    ground.forward(10)
    ground.poll()
    assert (standings(), ground.runs) == (["unsure"], 1)
    assert "may have been sent" in causes()[0]


def test_what_was_asked_for_before_a_restore_is_not_sent_after_it(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend()
    ground.replay()
    run(NEW_EPOCH)
    ground.poll()
    assert (standings(), ground.taken) == (["unsure"], [])


def test_a_run_that_is_never_seen_to_end_is_somebodys_after_days(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend(seconds=None)
    ground.replay()
    ground.poll()
    ground.forward(4 * 24 * 60)
    ground.poll()
    assert standings() == ["unsure"]
    assert "was not seen to end" in causes()[0]


def test_waived_before_it_was_sent_it_is_not_sent(db: object) -> None:
    ground = Watched()
    key = left(ground)
    ground.mend()
    ground.replay()
    waive(ground.shop.deployment, ground.shop.merchant_id, key, "ann", "entered by hand")
    ground.poll()
    assert (standings(), ground.taken, open_keys()) == (["withdrawn"], [], [])


def test_waived_while_it_could_not_be_sent_it_is_not_sent_either(db: object) -> None:
    """Whoever waives sees it being sent, and then the quota is used up: it is put back, and stays there."""
    ground = Watched()
    key = left(ground)
    ground.mend()
    ground.replay()
    run("UPDATE replays SET standing = 'sending', begun_at = %s", (ground.shop.clock(),))
    waive(ground.shop.deployment, ground.shop.merchant_id, key, "ann", "entered by hand")
    run("UPDATE replays SET standing = 'asked'")
    ground.poll()
    assert (standings(), ground.taken) == (["asked"], [])


def test_settings_that_find_another_object_under_the_same_key_send_nothing(db: object) -> None:
    ground = Watched()
    left(ground)
    ground.mend()
    ground.replay()
    ground.configure(watch={"9": {"objects": "/orders", "name": "/total"}})
    ground.poll()
    assert (standings(), ground.taken) == (["failed"], [])
    assert "have message" in causes()[0]


def test_only_what_was_left_behind_by_a_system_that_can_do_it_again_is_replayed(db: object) -> None:
    ground = Watched()
    key = left(ground)
    ground.link.connector = replace(connector, replays=None)
    with pytest.raises(CannotResolve, match="cannot have anything done again"):
        ground.replay(key)
    message_id = ground.shop.tell("happy", None, raw=b"{")
    with pytest.raises(CannotResolve, match="unreadable-message is not replayed"):
        ground.replay(f"message:{message_id}")
    with pytest.raises(CannotResolve, match="There is no exception none-such"):
        ground.replay("none-such")


def test_an_answer_that_comes_after_it_was_given_up_for_lost_is_kept(db: object) -> None:
    ground = Watched()
    left(ground)

    def start(_system: object, _body: bytes, _key: str) -> str:
        run("UPDATE replays SET standing = 'unsure'")
        return "r-1"

    ground.link.connector = replace(connector, replays=Replays(start, lambda *_: Done("r-1")))
    ground.replay()
    ground.poll()
    assert rows("SELECT standing, reference FROM replays") == [("running", "r-1")]
    ground.shop.clock.at += timedelta(minutes=1)
    ground.poll()
    assert (standings(), open_keys()) == (["finished"], [])
