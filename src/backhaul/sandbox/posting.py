"""Webhooks on their way: kept until due, held until overtaken, posted, and tried again until answered."""

import http.client
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from urllib.parse import SplitResult, urlsplit

_OVERTAKEN_WITHIN = timedelta(hours=1)


class Posted(Protocol):
    """One webhook; ``answers`` holds what each attempt got: an HTTP code, or the text of an error."""

    due_at: datetime
    answers: list[str]
    delivered: bool
    given_up: bool


P = TypeVar("P", bound=Posted)


class Underway(Generic[P]):
    """What waits to be posted. ``retry_s`` gives the seconds until the next attempt, by how many there were."""

    def __init__(self, now: Callable[[], datetime], attempts: int, retry_s: Callable[[int], float]) -> None:
        self.attempts = attempts
        self._now = now
        self._retry_s = retry_s
        self._queue: list[P] = []
        self._held: list[P] = []

    def add(self, webhook: P, *, overtaken: bool = False) -> None:
        """Take one to post when it is due, or behind the first that overtakes it, or an hour later."""
        if overtaken:
            webhook.due_at += _OVERTAKEN_WITHIN
        (self._held if overtaken else self._queue).append(webhook)

    def take_due(self) -> list[P]:
        """What to post now, in order."""
        now = self._now()
        due = sorted((each for each in self._queue if each.due_at <= now), key=lambda each: each.due_at)
        self._queue = [each for each in self._queue if each.due_at > now]
        if due:
            due[1:1], self._held = self._held, []
        else:
            due = [each for each in self._held if each.due_at <= now]
            self._held = [each for each in self._held if each.due_at > now]
        return due

    def answered(self, webhook: P, code: int | None, text: str = "") -> None:
        """Note the answer to one attempt; anything but 2xx is tried again later, up to ``attempts`` times."""
        webhook.answers.append(text if code is None else str(code))
        if code is not None and 200 <= code < 300:
            webhook.delivered = True
        elif len(webhook.answers) >= self.attempts:
            webhook.given_up = True
        else:
            webhook.due_at = self._now() + timedelta(seconds=self._retry_s(len(webhook.answers)))
            self._queue.append(webhook)

    def moments(self) -> list[datetime]:
        """When each of those that wait is due."""
        return [each.due_at for each in (*self._queue, *self._held)]


class Unsendable(ValueError):
    """The address is no HTTP address."""


def address(url: str) -> SplitResult:
    """The parts of an address that can be posted to; raises Unsendable."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unsendable(f"not an http(s) address: {url!r}")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float) -> int:
    """The answer's code, over a connection of its own; raises OSError, http.client.HTTPException or Unsendable."""
    parts = address(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()
