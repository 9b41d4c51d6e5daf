"""An HTTP port of a stand-in, served by threads."""

import threading
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Listening:
    """Listens once started; ``port`` 0 takes a free one. Each call is for an instance of ``requests``."""

    def __init__(self, requests: "type[Requests]", host: str, port: int) -> None:
        self._requests = requests
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
        self._listening = ThreadingHTTPServer((self._host, self._port), self._requests)
        self._listening.daemon_threads = True
        serve = partial(self._listening.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="stand-in", daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()
            self._listening = None


class Requests(BaseHTTPRequestHandler):
    """Takes the body of each call, of at most ``most_bytes``, for ``respond``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet per answer
    timeout = 30
    most_bytes = 1024 * 1024

    def take(self) -> None:
        """Read the body and have it answered."""
        length = self.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) <= self.most_bytes:
            self.respond(self.rfile.read(int(length)))
        else:
            self.close_connection = True
            self.refuse(int(length) if length.isdigit() else 0)

    do_GET = do_POST = take  # noqa: N815 - the base class's names

    def respond(self, body: bytes) -> None:
        """Answer the call."""
        raise NotImplementedError

    def refuse(self, length: int) -> None:  # noqa: ARG002 - for those who say it in their own words
        """Answer a call whose body of so many bytes is too long, or whose length cannot be read."""
        self.send_error(413)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: a log line could carry a key."""


def until_interrupted() -> None:
    """Wait for Ctrl-C."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
