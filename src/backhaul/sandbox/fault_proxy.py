"""A proxy between us and a real server that loses, delays or cuts answers, also after the server has committed."""

import http.client
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

# These belong to one hop: each side of the proxy has its own.
_NOT_PASSED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection", "te"})
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Fault(StrEnum):
    """What befalls one request.

    REFUSE closes the connection before a byte was forwarded, ERROR answers 500 without forwarding, CUT forwards
    and then closes without an answer: the server may have committed. SLOW forwards after a pause.
    """

    PASS = "pass"  # noqa: S105 - not a password
    SLOW = "slow"
    REFUSE = "refuse"
    ERROR = "error"
    CUT = "cut"


@dataclass(slots=True)
class Rule:
    """Lets `fault` befall requests of `method` (any when empty) whose path and query match the expression `path`.

    Of the matching requests the first `after` pass, the next `times` suffer (all of them when None);
    `share` below 1 leaves it to the seeded dice.
    """

    fault: Fault
    method: str = ""
    path: str = ""
    after: int = 0
    times: int | None = 1
    share: float = 1.0
    seconds: float = 1.0
    body: bytes = b""
    seen: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def strikes(self, request: "Request", dice: random.Random) -> bool:
        """Whether this request suffers; counts it."""
        if self.method and request.method != self.method:
            return False
        if not re.search(self.path, request.path) or self.body not in request.body:
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.struck >= self.times):
            return False
        if self.share < 1.0 and dice.random() >= self.share:
            return False
        self.struck += 1
        return True


@dataclass(frozen=True, slots=True)
class Request:
    """What a rule sees of a request; `path` includes the query."""

    method: str
    path: str
    body: bytes


def random_day(share: float) -> tuple[Rule, ...]:
    """Rules under which about this share of all requests that change something suffers, evenly over the faults."""
    return tuple(
        Rule(fault, method=method, times=None, share=share / 4, seconds=0.05)
        for method in sorted(_UNSAFE)
        for fault in (Fault.CUT, Fault.ERROR, Fault.REFUSE, Fault.SLOW)
    )


class FaultProxy:
    """Forwards HTTP to `upstream` (scheme, host, port) from a thread; `rules` may be changed while it runs.

    The first rule that strikes counts. `counts` says how many requests met which fault, `passed_on` how many
    reached the server.
    """

    def __init__(
        self, upstream: str, *, port: int = 0, seed: int = 1, rules: Iterable[Rule] = (), timeout_seconds: float = 60.0
    ) -> None:
        parts = urlsplit(upstream)
        if not parts.hostname:
            raise ValueError(f"upstream is not an http address: {upstream!r}")
        self.counts: Counter[Fault] = Counter()
        self.passed_on = 0
        self.down = False
        self._rules = list(rules)
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._upstream = (parts.hostname, parts.port or 80)
        self._timeout_seconds = timeout_seconds
        self._port = port
        self._listening: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The base URL to use instead of the upstream's; known once started."""
        if not self._port:
            raise RuntimeError("the proxy has no address before start()")
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> Self:
        """Listen; after take_down on the same port as before."""
        owner: FaultProxy = self

        class Requests(_Requests):
            proxy = owner

        self._listening = ThreadingHTTPServer(("127.0.0.1", self._port), Requests)
        self._listening.daemon_threads = True
        self._port = self._listening.server_address[1]
        self.down = False
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="fault-proxy", daemon=True).start()
        return self

    def take_down(self) -> None:
        """Refuse new connections at once; those that are open end with their next request."""
        self.down = True
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.take_down()

    def arrange(self, *rules: Rule) -> None:
        """Put these rules in place of the earlier ones."""
        with self._lock:
            self._rules = list(rules)

    def judge(self, request: Request) -> tuple[Fault, float]:
        """The fault of this request, counted, and the pause of a slow one in seconds."""
        with self._lock:
            if self.down:
                self.counts[Fault.REFUSE] += 1
                return Fault.REFUSE, 0.0
            rule = next((each for each in self._rules if each.strikes(request, self._dice)), None)
            fault = rule.fault if rule else Fault.PASS
            self.counts[fault] += 1
            return fault, rule.seconds if rule else 0.0

    def forward(self, request: Request, headers: dict[str, str]) -> "Answer":
        """The upstream's whole answer; raises OSError or HTTPException when there is none."""
        with self._lock:
            self.passed_on += 1
        with closing(http.client.HTTPConnection(*self._upstream, timeout=self._timeout_seconds)) as connection:
            connection.request(request.method, request.path, request.body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the upstream answered."""

    code: int
    headers: list[tuple[str, str]]
    body: bytes


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    timeout = 30
    proxy: FaultProxy

    def _respond(self) -> None:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._write(Answer(411, [], b"a body needs a Content-Length"))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(self.command, self.path, body)
        fault, seconds = self.proxy.judge(request)
        if fault is Fault.REFUSE:
            self._hang_up()
        elif fault is Fault.ERROR:
            self._write(Answer(500, [("Content-Type", "text/plain")], b"arranged by the fault proxy"))
        else:
            if fault is Fault.SLOW:
                time.sleep(seconds)
            self._pass_on(request, cut=fault is Fault.CUT)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _respond  # noqa: N815 - the base class's names

    def _pass_on(self, request: Request, *, cut: bool) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED}
        try:
            answer = self.proxy.forward(request, headers)
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return
        if cut:
            self._hang_up()
        else:
            self._write(answer)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, answer: Answer) -> None:
        self.send_response_only(answer.code)
        for name, value in answer.headers:
            if name.lower() not in _NOT_PASSED:
                self.send_header(name, value)
        if answer.code not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: paths and headers may carry what is secret."""
