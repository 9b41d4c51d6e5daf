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

from backhaul.sandbox.posting import Underway

from .faults import Dice, Fault
from .moments import iso

_KEPT = 10_000
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


def _retry_s(tried: int) -> float:
    return min(_FIRST_RETRY_SECONDS * 2.0 ** (tried - 1), 3600.0)


class Outbox:
    """Keeps webhooks until they are due. Nine attempts in all: a first and eight more within four hours."""

    def __init__(self, now: Callable[[], datetime], dice: Dice, *, secret: str, attempts: int = 9) -> None:
        self.secret = secret
        self.sent: deque[Webhook] = deque(maxlen=_KEPT)
        self._now = now
        self._dice = dice
        self._numbers = 0
        self.underway: Underway[Webhook] = Underway(now, attempts, _retry_s)

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
        self.underway.add(webhook, overtaken=Fault.REORDER in faults)
        if Fault.DUPLICATE in faults:
            self.repeat(webhook, late + timedelta(seconds=1))

    def repeat(self, webhook: Webhook, after: timedelta = timedelta()) -> None:
        """Send the same bytes under the same id once more."""
        again = Webhook(
            webhook.webhook_id, webhook.topic, webhook.uri, webhook.headers, webhook.body, self._now() + after
        )
        self.sent.append(again)
        self.underway.add(again)
