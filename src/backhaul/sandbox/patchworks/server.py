"""One host of the stand-in over HTTP, in a thread."""

import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from backhaul.sandbox.happy_returns.answer import Answer, Call

_BODY_MOST_BYTES = 16 * 1024 * 1024


class Server:
    """Listens once started; ``port`` 0 takes a free one."""

    def __init__(self, answer: Callable[[Call], Answer | None], host: str, port: int) -> None:
        self._answer, self._host, self._port = answer, host, port
        self._listening: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._listening is None:
            raise RuntimeError("the stand-in has no address before it is started")
        return f"http://{self._host}:{self._listening.server_address[1]}"

    def start(self) -> None:
        """Bind and serve; raises OSError when the port is taken."""
        answering = self._answer

        class Requests(_Requests):
            answer = staticmethod(answering)

        self._listening = ThreadingHTTPServer((self._host, self._port), Requests)
        self._listening.daemon_threads = True
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="patchworks-stand-in", daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    timeout = 30
    answer: Callable[[Call], Answer | None]

    def _respond(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _BODY_MOST_BYTES:
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = self.answer(Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
        if said is None:
            self.close_connection = True
            return
        self.send_response(said.code)
        self.send_header("Content-Type", said.content_type)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _respond  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: a log line could carry a key."""
