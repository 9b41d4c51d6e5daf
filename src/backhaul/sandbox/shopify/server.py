"""The HTTP side of the stand-in: one address, whose answers come from the front door."""

from backhaul.sandbox.listening import Listening, Requests

from .front import Front
from .refusals import ConnectionCut


def listening(front: Front, host: str, port: int) -> Listening:
    """The port where the front door answers."""
    door = front

    class ToTheFront(_ToAFront):
        front = door

    return Listening(ToTheFront, host, port)


class _ToAFront(Requests):
    most_bytes = 4 * 1024 * 1024
    front: Front

    def respond(self, body: bytes) -> None:
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
