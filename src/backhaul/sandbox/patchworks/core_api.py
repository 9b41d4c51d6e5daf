"""The core host as documented: flows, runs with filters and pages, logs, payloads, data pools. Nothing else is taken.

The names of a run's fields are published, those of a log line and of a payload's id in it are not; ours are
``log_level``, ``log_message``, ``flow_step_id`` and ``payload_metadata_id``.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backhaul.sandbox.answer import Answer, Call, as_json, problem

from .flows import Flow
from .runs import LogLine, Run, Runs

_PAGE_MOST = 100
_PAGED = frozenset({"page", "per_page"})
_RUN_FILTERS = frozenset({"flow_id", "status", "started_after", "started_before", "trigger"})
_RUN_QUERY = _PAGED | {"sort", "include"} | {f"filter[{name}]" for name in _RUN_FILTERS}
_LOG_QUERY = _PAGED | {"sort", "include", "fields[flowStep]", "load_payload_ids"}
_INCLUDES = {
    "flows": frozenset({"latestVersion", "deployedVersion", "currentVersion", "versions"}),
    "runs": frozenset({"flow", "flowVersion", "flowRunLogs"}),
    "logs": frozenset({"flowRunLogMetadata"}),
}


class Refusal(Exception):
    """The call is not as documented."""


class CoreApi:
    """Answers a Call to the core host."""

    def __init__(self, flows: Mapping[int, Flow], runs: Runs, now: Callable[[], datetime]) -> None:
        self._flows, self._runs, self._now = flows, runs, now
        self._pool_ids = itertools.count(1)
        self._pools: dict[int, dict[str, Any]] = {}
        self.deduped: dict[int, list[dict[str, Any]]] = {}

    def answer(self, call: Call) -> Answer:
        """404 for an unknown path, 422 for what is not documented, else what was asked for."""
        try:
            match call.method, call.path.strip("/").split("/")[2:]:
                case "GET", ["flows"]:
                    return self._list_flows(call)
                case "GET", ["flow-runs"]:
                    return self._list_runs(call)
                case "GET", ["flow-runs", run_id, "flow-run-logs"]:
                    return self._list_logs(call, _number(run_id))
                case "GET", ["payload-metadata", payload_id, "download"]:
                    return self._download(call, _number(payload_id))
                case _, ["data-pool", *rest]:
                    return self._data_pool(call, rest)
        except Refusal as error:
            return problem(422, str(error))
        return problem(404, f"no such resource: {call.method} {call.path}")

    def _list_flows(self, call: Call) -> Answer:
        _only(call, _PAGED | {"include"})
        _included(call, "flows")
        return _page(call, [_flow_row(flow) for flow in self._flows.values()])

    def _list_runs(self, call: Call) -> Answer:
        _only(call, _RUN_QUERY)
        _included(call, "runs")
        sort = call.query.get("sort", "-started_at")
        if sort.lstrip("-") != "started_at":
            raise Refusal(f"sort is started_at or -started_at, not {sort}")
        chosen = sorted(self._chosen(call), key=lambda run: (run.started_at, run.run_id), reverse=sort.startswith("-"))
        return _page(call, [_run_row(run, self._now()) for run in chosen])

    def _chosen(self, call: Call) -> Iterable[Run]:
        asked = {name: call.query[f"filter[{name}]"] for name in _RUN_FILTERS if f"filter[{name}]" in call.query}
        after = _moment(asked.get("started_after", "0"))
        before = _moment(asked["started_before"]) if "started_before" in asked else None
        for run in self._runs.shown():
            if "flow_id" in asked and str(run.flow.flow_id) != asked["flow_id"]:
                continue
            if "status" in asked and str(run.shown_as(self._now())) != asked["status"]:
                continue
            if "trigger" in asked and run.trigger != asked["trigger"]:
                continue
            if run.started_at > after and (before is None or run.started_at < before):
                yield run

    def _list_logs(self, call: Call, run_id: int) -> Answer:
        _only(call, _LOG_QUERY)
        included = _included(call, "logs")
        if call.query.get("sort", "id") not in ("id", "-id"):
            raise Refusal("sort is id or -id")
        lines = self._runs.logs(run_id)
        if lines is None:
            return problem(404, f"no flow run {run_id}")
        with_payloads = call.query.get("load_payload_ids") == "true"
        named = [part for part in call.query.get("fields[flowStep]", "").split(",") if part]
        rows = [_log_row(line, named, with_payloads=with_payloads, with_more=bool(included)) for line in lines]
        return _page(call, rows[::-1] if call.query.get("sort") == "-id" else rows)

    def _download(self, call: Call, payload_id: int) -> Answer:
        _only(call, frozenset())
        payload = self._runs.payload(payload_id)
        if payload is None:
            return problem(404, f"no payload {payload_id}")
        return Answer(200, payload.body, "application/octet-stream")

    def _data_pool(self, call: Call, rest: Sequence[str]) -> Answer:
        match call.method, list(rest):
            case "GET", []:
                _only(call, _PAGED)
                return _page(call, list(self._pools.values()))
            case "POST", []:
                made = {"id": next(self._pool_ids), **_pool_body(call)}
                self._pools[made["id"]] = made
                return as_json({"data": made}, 201)
            case method, [pool_id, *what] if _number(pool_id) in self._pools:
                pool = self._pools[int(pool_id)]
                if method == "GET" and what == ["deduped-data"]:
                    _only(call, _PAGED)
                    return _page(call, self.deduped.get(pool["id"], []))
                if method == "PUT" and not what:
                    pool.update(_pool_body(call))
                if method in ("GET", "PUT") and not what:
                    return as_json({"data": pool})
        return problem(404, f"no such resource: {call.method} {call.path}")


def _only(call: Call, known: frozenset[str]) -> None:
    unknown = sorted(set(call.query) - known)
    if unknown:
        raise Refusal(f"unknown parameters: {', '.join(unknown)}")


def _included(call: Call, what: str) -> frozenset[str]:
    named = frozenset(part for part in call.query.get("include", "").split(",") if part)
    if unknown := sorted(named - _INCLUDES[what]):
        raise Refusal(f"unknown includes: {', '.join(unknown)}")
    return named


def _number(text: str) -> int:
    if not text.isdigit():
        raise Refusal(f"{text} is no id")
    return int(text)


def _moment(text: str) -> datetime:
    """A Unix time in milliseconds, as documented."""
    if not text.isdigit():
        raise Refusal(f"{text} is no Unix time in milliseconds")
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _page(call: Call, rows: Sequence[Any]) -> Answer:
    number, size = _number(call.query.get("page", "1")), _number(call.query.get("per_page", "15"))
    if not 1 <= size <= _PAGE_MOST or number < 1:
        raise Refusal(f"page is 1 or more, per_page 1 to {_PAGE_MOST}")
    shown = rows[(number - 1) * size : number * size]
    last = max(1, -(-len(rows) // size))
    meta = {"current_page": number, "last_page": last, "per_page": size, "total": len(rows)}
    return as_json({"data": shown, "meta": meta, "links": {}})


def _pool_body(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        raise Refusal("the body is not JSON") from None
    if not isinstance(content, dict) or not content.get("name") or set(content) - {"name", "description"}:
        raise Refusal("the body is {name, description?}")
    return content


def _flow_row(flow: Flow) -> dict[str, Any]:
    deployed = None if flow.deployed is None else {"id": flow.deployed}
    return {
        "id": flow.flow_id, "name": flow.name, "is_enabled": deployed is not None, "deployed_version": deployed,
        "versions": [{"id": version} for version in flow.versions],
    }  # fmt: skip


def _run_row(run: Run, now: datetime) -> dict[str, Any]:
    ended = run.ended(now)
    return {
        "id": run.run_id,
        "name": run.flow.name,
        "status": run.shown_as(now),
        "flow_id": run.flow.flow_id,
        "flow_version_id": run.version,
        "virtual_environment_version": run.environment,
        "trigger": run.trigger,
        "summary": "; ".join(run.failures) if ended else "",
        "started_at": _text(run.started_at),
        "finished_at": _text(run.finished_at) if ended and run.finished_at is not None else None,
        "retry_flow_run_id": run.retried,
        "has_warnings": bool(ended and run.failures and run.flow.catches),
    }


def _log_row(line: LogLine, named: Sequence[str], *, with_payloads: bool, with_more: bool) -> dict[str, Any]:
    step = {"id": line.step[0], "name": line.step[1]}
    return {
        "id": line.log_id,
        "flow_run_id": line.run_id,
        "flow_step_id": line.step[0],
        "log_level": line.level,
        "log_message": line.text,
        "created_at": _text(line.at),
        **({"flow_step": {name: step[name] for name in named if name in step}} if named else {}),
        **({"payload_metadata_id": line.payload_id} if with_payloads else {}),
        **({"flow_run_log_metadata": []} if with_more else {}),
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
