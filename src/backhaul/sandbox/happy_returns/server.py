"""The HTTP side of the stand-in: the partner API for anyone who has the key, the rest for this machine only."""

import ipaddress
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from .answer import Answer, Call, problem
from .control_api import ControlApi
from .page import Page

if TYPE_CHECKING:
    from .stand_in import StandIn

_BODY_MAX_BYTES = 1024 * 1024
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Server:
    """Listens in a thread; `port` 0 takes a free one."""

    def __init__(self, stand_in: "StandIn", host: str, port: int) -> None:
        self._surfaces = Surfaces(stand_in)
        self._host = host
        self._port = port
        self._listening: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._listening is None:
            raise RuntimeError("the stand-in has no address before start()")
        return f"http://{self._host}:{self._listening.server_address[1]}"

    def start(self) -> None:
        """Bind and serve; raises OSError when the port is taken."""
        surfaces = self._surfaces

        class Requests(_Requests):
            answers = surfaces

        self._listening = ThreadingHTTPServer((self._host, self._port), Requests)
        self._listening.daemon_threads = True
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="stand-in", daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()


class Surfaces:
    """Leads a call to the page, the control API or the partner API."""

    def __init__(self, stand_in: "StandIn") -> None:
        self._stand_in = stand_in
        self._control = ControlApi(stand_in)
        self._page = Page(stand_in)

    def answer(self, call: Call, client: str) -> Answer:
        """The answer to one call from the address `client`."""
        first = call.path.strip("/").split("/")[0]
        if first in Page.PATHS or first == "control":
            if refusal := _refusal(call, client):
                return problem(403, refusal)
            return self._control.answer(call) if first == "control" else self._page.answer(call)
        with self._stand_in.lock:
            return self._stand_in.partner_api.answer(call)


def _refusal(call: Call, client: str) -> str:
    """Why this call may not drive the stand-in; a web page elsewhere must not do so through the user's browser."""
    if not ipaddress.ip_address(client).is_loopback:
        return "only from this machine"
    host = call.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in _HERE:
        return f"not under the name {host}"
    origin = call.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != host:
        return f"not from {origin}"
    return ""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    timeout = 30
    answers: Surfaces

    def do_GET(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _BODY_MAX_BYTES:
            self.close_connection = True
            self._write(problem(413, f"a body has a Content-Length of at most {_BODY_MAX_BYTES}"))
            self._let_finish(int(length) if length.isdigit() else 0)
            return
        self._respond(self.rfile.read(int(length)))

    def _let_finish(self, length: int) -> None:
        """Take what is still coming, within reason: whoever is cut off while sending may never read the answer."""
        self.wfile.flush()
        left = min(length, 16 * _BODY_MAX_BYTES)
        while left > 0 and (taken := self.rfile.read(min(left, 65536))):
            left -= len(taken)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: the page shows what was sent, and a log line could carry a key."""

    def _respond(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        call = Call(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        self._write(self.answers.answer(call, self.client_address[0]))

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.code)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.body:
            self.send_header("Content-Type", answer.content_type)
        if answer.code != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(answer.body)
