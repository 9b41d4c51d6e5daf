"""One host of the stand-in over HTTP."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from backhaul.sandbox.answer import Answer, Call
from backhaul.sandbox.listening import Listening, Requests


def listening(answer: Callable[[Call], Answer | None], host: str, port: int) -> Listening:
    """The port of a host that gives these answers; None hangs up."""
    answering = answer

    class ToTheHost(_ToAHost):
        answer = staticmethod(answering)

    return Listening(ToTheHost, host, port)


class _ToAHost(Requests):
    most_bytes = 16 * 1024 * 1024
    answer: Callable[[Call], Answer | None]

    do_PUT = do_DELETE = do_PATCH = Requests.take  # noqa: N815 - the base class's names

    def respond(self, body: bytes) -> None:
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
