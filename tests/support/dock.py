"""A warehouse's receiver of announcements: checks the signature, may tell doubles apart, may hang up after taking."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from backhaul.sdk.signatures import Signature

SECRET = "what the warehouse knows us by"
_SIGNATURE = Signature("X-Backhaul-Signature", (SECRET.encode(),))


class Dock:
    """Listens on a free port. ``taken`` is what it keeps, ``knocks`` counts all that was sent to it.

    ``hangs_up`` so often cuts the connection after it took a message; ``codes`` are answers to give first.
    """

    def __init__(self, *, dedupes: bool = True, hangs_up: int = 0) -> None:
        self.dedupes, self.hangs_up = dedupes, hangs_up
        self.taken: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.codes: list[int] = []
        self.knocks = 0
        self._lock = threading.Lock()
        dock = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                code = dock.take(body, {name.lower(): value for name, value in self.headers.items()})
                if code is None:
                    self.close_connection = True
                    return
                self.answer(code)

            def do_GET(self) -> None:
                message_id = self.path.rsplit("/", 1)[-1].replace("%3A", ":")
                self.answer(200 if message_id in dock.message_ids else 404)

            def answer(self, code: int) -> None:
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
                """Say nothing."""

        self._listening = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._listening.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._listening.server_address[1]}"
        self.url = f"{self.address}/returns/expected"

    @property
    def message_ids(self) -> list[str]:
        return [str(message["message_id"]) for message in self.taken]

    def take(self, body: bytes, headers: dict[str, str]) -> int | None:
        """The answer's code; None hangs up without one."""
        with self._lock:
            self.knocks += 1
            if self.codes:
                return self.codes.pop(0)
            if not _SIGNATURE.verify(body, headers):
                return 401
            message = json.loads(body)
            if headers["idempotency-key"] != message["message_id"]:
                return 400
            if not (self.dedupes and message["message_id"] in self.message_ids):
                self.taken.append(message)
                self.raw.append(body)
            if self.hangs_up:
                self.hangs_up -= 1
                return None
            return 202

    def __enter__(self) -> Self:
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown()
        self._listening.server_close()
