"""Messages as whole signed HTTP requests."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator

from tests.bench.mix import Told
from tests.bench.rig import SECRET

_HEADERS = {
    "happy-returns": "X-Hr-Signature",
    "money": "X-Backhaul-Signature",
    "warehouse": "X-Backhaul-Signature",
}


def requests(told: Iterable[Told], port: int) -> Iterator[bytes]:
    """A POST of each message."""
    for one in told:
        signature = hmac.new(SECRET.encode(), one.body, hashlib.sha256).hexdigest()
        head = (
            f"POST /hooks/{one.connection} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"{_HEADERS[one.connection]}: {signature}\r\nContent-Length: {len(one.body)}\r\n\r\n"
        )
        yield head.encode() + one.body
