"""Posts webhooks to whoever asked for them, each over a connection of its own."""

import http.client
from urllib.parse import urlsplit

from .outbox import Webhook


class Unsendable(Exception):
    """The address is no HTTP address."""


def send(webhook: Webhook, *, timeout_seconds: float = 5.0) -> int:
    """The answer's code; raises OSError, http.client.HTTPException or Unsendable when there was none."""
    parts = urlsplit(webhook.uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unsendable(f"not an http(s) address: {webhook.uri!r}")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout_seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, webhook.body, dict(webhook.headers))
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()
