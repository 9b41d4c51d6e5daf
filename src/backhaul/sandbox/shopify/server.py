"""The HTTP side of the stand-in: one address, whose answers come from the front door."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .front import Front
from .refusals import ConnectionCut

_BODY_MAX_BYTES = 4 * 1024 * 1024


class Server:
    """Listens in a thread; `port` 0 takes a free one."""

    def __init__(self, front: Front, host: str, port: int) -> None:
        self._front = front
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
        answering = self._front

        class Requests(_Requests):
            front = answering

        self._listening = ThreadingHTTPServer((self._host, self._port), Requests)
        self._listening.daemon_threads = True
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="shopify-stand-in", daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()
            self._listening = None


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    timeout = 30
    front: Front

    def do_GET(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _BODY_MAX_BYTES:
            self.close_connection = True
            self.send_error(413)
            return
        self._respond(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: a log line could carry a token."""

    def _respond(self, body: bytes) -> None:
        try:
            code, headers, content = self.front.answer(self.command, self.path, dict(self.headers.items()), body)
        except ConnectionCut:
            self.close_connection = True
            return
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
