"""The published limit of so many calls a minute, and the tokens that a login gives for a day."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_TOKEN_LASTS = timedelta(hours=24)


class Minute:
    """Lets ``most`` calls of one caller through in any minute."""

    def __init__(self, most: int, now: Callable[[], datetime]) -> None:
        self._most, self._now = most, now
        self._calls: dict[str, deque[datetime]] = {}

    def lets(self, caller: str) -> bool:
        """Whether this call is let through; one that is not does not count."""
        now = self._now()
        calls = self._calls.setdefault(caller, deque())
        while calls and calls[0] + _MINUTE <= now:
            calls.popleft()
        if len(calls) >= self._most:
            return False
        calls.append(now)
        return True


class Tokens:
    """Made by a login, good for 24 hours."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[str, datetime] = {}

    def make(self) -> str:
        token = f"eyJ0eXAiOiJKV1QifQ.{len(self._until) + 1}.stand-in"
        self._until[token] = self._now() + _TOKEN_LASTS
        return token

    def good(self, token: str) -> bool:
        until = self._until.get(token)
        return until is not None and self._now() < until
