"""Webhooks on their way: signed, numbered by content, sent again when unanswered, and struck by faults."""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .clock import iso
from .faults import Dice, Fault

_KEPT = 10_000
_OVERTAKEN_WITHIN = timedelta(hours=1)
_FIRST_RETRY_SECONDS = 60


def signature(secret: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the raw bytes."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass(slots=True)
class Webhook:
    """One webhook to one address; `uri` is empty where nobody listens and a test collects it.

    `answers` holds what each attempt got: an HTTP code, or the text of an error.
    """

    webhook_id: str
    topic: str
    uri: str
    headers: Mapping[str, str]
    body: bytes
    due_at: datetime
    faults: frozenset[Fault] = frozenset()
    answers: list[str] = field(default_factory=list)
    delivered: bool = False
    given_up: bool = False

    @property
    def content(self) -> Any:
        """The body read."""
        return json.loads(self.body)


class Outbox:
    """Keeps webhooks until they are due. Nine attempts in all: a first and eight more within four hours."""

    def __init__(self, now: Callable[[], datetime], dice: Dice, *, secret: str, attempts: int = 9) -> None:
        self.secret = secret
        self.attempts = attempts
        self.sent: deque[Webhook] = deque(maxlen=_KEPT)
        self._now = now
        self._dice = dice
        self._numbers = 0
        self._queue: list[Webhook] = []
        self._held: list[Webhook] = []

    def put(self, webhook_id: str, topic: str, uri: str, content: Any, headers: Mapping[str, str]) -> None:
        """Take one webhook to send."""
        self._numbers += 1
        faults = self._dice.for_webhook(self._numbers)
        now = self._now()
        late = timedelta(seconds=self._dice.faults.delay_seconds) if Fault.DELAY in faults else timedelta()
        body = json.dumps(content).encode()
        whole = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-SHA256": signature(self.secret, body),
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Event-Id": webhook_id,
            "X-Shopify-Triggered-At": str(iso(now)),
            **headers,
        }
        webhook = Webhook(webhook_id, topic, uri, whole, body, now + late, faults)
        self.sent.append(webhook)
        if Fault.LOSE in faults:
            return
        if Fault.REORDER in faults:
            webhook.due_at += _OVERTAKEN_WITHIN
        (self._held if Fault.REORDER in faults else self._queue).append(webhook)
        if Fault.DUPLICATE in faults:
            self.repeat(webhook, late + timedelta(seconds=1))

    def repeat(self, webhook: Webhook, after: timedelta = timedelta()) -> None:
        """Send the same bytes under the same id once more."""
        again = Webhook(
            webhook.webhook_id, webhook.topic, webhook.uri, webhook.headers, webhook.body, self._now() + after
        )
        self.sent.append(again)
        self._queue.append(again)

    def take_due(self) -> list[Webhook]:
        """What to send now, in order; one held back follows the first that overtakes it, or an hour."""
        now = self._now()
        due = sorted((each for each in self._queue if each.due_at <= now), key=lambda each: each.due_at)
        self._queue = [each for each in self._queue if each.due_at > now]
        if due:
            due[1:1], self._held = self._held, []
        else:
            due = [each for each in self._held if each.due_at <= now]
            self._held = [each for each in self._held if each.due_at > now]
        return due

    def answered(self, webhook: Webhook, code: int | None, text: str = "") -> None:
        """Note the answer to one attempt; anything but 2xx is tried again later, up to `attempts` times."""
        webhook.answers.append(text if code is None else str(code))
        if code is not None and 200 <= code < 300:
            webhook.delivered = True
        elif len(webhook.answers) >= self.attempts:
            webhook.given_up = True
        else:
            seconds = _FIRST_RETRY_SECONDS * 2 ** (len(webhook.answers) - 1)
            webhook.due_at = self._now() + timedelta(seconds=min(seconds, 3600))
            self._queue.append(webhook)

    def next_due(self) -> datetime | None:
        """When there is next something to send; None when all is said."""
        return min((each.due_at for each in self._queue + self._held), default=None)
