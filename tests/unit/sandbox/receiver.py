"""A receiver of webhooks for the stand-in's tests: keeps what arrives and answers as told."""

import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Receiver:
    """Listens on a free port; `codes` are the answers to give first, 202 afterwards.

    `received` holds the signature from the header and the body of each.
    """

    def __init__(self, header: str = "X-Hr-Signature") -> None:
        self.received: list[tuple[str, bytes]] = []
        self.codes: list[int] = []
        receiver = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.headers[header], body))
                self.send_response(receiver.codes.pop(0) if receiver.codes else 202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
                """Say nothing."""

        self._listening = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._listening.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._listening.server_address[1]}/hooks/happy-returns"

    @property
    def bodies(self) -> list[Any]:
        """What arrived, decoded."""
        return [json.loads(body) for _, body in self.received]

    def __enter__(self) -> Self:
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown()
        self._listening.server_close()
