"""Signs a webhook and posts it: hex HMAC-SHA256 of the raw body in X-Hr-Signature, as the documented header looks."""

import hashlib
import hmac

from backhaul.sandbox.posting import address, post


def signature(secret: str, body: bytes) -> str:
    """64 lower-case hex digits over the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Sender:
    """Posts bodies to one target; raises Unsendable where that is no HTTP address."""

    def __init__(self, target: str, secret: str, *, timeout_seconds: float = 10.0) -> None:
        self._target = address(target).geturl()
        self._secret = secret
        self._timeout_seconds = timeout_seconds

    def send(self, body: bytes) -> int:
        """The answer's code; raises OSError or http.client.HTTPException when there was none."""
        headers = {"Content-Type": "application/json", "X-Hr-Signature": signature(self._secret, body)}
        return post(self._target, body, headers, timeout_s=self._timeout_seconds)
