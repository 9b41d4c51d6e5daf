"""Listens where a Medusa shop posts what happens, and says no as often as it is told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """One attempt of a delivery, as it came in."""

    delivery: str
    signature: str
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.raw)
        return told

    def signed_with(self, secret: str) -> bool:
        return hmac.compare_digest(self.signature, hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest())


@dataclass
class Ear:
    """``refusals`` is how many of the next attempts are answered with 503."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    refusals: int = 0

    def wait_for(self, name: str, attempts: int = 1, seconds: float = 15) -> list[Heard]:
        """The attempts to tell of ``name``, once there are as many. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [one for one in tuple(self.heard) if one.body["name"] == name]
            if len(found) >= attempts:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{name} was told {attempts} times or less: {[one.body['name'] for one in self.heard]}")


@contextmanager
def listening() -> Iterator[Ear]:
    """An ear on a free port."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            ear.heard.append(Heard(self.headers["X-Backhaul-Delivery"], self.headers["X-Backhaul-Signature"], raw))
            refused = ear.refusals > 0
            ear.refusals -= refused
            self.send_response(503 if refused else 204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        ear = Ear(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield ear
        finally:
            server.shutdown()
            thread.join()
