"""The stand-in of Patchworks behind a transport, so that no socket is needed, and calls to it in one line."""

from __future__ import annotations

import json
from typing import Any

import httpx

from backhaul.connectors.patchworks.client import Patchworks
from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.sandbox.answer import Call
from backhaul.sandbox.patchworks import FINISHED, RUNNING, StandIn
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire

CORE, START = "https://core.patchworks.example", "https://start.patchworks.example"
KEY = {"authorization": "sandbox-key"}


class Line(httpx.BaseTransport):
    """Leads a request to the host of the stand-in that it is for; a cut answer is a broken connection."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.url.path, dict(request.url.params), headers, request.read())
        answer = self._stand_in.answer("start" if request.url.host.startswith("start.") else "core", call)
        if answer is None:
            raise httpx.RemoteProtocolError("the answer was cut off", request=request)
        return httpx.Response(answer.code, stream=httpx.ByteStream(answer.body))


def asked(stand_in: StandIn, path: str, **query: str) -> tuple[int, Any]:
    """Code and content of a GET on the core host."""
    answer = stand_in.answer("core", Call("GET", f"/api/v1/{path}", query, KEY))
    assert answer is not None
    return answer.code, json.loads(answer.body)


def started(stand_in: StandIn, path: str, content: Any, **query: str) -> tuple[int, Any]:
    """Code and content of a POST on the start host."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = stand_in.answer("start", Call("POST", f"/api/v1/{path}", query, KEY, body))
    assert answer is not None
    return answer.code, json.loads(answer.body)


def connected(stand_in: StandIn, **more: Any) -> Patchworks:
    """The connector's system on the stand-in, on the stand-in's clock; no call waits for its turn."""
    settings = settings_of(**more)
    wire = Wire(settings.core_url, transport=Line(stand_in))
    return Patchworks(settings, wire, Pace(1e9), stand_in.clock.now)


def settings_of(**more: Any) -> PatchworksSettings:
    """Settings of a connection to the stand-in: flow 5 makes credit notes, and its statuses are explained."""
    return PatchworksSettings.model_validate(
        {
            "core_url": f"{CORE}/api/v1",
            "start_url": f"{START}/api/v1",
            "login_url": f"{CORE}/fabric/api/login",
            "api_key": "sandbox-key",
            "flows": {"issue-credit-note": {"flow": 5}},
            "statuses": {str(FINISHED): "finished", str(RUNNING): "running"},
            **more,
        }
    )
