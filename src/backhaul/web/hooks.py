"""``POST /hooks/{connection}``: messages in. Plain WSGI beside Django, because a webhook needs no session.

Requests that arrive together are stored by one statement and one commit; each is answered when its own row is safe.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from django.db import close_old_connections, connection
from prometheus_client import Counter

from backhaul.flows.deployment import Deployment
from backhaul.flows.receive import MOST_BYTES, NotTaken, admit
from backhaul.store import connections, inbox
from backhaul.store.inbox import Incoming

log = structlog.get_logger()
TAKEN = Counter("backhaul_messages_taken_total", "Messages stored, by connection", ["connection"])
REFUSED = Counter("backhaul_messages_refused_total", "Messages not taken, by HTTP status", ["code"])
_REASONS = {
    202: "202 Accepted", 400: "400 Bad Request", 401: "401 Unauthorized", 404: "404 Not Found",
    405: "405 Method Not Allowed", 411: "411 Length Required", 413: "413 Content Too Large",
    503: "503 Service Unavailable",
}  # fmt: skip
_HINT_EVERY_S = 0.1
_MOST_AT_ONCE = 256
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(slots=True)
class _Pending:
    """A message that waits to be stored, and the thread that waits with it."""

    incoming: Incoming
    stored: threading.Event = field(default_factory=threading.Event)
    answer: tuple[int, bool] | None = None


class Inbox:
    """Stores what request threads bring, together; one thread writes."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._waiting: list[_Pending] = []
        self._bad: dict[int, int] = {}
        self._news = threading.Condition()
        self._hinted_at = 0.0
        threading.Thread(target=self._write_for_ever, name="inbox", daemon=True).start()

    def keep(self, incoming: Incoming, patience_s: float = 10.0) -> tuple[int, bool] | None:
        """(message id, new?) once it is committed; None when it could not be stored in time."""
        pending = _Pending(incoming)
        with self._news:
            self._waiting.append(pending)
            self._news.notify()
        pending.stored.wait(patience_s)
        return pending.answer

    def count_bad(self, connection_id: int) -> None:
        """Count a message with a bad signature, with the next write."""
        with self._news:
            self._bad[connection_id] = self._bad.get(connection_id, 0) + 1
            self._news.notify()

    def _write_for_ever(self) -> None:
        while True:
            with self._news:
                while not self._waiting and not self._bad:
                    self._news.wait()
                batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                bad, self._bad = self._bad, {}
            try:
                self._write(batch, bad)
            except Exception:
                log.exception("hooks.write_failed", messages=len(batch))
                connection.close()
            for pending in batch:
                pending.stored.set()

    def _write(self, batch: list[_Pending], bad: dict[int, int]) -> None:
        close_old_connections()
        now = self._deployment.now()
        if batch:
            kept = inbox.keep([pending.incoming for pending in batch], self._deployment.keys)
            for pending, answer in zip(batch, kept, strict=True):
                pending.answer = answer
            self._hint()
        for connection_id, count in bad.items():
            connections.bad_signature(connection_id, now, count)

    def _hint(self) -> None:
        moment = time.monotonic()
        if moment - self._hinted_at >= _HINT_EVERY_S:
            self._hinted_at = moment
            threading.Thread(target=self._deployment.wake, args=("interpret",), daemon=True).start()


class Hooks:
    """The WSGI application for everything below ``/hooks/``."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._inbox = Inbox(deployment)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        code, answer = self._take(environ)
        if code >= 400:
            REFUSED.labels(str(code)).inc()
        body = orjson.dumps(answer)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(_REASONS[code], headers)
        return [body]

    def _take(self, environ: Environ) -> tuple[int, dict[str, object]]:
        if environ["REQUEST_METHOD"] != "POST":
            return 405, {"error": "send messages with POST"}
        name = environ["PATH_INFO"].removeprefix("/hooks/").strip("/")
        try:
            body = _body(environ)
        except _NotRead as refusal:
            return refusal.code, {"error": str(refusal)}
        admitted = admit(self._deployment, name, body, _headers(environ))
        if isinstance(admitted, NotTaken):
            if admitted.code == 401 and admitted.connection_id is not None:
                self._inbox.count_bad(admitted.connection_id)
            return admitted.code, {"error": admitted.why}
        kept = self._inbox.keep(admitted)
        if kept is None:
            return 503, {"error": "the message could not be stored; send it again"}
        TAKEN.labels(name).inc()
        return 202, {"message": kept[0], "new": kept[1]}


class _NotRead(Exception):
    """The body is not taken in: the text says why, ``code`` is the answer's."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def _body(environ: Environ) -> bytes:
    """The body, of declared length or not; of one that is too long no more is read than shows it. Raises _NotRead."""
    declared = str(environ.get("CONTENT_LENGTH") or "")
    if declared:
        if not declared.isdecimal():
            raise _NotRead(400, "Content-Length is not a number")
        if int(declared) > MOST_BYTES:
            raise _NotRead(413, f"a message may have {MOST_BYTES} bytes, this one has {declared}")
        return bytes(environ["wsgi.input"].read(int(declared)))
    # Only a server that says so ends the stream where a body without a length ends; with others reading would hang.
    if not environ.get("wsgi.input_terminated"):
        raise _NotRead(411, "say Content-Length")
    body = bytes(environ["wsgi.input"].read(MOST_BYTES + 1))
    if len(body) > MOST_BYTES:
        raise _NotRead(413, f"a message may have {MOST_BYTES} bytes, this one has more")
    return body


def _headers(environ: Environ) -> dict[str, str]:
    return {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
