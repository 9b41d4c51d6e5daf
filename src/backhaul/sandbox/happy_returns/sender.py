"""Signs a webhook and posts it: hex HMAC-SHA256 of the raw body in X-Hr-Signature, as the documented header looks."""

import hashlib
import hmac
import http.client
from urllib.parse import urlsplit


def signature(secret: str, body: bytes) -> str:
    """64 lower-case hex digits over the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Sender:
    """Posts bodies to one target, each over a connection of its own."""

    def __init__(self, target: str, secret: str, *, timeout_seconds: float = 10.0) -> None:
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the target is not an http(s) address: {target!r}")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret = secret
        self._timeout_seconds = timeout_seconds

    def send(self, body: bytes) -> int:
        """The answer's code; raises OSError or http.client.HTTPException when there was none."""
        headers = {"Content-Type": "application/json", "X-Hr-Signature": signature(self._secret, body)}
        connection = self._kind(self._host, self._port, timeout=self._timeout_seconds)
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()
