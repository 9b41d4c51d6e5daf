"""The stand-in of Patchworks keeps to what is documented: paths, parameters, limits, and how long things are kept."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from backhaul.sandbox.answer import Call
from backhaul.sandbox.patchworks import FAILED, FINISHED, RUNNING, Fault, Flow, ObjectFailed, StandIn
from backhaul.sandbox.patchworks.__main__ import arguments
from tests.support.patchworks import KEY, asked, started

START_AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = 3600.0


def refusing(one: Any) -> None:
    """A flow whose target does not know one SKU."""
    if isinstance(one, dict) and one.get("sku") == "GHOST":
        raise ObjectFailed(f"no product for {one['order']}")


def stand_in(*flows: Flow, **more: Any) -> StandIn:
    return StandIn(flows or (Flow(5, "credit notes", refusing),), start_at=START_AT, **more)


ORDERS = [{"order": "1", "sku": "MUG"}, {"order": "2", "sku": "GHOST"}, {"order": "3", "sku": "MUG"}]


def test_a_started_flow_answers_its_run_and_the_run_is_listed() -> None:
    world = stand_in()
    code, said = started(world, "flows/5/start/raw", {"order": "1"})
    assert (code, said["message"]) == (200, "Flow initialised.")
    (run,) = asked(world, "flow-runs")[1]["data"]
    assert (run["id"], run["status"], run["flow_id"]) == (said["flow_run_id"], FINISHED, 5)


def test_one_failed_object_fails_the_run_after_the_others_were_tried() -> None:
    seen: list[str] = []

    def work(one: Any) -> None:
        seen.append(one["order"])
        refusing(one)

    world = stand_in(Flow(5, work=work))
    run = started(world, "flows/5/start/raw", ORDERS)[1]["flow_run_id"]
    assert asked(world, "flow-runs", **{"filter[status]": "3"})[1]["data"][0]["status"] == FAILED
    assert seen == ["1", "2", "3"]
    lines = asked(world, f"flow-runs/{run}/flow-run-logs", load_payload_ids="true")[1]["data"]
    assert [line["log_message"] for line in lines if line["log_level"] == "ERROR"] == ["no product for 2"]


def test_where_failures_are_caught_the_run_finishes_with_a_warning() -> None:
    world = stand_in(Flow(5, work=refusing, catches=True))
    started(world, "flows/5/start/raw", ORDERS)
    (run,) = asked(world, "flow-runs")[1]["data"]
    assert (run["status"], run["has_warnings"]) == (FINISHED, True)


def test_a_run_that_takes_its_time_is_running_and_then_finished() -> None:
    world = stand_in(Flow(5, seconds=90.0))
    started(world, "flows/5/start/raw", {})
    assert asked(world, "flow-runs")[1]["data"][0]["status"] == RUNNING
    world.clock.advance(90)
    assert asked(world, "flow-runs")[1]["data"][0]["status"] == FINISHED


def test_payloads_expire_after_72_hours_and_logs_after_7_days() -> None:
    world = stand_in()
    run = world.run(5, b'[{"sku": "GHOST", "order": "9"}]').run_id
    logs = f"flow-runs/{run}/flow-run-logs"
    payload = asked(world, logs, load_payload_ids="true")[1]["data"][0]["payload_metadata_id"]
    download = Call("GET", f"/api/v1/payload-metadata/{payload}/download", {}, KEY)
    world.clock.advance(72 * HOUR - 1)
    answer = world.answer("core", download)
    assert answer is not None
    assert answer.body == b'[{"sku": "GHOST", "order": "9"}]'
    world.clock.advance(1)
    answer = world.answer("core", download)
    assert answer is not None
    assert (answer.code, asked(world, logs)[0]) == (404, 200)
    world.clock.advance(96 * HOUR)
    assert (asked(world, logs)[0], asked(world, "flow-runs")[1]["data"]) == (404, [])


def test_runs_are_filtered_sorted_and_paged() -> None:
    world = stand_in(Flow(5), Flow(6))
    ids = []
    for number in range(5):
        ids.append(world.run(5 + number % 2, b"{}").run_id)
        world.clock.advance(60)
    _, page = asked(world, "flow-runs", sort="started_at", per_page="2", page="2")
    assert [run["id"] for run in page["data"]] == ids[2:4]
    assert page["meta"]["last_page"] == 3
    after = str(int(START_AT.timestamp() * 1000) + 60_000)
    found = asked(world, "flow-runs", **{"filter[started_after]": after, "filter[flow_id]": "5"})[1]["data"]
    assert [run["id"] for run in found] == [ids[4], ids[2]]


def test_what_is_not_documented_is_refused() -> None:
    world = stand_in()
    for query in (
        {"filter[colour]": "red"}, {"sort": "id"}, {"per_page": "101"}, {"filter[started_after]": "2026-11-03"},
        {"include": "everything"},
    ):  # fmt: skip
        assert asked(world, "flow-runs", **query)[0] == 422, query
    assert asked(world, "flow-runs/1")[0] == 404
    assert asked(world, "flows/5/start/raw")[0] == 404
    assert started(world, "flows/5/start/raw", {}, colour="red")[0] == 422
    assert started(world, "flows/5/start/raw", b"not JSON")[0] == 422
    assert started(world, "flows/5/manual/1", {"order": "1"})[0] == 422
    assert started(world, "flows/9/start/raw", {})[0] == 404
    assert started(world, "flows/5/start/raw/8", {})[0] == 404
    assert started(world, "flow-runs", {})[0] == 404
    assert world.runs.shown() == []


def test_without_a_deployed_version_one_must_be_named() -> None:
    world = stand_in(Flow(5, versions=(3, 4), deployed=None))
    assert started(world, "flows/5/start/raw", {})[0] == 422
    assert started(world, "flows/5/start/raw/4", {})[0] == 200
    assert started(world, "flows/5/start/3", {"payload": "{}"})[0] == 200
    assert [run.version for run in world.runs.shown()] == [4, 3]


def test_the_241st_call_of_a_minute_waits_for_the_next() -> None:
    world = stand_in()
    codes = [asked(world, "flows")[0] for _ in range(241)]
    assert codes == [200] * 240 + [429]
    world.clock.advance(60)
    assert asked(world, "flows")[0] == 200


def test_a_login_is_good_for_a_day_and_no_key_is_good_for_nothing() -> None:
    world = stand_in()
    body = json.dumps({"email": "returns@example.com", "password": "sandbox-password"}).encode()
    answer = world.answer("core", Call("POST", "/fabric/api/login", {}, {}, body))
    assert answer is not None
    headers = {"authorization": f"Bearer {json.loads(answer.body)['token']}"}

    def code(**given: str) -> int:
        said = world.answer("core", Call("GET", "/api/v1/flows", {}, given))
        assert said is not None
        return said.code

    assert code(**headers) == 200
    world.clock.advance(24 * HOUR)
    assert [code(**headers), code(), code(authorization="another")] == [401, 401, 401]


def test_a_flow_may_have_started_though_its_answer_was_lost() -> None:
    world = stand_in()
    start = Call("POST", "/api/v1/flows/5/start/raw", {}, KEY, b"{}")
    codes = []
    for fault in (Fault.CUT, Fault.ERROR_AFTER, Fault.ERROR, Fault.THROTTLE):
        world.faults.ask(fault, "start/raw")
        answer = world.answer("start", start)
        codes.append((answer and answer.code, len(world.runs.shown())))
    assert codes == [(None, 1), (500, 2), (503, 2), (429, 2)]


def test_a_slow_call_is_answered_late() -> None:
    waited: list[float] = []
    world = stand_in(sleep=waited.append, slow_seconds=30.0)
    world.faults.ask(Fault.SLOW)
    assert asked(world, "flows")[0] == 200
    assert waited == [30.0]


def test_a_retry_runs_the_whole_payload_again() -> None:
    world = stand_in()
    failed = world.run(5, json.dumps(ORDERS).encode())
    again = world.runs.retry(failed.run_id)
    assert (again.trigger, again.retried) == ("Retry", failed.run_id)
    assert world.runs.bodies()[0] == world.runs.bodies()[1]


def test_a_data_pool_is_made_shown_and_renamed() -> None:
    world = stand_in()
    body = json.dumps({"name": "orders"}).encode()

    def pool(method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        answer = world.answer("core", Call(method, f"/api/v1/data-pool{path}", {}, KEY, body))
        assert answer is not None
        return answer.code, json.loads(answer.body)

    assert pool("POST", "", body) == (201, {"data": {"id": 1, "name": "orders"}})
    assert pool("PUT", "/1", b'{"name": "sold"}')[1]["data"]["name"] == "sold"
    assert pool("GET", "/1")[1]["data"]["name"] == "sold"
    assert len(pool("GET", "")[1]["data"]) == 1
    assert pool("GET", "/1/deduped-data")[1]["data"] == []
    assert [pool("POST", "", b"{}")[0], pool("GET", "/2")[0], pool("DELETE", "/1")[0]] == [422, 404, 404]


def test_over_http_each_host_knows_only_its_own_paths_and_hangs_up_when_it_must() -> None:
    with stand_in() as world:
        core, start = urlsplit(world.core_url), urlsplit(world.start_url)

        def call(parts: Any, method: str, path: str) -> int:
            with closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)) as connection:
                connection.request(method, f"{parts.path}{path}", b"{}" if method == "POST" else None, KEY)
                return connection.getresponse().status

        assert call(core, "GET", "/flows") == 200
        assert call(start, "POST", "/flows/5/start/raw") == 200
        assert call(start, "GET", "/flows") == 404
        world.faults.ask(Fault.CUT)
        with pytest.raises(http.client.RemoteDisconnected):
            call(start, "POST", "/flows/5/start/raw")
        assert len(world.runs.shown()) == 2


def test_the_program_has_its_options() -> None:
    given = arguments().parse_args(["--flow", "5", "--flow", "6", "--fails-on", "GHOST"])
    assert (given.flow, given.fails_on, given.port) == ([5, 6], "GHOST", 18300)
