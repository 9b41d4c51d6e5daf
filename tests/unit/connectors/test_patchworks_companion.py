"""Failed runs of Patchworks are kept with their payloads before these vanish, and fall into objects to be run again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backhaul.connectors.patchworks.companion import KIND, poll_failed_runs
from backhaul.connectors.patchworks.objects import alone, objects_of
from backhaul.connectors.patchworks.reader import read_failed_run
from backhaul.domain.money import Money
from backhaul.sandbox.patchworks import Fault, Flow, ObjectFailed, StandIn
from backhaul.sdk.connector import PollAnswer, PollRequest
from backhaul.sdk.messages import Message, Stranded, Unreadable, stranded_of
from backhaul.sdk.outcomes import Throttled
from tests.support.patchworks import connected, settings_of

START_AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = 3600.0
WATCH = {
    "9": {"objects": "/orders", "name": "/number", "value": "/total", "currency": "/currency"},
    "*": {},
}
ORDERS = {
    "batch": 7,
    "orders": [
        {"number": "SHOP-1", "total": "21.60", "currency": "USD", "sku": "MUG"},
        {"number": "SHOP-2", "total": 9.5, "currency": "USD", "sku": "GHOST"},
        {"number": "SHOP-3", "total": "?", "currency": "USD", "sku": "MUG"},
    ],
}


def work(content: Any) -> None:
    ghosts = [one["number"] for one in content["orders"] if one["sku"] == "GHOST"]
    if ghosts:
        raise ObjectFailed(f"no product for {ghosts[0]}")


def stand_in() -> StandIn:
    return StandIn([Flow(5), Flow(9, "orders to the ERP", work)], start_at=START_AT, per_minute=10**6)


def poll(world: StandIn, cursor: str = "", **more: Any) -> PollAnswer:
    system = connected(world, **{"watch": WATCH, **more})
    return poll_failed_runs(system, PollRequest(world.clock.now(), cursor))


def fail(world: StandIn) -> None:
    world.run(9, json.dumps(ORDERS).encode())


def test_a_failed_run_is_kept_once_with_its_payload_byte_for_byte() -> None:
    world = stand_in()
    payload = b'{"orders" : [ {"number": "SHOP-2", "sku": "GHOST", "total": 10.50} ] }'
    run = world.run(9, payload)
    answer = poll(world)
    (polled,) = answer.messages
    assert (polled.kind, polled.delivery) == (KIND, f"run:{run.run_id}")
    assert [one["text"] for one in json.loads(polled.body)["payloads"].values()] == [payload.decode()]
    assert poll(world, answer.cursor).messages == ()


def test_a_payload_is_still_there_after_patchworks_has_dropped_it() -> None:
    world = stand_in()
    fail(world)
    world.clock.advance(71 * HOUR)
    (polled,) = poll(world).messages
    world.clock.advance(200 * HOUR)
    assert list(connected(world).runs(since=START_AT)) == []
    settings = settings_of(watch=WATCH)
    assert json.loads(alone(polled.body, settings, 2))["orders"] == [ORDERS["orders"][1]]  # type: ignore[index]
    assert len(objects_of(polled.body, settings)) == 3


def test_a_run_that_fails_long_after_it_began_is_not_missed() -> None:
    world = stand_in()
    world.deploy(Flow(9, work=work, seconds=20 * HOUR))
    fail(world)
    answer = poll(world)
    for _ in range(20):
        world.clock.advance(HOUR)
        answer = poll(world, answer.cursor)
    assert len(answer.messages) == 1


def test_after_days_of_silence_what_is_left_is_kept_and_what_is_lost_is_said() -> None:
    world = stand_in()
    cursor = poll(world).cursor
    fail(world)
    world.clock.advance(100 * HOUR)
    (polled,) = poll(world, cursor).messages
    (one,) = objects_of(polled.body, settings_of(watch=WATCH))
    assert one.cause == "Connection: no product for SHOP-2 (it had expired before it was read)"
    with pytest.raises(Unreadable, match="nothing to run again"):
        alone(polled.body, settings_of(watch=WATCH), 0)


def test_many_failed_runs_are_taken_in_turns_and_none_twice() -> None:
    world = stand_in()
    for _ in range(45):
        fail(world)
    deliveries: list[str] = []
    cursor, again = "", True
    while again:
        answer = poll(world, cursor)
        cursor, again = answer.cursor, answer.again_at_once
        deliveries += [one.delivery for one in answer.messages]
    assert len(deliveries) == len(set(deliveries)) == 45


def test_runs_that_began_before_others_and_failed_after_them_bring_none_of_those_again() -> None:
    world = stand_in()
    world.deploy(Flow(9, work=work, seconds=HOUR))
    for _ in range(25):
        fail(world)
    world.deploy(Flow(9, work=work))
    world.clock.advance(1)
    fail(world)
    answer = poll(world)
    assert len(answer.messages) == 1
    world.clock.advance(HOUR)
    brought = 1
    for expected in (20, 5, 0):
        answer = poll(world, answer.cursor)
        brought += len(answer.messages)
        assert len(answer.messages) == expected
    assert brought == 26


def test_a_quota_that_runs_out_keeps_what_came_and_goes_on_there() -> None:
    world = stand_in()
    fail(world)
    fail(world)
    world.faults.ask(Fault.THROTTLE, f"/{world.runs.shown()[1].run_id}/flow-run-logs")
    first = poll(world)
    second = poll(world, first.cursor)
    assert (len(first.messages), len(second.messages), first.again_at_once) == (1, 1, True)
    world.faults.ask(Fault.THROTTLE)
    with pytest.raises(Throttled):
        poll(world, second.cursor)


def test_flows_of_our_own_effects_and_flows_nobody_watches_are_left_alone() -> None:
    world = stand_in()
    fail(world)
    assert poll(world, watch={}).messages == ()
    assert poll(world, watch={"7": {}}).messages == ()
    assert poll(world, flows={"put-away": {"flow": 9}}).messages == ()


def test_objects_come_with_name_cause_and_worth_the_blamed_one_first() -> None:
    world = stand_in()
    fail(world)
    (polled,) = poll(world).messages
    found = objects_of(polled.body, settings_of(watch=WATCH))
    assert [(one.name, one.place, one.blamed, one.value) for one in found] == [
        ("SHOP-2", 2, True, Money(950, "USD")),
        ("SHOP-1", 1, False, Money(2160, "USD")),
        ("SHOP-3", 3, False, None),
    ]


def test_each_object_is_told_of_by_a_key_for_ever_its_worth_and_its_order() -> None:
    world = stand_in()
    fail(world)
    (polled,) = poll(world).messages
    watch = {"9": {**WATCH["9"], "order": "/number"}}
    first, second, third = stranded_of(
        read_failed_run(Message("ipaas", polled.body, START_AT, kind=KIND), settings_of(watch=watch))
    )
    run = world.runs.shown()[0].run_id
    cause = "Connection: no product for SHOP-2"
    assert first == Stranded(f"run:{run}:2", f"SHOP-2 of run {run} of flow 9", cause, (Money(950, "USD"),), "SHOP-2")
    assert (second.key, second.cause) == (f"run:{run}:1", f"its run failed, and the log does not name it: {cause}")
    assert (third.order, third.value) == ("SHOP-3", ())


def test_a_run_that_replays_an_object_is_not_kept_as_one_more_that_failed() -> None:
    world = stand_in()
    fail(world)
    run = str(world.runs.shown()[0].run_id)
    system = connected(world, watch=WATCH)
    answer = poll_failed_runs(system, PollRequest(world.clock.now(), "", replays=(run,)))
    assert answer.messages == ()
    assert poll(world, answer.cursor).messages == ()


def test_a_name_within_a_longer_one_is_not_blamed() -> None:
    world = stand_in()
    orders = [{"number": number, "sku": sku} for number, sku in (("SHOP-2", "MUG"), ("SHOP-22", "GHOST"), ("2", "MUG"))]
    world.run(9, json.dumps({"orders": orders}).encode())
    (polled,) = poll(world).messages
    found = objects_of(polled.body, settings_of(watch=WATCH))
    assert [one.name for one in found if one.blamed] == ["SHOP-22"]


def test_one_object_is_run_again_alone_once_its_cause_is_mended() -> None:
    world = stand_in()
    fail(world)
    (polled,) = poll(world).messages
    settings = settings_of(watch=WATCH)
    one = objects_of(polled.body, settings)[0]
    taken: list[Any] = []
    world.deploy(Flow(9, work=taken.append))
    connected(world).start_raw(one.flow, alone(polled.body, settings, one.place))
    assert taken == [{"batch": 7, "orders": [ORDERS["orders"][1]]}]  # type: ignore[index]


def test_what_falls_into_no_objects_is_one_and_may_go_to_another_flow() -> None:
    world = stand_in()
    world.deploy(Flow(9, work=lambda _one: (_ for _ in ()).throw(ObjectFailed("no")).__next__()))
    for body in (b"<orders/>", b"\xff\xfe", b'{"orders": "none"}'):
        world.run(9, body)
    settings = settings_of(watch={"9": {"replay": {"flow": 12}}})
    found = [one for polled in poll(world).messages for one in objects_of(polled.body, settings)]
    assert [(one.place, one.flow.flow) for one in found] == [(0, 12), (0, 12), (1, 12)]


def test_a_payload_that_is_too_large_to_keep_is_said_to_be() -> None:
    world = stand_in()
    world.run(9, json.dumps({**ORDERS, "padding": "x" * 2000}).encode())
    (polled,) = poll(world, most_bytes=1024).messages
    (one,) = objects_of(polled.body, settings_of(watch=WATCH))
    assert "bytes, more than 1024" in one.cause


def test_a_login_may_be_old_when_the_poll_comes_back() -> None:
    world = stand_in()
    fail(world)
    more: dict[str, Any] = {"api_key": None, "email": "returns@example.com", "password": "sandbox-password"}
    assert len(poll(world, **more).messages) == 1
    world.clock.advance(timedelta(hours=30).total_seconds())
    fail(world)
    assert len(poll(world, **more).messages) == 2
