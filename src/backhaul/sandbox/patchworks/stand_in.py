"""The stand-in put together: flows and their runs behind the two hosts, the login, the limit and the faults."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, Self

from backhaul.sandbox.answer import Answer, Call, as_json, problem
from backhaul.sandbox.clock import Clock

from .core_api import CoreApi
from .faults import Fault, Faults
from .flows import Flow
from .limits import Minute, Tokens
from .runs import Run, Runs
from .server import listening
from .start_api import StartApi

Host = Literal["core", "start"]
_LOGIN = "/fabric/api/login"


class StandIn:
    """Patchworks as far as it is documented, with a clock of its own that stands still unless it is ``running``."""

    def __init__(
        self,
        flows: Iterable[Flow] = (),
        *,
        api_key: str = "sandbox-key",
        email: str = "returns@example.com",
        password: str = "sandbox-password",  # noqa: S107 - a stand-in's secret protects nothing
        start_at: datetime | None = None,
        running: bool = False,
        per_minute: int = 240,
        sleep: Callable[[float], None] = time.sleep,
        slow_seconds: float = 1.0,
        host: str = "127.0.0.1",
        ports: tuple[int, int] = (0, 0),
    ) -> None:
        self.clock = Clock(start_at, running=running)
        self.flows = {flow.flow_id: flow for flow in flows}
        self.runs = Runs(self.clock.now)
        self.faults = Faults()
        self.calls: list[str] = []
        self.lock = threading.RLock()
        self.core_api = CoreApi(self.flows, self.runs, self.clock.now)
        self.start_api = StartApi(self.flows, self.runs)
        self._api_key, self._login = api_key, (email, password)
        self._minute, self._tokens = Minute(per_minute, self.clock.now), Tokens(self.clock.now)
        self._sleep, self._slow_seconds = sleep, slow_seconds
        self._servers = {
            "core": listening(lambda call: self.answer("core", call), host, ports[0]),
            "start": listening(lambda call: self.answer("start", call), host, ports[1]),
        }

    @property
    def core_url(self) -> str:
        """The base URL of the core API; known once started."""
        return f"{self._servers['core'].url}/api/v1"

    @property
    def start_url(self) -> str:
        """The base URL of the start API; known once started."""
        return f"{self._servers['start'].url}/api/v1"

    @property
    def login_url(self) -> str:
        """Where a login gives a token; known once started."""
        return f"{self._servers['core'].url}{_LOGIN}"

    def __enter__(self) -> Self:
        for server in self._servers.values():
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.stop()

    def deploy(self, flow: Flow) -> None:
        """Put a flow in the place of the one with its id."""
        with self.lock:
            self.flows[flow.flow_id] = flow

    def run(self, flow_id: int, payload: bytes | None, trigger: str = "Schedule") -> Run:
        """Start a flow as its schedule or a webhook would."""
        with self.lock:
            flow = self.flows[flow_id]
            return self.runs.start(flow, flow.deployed or flow.versions[-1], payload, trigger)

    def answer(self, host: Host, call: Call) -> Answer | None:
        """What a host answers, None where it hangs up without an answer."""
        with self.lock:
            self.calls.append(f"{host} {call.method} {call.path}")
            fault = self.faults.strikes(call.path)
        if fault is Fault.SLOW:
            self._sleep(self._slow_seconds)
        if fault is Fault.ERROR:
            return problem(503, "not now")
        with self.lock:
            answer = problem(429, "Too Many Attempts.") if fault is Fault.THROTTLE else self._answer(host, call)
        if fault is Fault.ERROR_AFTER:
            return problem(500, "Server Error")
        return None if fault is Fault.CUT else answer

    def _answer(self, host: Host, call: Call) -> Answer:
        if host == "core" and (call.method, call.path) == ("POST", _LOGIN):
            return self._log_in(call)
        given = call.headers.get("authorization", "")
        token = given.removeprefix("Bearer ")
        if given != self._api_key and not (token != given and self._tokens.good(token)):
            return problem(401, "Unauthenticated.")
        if not self._minute.lets(given):
            return problem(429, "Too Many Attempts.")
        if not call.path.startswith("/api/v1/"):
            return problem(404, f"no such resource: {call.method} {call.path}")
        return (self.core_api if host == "core" else self.start_api).answer(call)

    def _log_in(self, call: Call) -> Answer:
        try:
            asked = json.loads(call.body)
            given = (asked["email"], asked["password"])
        except (ValueError, KeyError, TypeError):
            return problem(422, "the body is {email, password}")
        return as_json({"token": self._tokens.make()}) if given == self._login else problem(401, "Unauthenticated.")
