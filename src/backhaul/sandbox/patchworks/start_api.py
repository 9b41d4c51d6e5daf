"""The start host as documented: a flow is started with a payload in a string, or with the raw JSON as it is."""

import json
from collections.abc import Mapping

from backhaul.sandbox.answer import Answer, Call, as_json, problem

from .flows import Flow
from .runs import Run, Runs

_RAW_QUERY = frozenset({"virtual_environment_id", "flow_variables"})


class StartApi:
    """Answers a Call to the start host; ``run_id_field`` names the run's id, which is not published."""

    def __init__(self, flows: Mapping[int, Flow], runs: Runs, run_id_field: str = "flow_run_id") -> None:
        self._flows, self._runs, self.run_id_field = flows, runs, run_id_field

    def answer(self, call: Call) -> Answer:
        """404 for an unknown path, flow or version, 422 for a body or parameter that is not documented."""
        steps = call.path.strip("/").split("/")
        if call.method != "POST" or steps[:3] != ["api", "v1", "flows"] or len(steps) < 5 or not steps[3].isdigit():
            return problem(404, f"no such resource: {call.method} {call.path}")
        flow, (how, *rest) = self._flows.get(int(steps[3])), steps[4:]
        if flow is None:
            return problem(404, f"no flow {steps[3]}")
        raw = rest[:1] == ["raw"]
        versions = rest[1:] if raw else rest
        if how not in ("start", "manual") or len(versions) > 1:
            return problem(404, f"no such resource: {call.method} {call.path}")
        return self._start(call, flow, versions, raw=raw, trigger="Manual" if how == "manual" else "API")

    def _start(self, call: Call, flow: Flow, versions: list[str], *, raw: bool, trigger: str) -> Answer:
        unknown = sorted(set(call.query) - (_RAW_QUERY if raw else frozenset()))
        if unknown:
            return problem(422, f"unknown parameters: {', '.join(unknown)}")
        version = int(versions[0]) if versions and versions[0].isdigit() else flow.deployed if not versions else -1
        if version is None:
            return problem(422, f"no version of flow {flow.flow_id} is deployed")
        if version not in flow.versions:
            return problem(404, f"flow {flow.flow_id} has no version {versions[0]}")
        try:
            payload = _payload(call.body, raw=raw)
        except (ValueError, KeyError, TypeError):
            wanted = "JSON" if raw else '{"payload": "<JSON as a string>"}'
            return problem(422, f"the body is not {wanted}")
        run = self._runs.start(
            flow,
            version,
            payload,
            trigger,
            environment=call.query.get("virtual_environment_id"),
            variables=call.query.get("flow_variables"),
        )
        return as_json(self._said(run))

    def _said(self, run: Run) -> dict[str, object]:
        return {"message": "Flow initialised.", self.run_id_field: run.run_id}


def _payload(body: bytes, *, raw: bool) -> bytes | None:
    if not body:
        return None
    content = json.loads(body)
    if raw:
        return body
    text = content["payload"]
    json.loads(text)
    return str(text).encode()
