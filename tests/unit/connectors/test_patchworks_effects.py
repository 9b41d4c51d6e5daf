"""An effect done by a Patchworks flow: never started twice, never taken for done before the run says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from backhaul.connectors.patchworks import connector
from backhaul.connectors.patchworks.acts import find_run, start_run
from backhaul.connectors.patchworks.payloads import OFFERED, body_of, schema
from backhaul.connectors.patchworks.shapes import line_of, run_of, started_run
from backhaul.domain.effects import DocumentLine, IssueCreditNote, LookUpOrder, Restock, key
from backhaul.sandbox.patchworks import FINISHED, Fault, Flow, ObjectFailed, StandIn
from backhaul.sdk.outcomes import (
    Absent,
    Ambiguous,
    CannotLook,
    Done,
    Later,
    Partial,
    Refused,
    Rejected,
    Task,
    Throttled,
    Unsure,
)
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire
from tests.support.patchworks import Line, connected, settings_of

START_AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = 3600.0


def note(order: str = "SHOP-1001", refund: str = "re-1") -> IssueCreditNote:
    line = DocumentLine("11", "MUG", ("u-1",), 1000, 80)
    return IssueCreditNote("r1", order, "open:r1", "HR1", refund, "USD", (line,), 0, 0, 1080)


def task(effect: IssueCreditNote | None = None, **more: Any) -> Task:
    effect = effect or note()
    return Task(key(effect), effect, {"open:r1": "RS-1"}, **more)


def stand_in(flow: Flow | None = None, **more: Any) -> StandIn:
    return StandIn([flow or Flow(5)], start_at=START_AT, per_minute=10**6, **more)


def test_it_is_started_once_with_its_key_and_done_when_the_run_has_finished() -> None:
    world = stand_in()
    system = connected(world)
    assert find_run(task(), system) == Absent()
    done = start_run(task(), system, Absent())
    (run,) = world.runs.shown()
    assert done == Done(str(run.run_id)) == find_run(task(), system)
    assert find_run(task(note(refund="re-2")), system) == Absent()
    (body,) = world.runs.bodies()
    assert body == body_of(task())
    assert json.loads(body)["backhaul_key"] == key(note())


def test_a_lost_answer_is_found_by_the_key_in_the_payload() -> None:
    world = stand_in()
    system = connected(world)
    for fault in (Fault.CUT, Fault.ERROR_AFTER):
        effect = note(refund=fault)
        world.faults.ask(fault, "start/raw")
        with pytest.raises(Unsure):
            start_run(task(effect), system, Absent())
        assert isinstance(find_run(task(effect), system), Done)
    assert len(world.runs.bodies()) == 2


def test_a_run_that_goes_on_is_later_and_is_not_started_again() -> None:
    world = stand_in(Flow(5, seconds=60.0))
    system = connected(world)
    assert isinstance(start_run(task(), system, Absent()), Later)
    found = find_run(task(), system)
    assert found == Partial(str(world.runs.shown()[0].run_id), "running")
    assert isinstance(start_run(task(), system, found), Later)
    world.clock.advance(60)
    assert isinstance(start_run(task(), system, found), Done)
    assert len(world.runs.bodies()) == 1


def test_a_run_that_never_ends_becomes_somebodys() -> None:
    world = stand_in(Flow(5, seconds=None))
    system = connected(world)
    start_run(task(), system, Absent())
    world.clock.advance(HOUR + 1)
    outcome = start_run(task(), system, find_run(task(), system))
    assert isinstance(outcome, Refused)
    assert "is running" in outcome.why


def failing(_one: Any) -> None:
    raise ObjectFailed("the period is closed")


def test_a_failed_run_is_refused_with_what_its_log_says_and_is_not_started_again() -> None:
    world = stand_in(Flow(5, work=failing))
    system = connected(world)
    outcome = start_run(task(), system, Absent())
    assert isinstance(outcome, Refused)
    assert "failed at Connection: the period is closed" in outcome.why
    found = find_run(task(), system)
    assert isinstance(found, Partial)
    assert isinstance(start_run(task(), system, found), Refused)
    assert len(world.runs.bodies()) == 1


def test_a_run_that_was_retried_in_patchworks_once_its_cause_was_mended_is_found() -> None:
    world = stand_in(Flow(5, work=failing))
    system = connected(world)
    start_run(task(), system, Absent())
    (failed,) = world.runs.shown()
    failed.flow = Flow(5)
    again = world.runs.retry(failed.run_id)
    failed.told_as = 3
    assert find_run(task(), system) == Done(str(again.run_id))


def test_two_finished_runs_of_one_key_are_ambiguous() -> None:
    world = stand_in()
    system = connected(world)
    start_run(task(), system, Absent())
    world.runs.retry(world.runs.shown()[0].run_id)
    assert isinstance(find_run(task(), system), Ambiguous)


def test_a_run_that_finished_with_warnings_is_not_done_unless_that_is_accepted() -> None:
    world = stand_in(Flow(5, work=failing, catches=True))
    outcome = start_run(task(), connected(world), Absent())
    assert isinstance(outcome, Refused)
    assert "finished with warnings" in outcome.why
    accepting = connected(world, flows={"issue-credit-note": {"flow": 5, "accept_warnings": True}})
    assert isinstance(find_run(task(), accepting), Done)


def test_a_status_nobody_explained_is_neither_done_nor_failed() -> None:
    world = stand_in()
    system = connected(world, statuses={})
    outcome = start_run(task(), system, Absent())
    assert isinstance(outcome, Later)
    assert f"status {FINISHED}, which nobody has explained" in outcome.why
    world.clock.advance(HOUR + 1)
    assert isinstance(start_run(task(), system, find_run(task(), system)), Refused)
    assert isinstance(find_run(task(), connected(world)), Done)


def test_once_payloads_have_expired_nobody_can_look_and_nothing_is_started() -> None:
    world = stand_in()
    world.run(5, body_of(task()))
    world.clock.advance(72 * HOUR)
    with pytest.raises(CannotLook, match="their payloads are gone"):
        find_run(task(), connected(world))
    tried = replace(task(note(refund="re-9")), tried_since=world.clock.now() - timedelta(hours=1))
    assert find_run(tried, connected(world)) == Absent()
    world.clock.advance(96 * HOUR)
    with pytest.raises(CannotLook, match="keeps payloads for 72 h"):
        find_run(replace(task(), tried_since=START_AT), connected(world))


def test_a_run_that_shows_no_payload_yet_is_waited_for() -> None:
    world = stand_in()
    world.run(5, None)
    with pytest.raises(Unsure, match="does not show yet"):
        find_run(task(), connected(world))
    world.clock.advance(HOUR)
    with pytest.raises(CannotLook):
        find_run(task(), connected(world))


def test_more_runs_than_can_be_looked_through_are_not_looked_through() -> None:
    world = stand_in()
    for _ in range(3):
        world.run(5, b"{}")
    with pytest.raises(CannotLook, match="more than 2 runs"):
        find_run(task(), connected(world, most_runs=2))


def test_a_payload_is_read_once() -> None:
    world = stand_in()
    system = connected(world)
    for number in range(150):
        world.run(5, json.dumps({"backhaul_key": str(number)}).encode())
    find_run(task(), system)
    world.calls.clear()
    assert find_run(task(), system) == Absent()
    assert world.calls == ["core GET /api/v1/flow-runs"] * 2


def test_the_version_environment_and_variables_of_the_settings_are_used() -> None:
    world = stand_in(Flow(5, versions=(1, 2), deployed=None))
    table = {"flow": 5, "version": 2, "virtual_environment": "9", "variables": "a=b"}
    start_run(task(), connected(world, flows={"issue-credit-note": table}), Absent())
    (run,) = world.runs.shown()
    assert (run.version, run.environment, run.variables) == (2, "9", "a=b")


def test_a_flow_without_a_deployed_version_is_refused_and_check_says_so() -> None:
    world = stand_in(Flow(5, deployed=None))
    with pytest.raises(Rejected, match="no version of flow 5 is deployed"):
        start_run(task(), connected(world), Absent())
    assert connector.check is not None
    (line,) = connector.check(connected(world))
    assert "has no deployed version" in line


def test_check_names_what_is_missing() -> None:
    world = stand_in()
    world.run(5, b"{}")
    assert connector.check is not None
    assert connector.check(connected(world)) == ()
    found = connector.check(
        connected(world, statuses={}, flows={"record-refund": {"flow": 6}, "put-away": {"flow": 5}})
    )
    assert [line.split(":")[0] for line in found] == [
        "flows.record-refund",
        "statuses says of no number that a run has finished",
        f"runs of flow 5 have the status {FINISHED}",
    ]
    assert connector.check(connected(world, api_key="wrong"))[0].startswith("Patchworks does not answer")


def test_a_login_is_used_for_a_day_and_renewed_where_its_token_is_refused() -> None:
    world = stand_in()
    system = connected(world, api_key=None, email="returns@example.com", password="sandbox-password")
    logins = [f"core POST {path}" for path in ("/fabric/api/login",)]
    list(system.flows())
    list(system.flows())
    assert world.calls.count(logins[0]) == 1
    world.clock.advance(23 * HOUR)
    list(system.flows())
    assert world.calls.count(logins[0]) == 2
    system._session._token = "revoked"
    list(system.flows())
    assert world.calls.count(logins[0]) == 3


def test_calls_keep_the_published_rate_and_use_it() -> None:
    world = StandIn([Flow(5)], start_at=START_AT)
    settings = settings_of()
    seconds = [0.0]

    def sleep(wait: float) -> None:
        seconds[0] += wait
        world.clock.advance(wait)

    pace = Pace(settings.requests_per_minute / 60, clock=lambda: seconds[0], sleep=sleep)
    wire = Wire(settings.core_url, transport=Line(world))
    system = connector.connect(settings, wire) if connector.connect is not None else None
    assert system is not None
    system._pace = pace
    for _ in range(500):
        list(system.flows())
    assert 120 <= seconds[0] <= 126


def test_a_429_without_a_word_pauses_for_a_quarter_of_the_minute_it_counts() -> None:
    world = stand_in()
    world.faults.ask(Fault.THROTTLE)
    with pytest.raises(Throttled) as caught:
        find_run(task(), connected(world))
    assert caught.value.wait_s == 15.0


def test_every_effect_but_a_look_up_and_a_restock_can_be_given_a_flow() -> None:
    assert {LookUpOrder, Restock}.isdisjoint(OFFERED)
    offered = [one.effect.verb for one in connector.performs if one.offered(settings_of())]
    assert offered == ["issue-credit-note"]


def test_the_payload_keeps_its_published_schema_and_says_the_same_each_time() -> None:
    told = json.loads(body_of(task()))
    jsonschema.validate(told, schema())
    assert body_of(task()) == body_of(task())
    assert (told["effect"]["total_minor"], told["references"]) == (1080, {"open:r1": "RS-1"})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**told, "verb": "record-refund"}, schema())


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": None},
        {"flows": {"look-up-order": {"flow": 5}}},
        {"flows": {"dance": {"flow": 5}}},
        {"core_url": "core.example"},
        {"statuses": {"3": "finished"}},
        {"watch": {"orders": {}}},
        {"watch": {"7": {"objects": "no pointer"}}},
        {"watch": {"7": {"value": "/total"}}},
        {"watch": {"7": {"value": "/total", "currency": "dollars"}}},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_of(**wrong)


def test_answers_are_read_flat_or_with_attributes_and_a_run_without_an_id_was_started_all_the_same() -> None:
    flat = {"id": 8, "flow_id": 5, "status": 4, "started_at": "2026-11-03T12:00:00Z"}
    nested = {"id": "8", "attributes": {"flow_id": "5", "status": "4", "started_at": "2026-11-03 12:00:00"}}
    assert replace(run_of(flat), raw={}) == replace(run_of(nested), raw={})
    assert [started_run(one) for one in ({"flow_run_id": 8}, {"data": {"id": "8"}}, {"data": 8}, 8)] == ["8"] * 4
    assert started_run({"message": "Flow initialised."}) == ""
    row = {"attributes": {"log_level": "error", "message": "no", "payload_metadata": [{"id": 3}, {"id": 4}]}}
    assert line_of(row).payloads == ("3", "4")
    world = stand_in()
    world.start_api.run_id_field = "nothing_we_know"
    with pytest.raises(Unsure, match="without the id of a run"):
        start_run(task(), connected(world), Absent())
    assert isinstance(find_run(task(), connected(world)), Done)
