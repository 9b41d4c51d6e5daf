"""HTTP to other systems: one client per connection, every failure named by what it means for exactly-once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from backhaul.sdk import lease
from backhaul.sdk.outcomes import NotSent, Rejected, Throttled, Unsure
from backhaul.sdk.pace import Pace

# Something in between gave up; what is behind it may still be at work.
_GAVE_UP_WAITING = frozenset({408, 502, 503, 504})
_SECONDS = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*$")


class Wire:
    """An HTTP client that raises NotSent, Unsure, Throttled or Rejected and otherwise answers with a 2xx or 3xx.

    ``deadline_s`` bounds a whole call, and is how long a system that did not answer in it is left alone afterwards;
    ``pace`` spaces calls to the system's quota. Bodies are JSON both ways.
    Errors carry method, path and the answer's text, never headers or queries: those may hold secrets.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline_s: float = 20.0,
        connect_s: float = 5.0,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
        connections: int = 8,
    ) -> None:
        self.base_url, self.deadline_s, self._pace = base_url.rstrip("/"), deadline_s, pace
        self._transport, self._connections, self._connect_s = transport, connections, connect_s
        self._client = httpx.Client(
            base_url=self.base_url,
            headers=dict(headers or {}),
            timeout=httpx.Timeout(deadline_s, connect=connect_s),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    def beside(self, base_url: str) -> Wire:
        """A wire to another host of the same system: same deadlines, same transport; close both."""
        return Wire(
            base_url,
            deadline_s=self.deadline_s,
            connect_s=self._connect_s,
            pace=self._pace,
            transport=self._transport,
            connections=self._connections,
        )

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.request("PUT", path, body, **more)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call. ``body`` is sent as JSON, bytes as they are; see the class for what is raised."""
        if self._pace is not None:
            self._pace.wait()
        what = f"{method} {self.base_url}{path}"
        content = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        request = self._client.build_request(
            method,
            path,
            content=content,
            params=params,
            headers={**({"Content-Type": "application/json"} if content is not None else {}), **(headers or {})},
            extensions={"trace": self._before_the_first_byte},
        )
        lease.require(self.deadline_s)
        answer = self._send(request, what)
        return self._judge(answer, what)

    def _before_the_first_byte(self, happening: str, _info: Mapping[str, Any]) -> None:
        """Connecting and waiting for a free connection took time, too: the lease is looked at once more."""
        if happening.endswith("send_request_headers.started"):
            lease.require(self.deadline_s)

    def _send(self, request: httpx.Request, what: str) -> httpx.Response:
        begun = time.monotonic()
        try:
            answer = self._client.send(request, stream=True)
            try:
                chunks = bytearray()
                for chunk in answer.iter_raw():
                    chunks += chunk
                    if time.monotonic() - begun > self.deadline_s:
                        raise Unsure(f"{what}: the answer took longer than {self.deadline_s:g} s", self.deadline_s)
            finally:
                answer.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(f"{what}: {type(error).__name__}: {error}") from error
        except httpx.TimeoutException as error:
            raise Unsure(f"{what}: {type(error).__name__} after {self.deadline_s:g} s", self.deadline_s) from error
        except httpx.HTTPError as error:
            raise Unsure(f"{what}: {type(error).__name__}: {error}") from error
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=bytes(chunks), request=request, extensions={}
        )

    def _judge(self, answer: httpx.Response, what: str) -> httpx.Response:
        code = answer.status_code
        if code < 400:
            return answer
        text = answer.text[:500]
        if code == 429:
            raise Throttled(f"{what}: 429 {text}", self.wait_s(answer))
        if code >= 500 or code == 408:
            raise Unsure(f"{what}: {code} {text}", self.deadline_s if code in _GAVE_UP_WAITING else 0.0)
        raise Rejected(f"{what}: {code} {text}", code, text)

    def wait_s(self, answer: httpx.Response) -> float:
        """How long a 429 asks to wait; connectors whose system says it elsewhere override this."""
        found = _SECONDS.match(answer.headers.get("retry-after", ""))
        return float(found.group(1)) if found else 2.0

    def close(self) -> None:
        self._client.close()
