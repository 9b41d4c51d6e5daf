"""The HTTP side of the stand-in: the partner API for anyone who has the key, the rest for this machine only."""

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from backhaul.sandbox.answer import Answer, Call, problem
from backhaul.sandbox.listening import Listening, Requests

from .control_api import ControlApi
from .page import Page

if TYPE_CHECKING:
    from .stand_in import StandIn

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def listening(stand_in: "StandIn", host: str, port: int) -> Listening:
    """The port of a stand-in."""
    surfaces = Surfaces(stand_in)

    class ToTheSurfaces(_ToSurfaces):
        answers = surfaces

    return Listening(ToTheSurfaces, host, port)


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


class _ToSurfaces(Requests):
    answers: Surfaces

    def refuse(self, length: int) -> None:
        """Take what is still coming, within reason: whoever is cut off while sending may never read the answer."""
        self._write(problem(413, f"a body has a Content-Length of at most {self.most_bytes}"))
        self.wfile.flush()
        left = min(length, 16 * self.most_bytes)
        while left > 0 and (taken := self.rfile.read(min(left, 65536))):
            left -= len(taken)

    def respond(self, body: bytes) -> None:
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
