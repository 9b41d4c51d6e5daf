"""The stand-in put together: a seeded shop, its clock, its webhooks and its API, to start and stop."""

import http.client
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from backhaul.sandbox.clock import Clock
from backhaul.sandbox.posting import Unsendable, post
from backhaul.sandbox.ticker import Ticker

from .bucket import Bucket, Usage
from .faults import Dice, Fault, Faults
from .front import Answer, Front
from .hands import Hands
from .naming import Names
from .outbox import Outbox, Webhook
from .returns import Reason
from .server import listening
from .world import Facts, Planned, World

_REASONS = (
    "unwanted",
    "size_too_small",
    "size_too_large",
    "defective",
    "wrong_item",
    "not_as_described",
    "color",
    "style",
    "other",
)
SCOPES = (
    "read_orders",
    "write_orders",
    "read_returns",
    "write_returns",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_products",
    "read_all_orders",
)


class Shop(Hands):
    """Shopify as far as it is documented, in a thread of this process or as a program of its own.

    With a running clock webhooks to the target go out by themselves; without, the clock stands until `advance`
    drives it, and webhooks wait until `deliver` sends them or `take_webhooks` takes them.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        token: str = "shpat_sandbox",  # noqa: S107 - a stand-in's token protects nothing
        secret: str = "sandbox-secret",  # noqa: S107 - same
        version: str = "2026-07",
        target: str | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Clock | None = None,
        running: bool = False,
        currency: str = "USD",
        timezone: str = "America/New_York",
        domain: str = "modern-retailer.myshopify.com",
        maximum_available: float = 2000.0,
        restore_rate: float = 100.0,
        index_lag_seconds: float = 0.0,
        faults: Faults | None = None,
        scopes: tuple[str, ...] = SCOPES,
    ) -> None:
        self.clock = clock or Clock(datetime.now(UTC).replace(microsecond=0), running=running)
        self.token, self.secret, self.version = token, secret, version
        self.lock = threading.RLock()
        dice = Dice(seed, faults or Faults())
        outbox = Outbox(self.clock.now, dice, secret=secret)
        facts = Facts(domain=domain, currency=currency, timezone=timezone, version=version, scopes=scopes)
        self.world = World(self.clock, Names(seed), dice, outbox, facts, target, index_lag_seconds)
        for handle in _REASONS:
            reason = Reason(self.world.gid(Reason.kind), handle, handle.replace("_", " ").capitalize())
            self.world.reasons.append(self.world.keep(reason))
        self.bucket = Bucket(maximum_available, restore_rate, self.clock.seconds)
        self._front = Front(self.world, token, self.bucket, self.lock)
        self._server = listening(self._front, host, port)
        self._running = running
        self._collected: list[Webhook] = []  # for whom nobody listens
        self._ticker = Ticker(self.deliver)

    @property
    def url(self) -> str:
        """Where it listens; known once started."""
        return self._server.url

    @property
    def path(self) -> str:
        """The API's path, in the version of this shop."""
        return f"/admin/api/{self.version}/graphql.json"

    @property
    def usage(self) -> Usage:
        """How many calls there were, what they cost, and how many were throttled."""
        return self._front.usage

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One call without a server; raises ConnectionCut where the connection would end without an answer."""
        return self._front.answer(method, path, headers, body)

    def start(self) -> Self:
        """Listen, and with `running` also send."""
        self._server.start()
        if self._running:
            self._ticker.start()
        return self

    def stop(self) -> None:
        """Stop listening and sending; what still waits is not sent."""
        self._ticker.stop()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, fault: Fault, times: int = 1, *, operation: str | None = None) -> None:
        """Let the next calls (of this operation or root field, if given), or the next webhooks, suffer a fault."""
        with self.lock:
            self.world.dice.ask(fault, times, operation)

    def refuse_next(self, mutation: str, code: str, *, done: bool = False) -> None:
        """Let the next call of a mutation answer a userError of this code, though perhaps it is done all the same."""
        with self.lock:
            self.world.planned.append(Planned(mutation, code, done))

    def change_secret(self, secret: str) -> None:
        """Sign webhooks by another secret from now on."""
        with self.lock:
            self.secret = self.world.outbox.secret = secret

    def lag_search(self, seconds: float) -> None:
        """How far the search index is behind."""
        with self.lock:
            self.world.index_lag_seconds = seconds

    def advance(self, seconds: float) -> list[Webhook]:
        """Drive the clock and send what is due then to whoever asked for it; answers what was attempted."""
        self.clock.advance(seconds)
        return self.deliver()

    def deliver(self) -> list[Webhook]:
        """Send what is due now; answers what was attempted, each with its answer noted."""
        with self.lock:
            due = self.world.outbox.underway.take_due()
        sent = [webhook for webhook in due if webhook.uri]
        for webhook in sent:
            self._attempt(webhook)
        self._collected += [webhook for webhook in due if not webhook.uri]
        return sent

    def take_webhooks(self) -> list[Webhook]:
        """What is due now, taken as received instead of being sent."""
        with self.lock:
            taken, self._collected = [*self._collected, *self.world.outbox.underway.take_due()], []
            for webhook in taken:
                self.world.outbox.underway.answered(webhook, 200)
        return taken

    def send_again(self, webhook: Webhook) -> None:
        """Queue a webhook once more, under the same id."""
        with self.lock:
            self.world.outbox.repeat(webhook)

    def _attempt(self, webhook: Webhook) -> None:
        code, text = None, ""
        try:
            code = post(webhook.uri, webhook.body, webhook.headers, timeout_s=5.0)
        except (OSError, http.client.HTTPException, Unsendable) as error:
            text = f"{type(error).__name__}: {error}"
        with self.lock:
            self.world.outbox.underway.answered(webhook, code, text)
            if webhook.given_up:  # nobody answered for hours: a subscription that a caller made is gone
                self.world.subscriptions = [each for each in self.world.subscriptions if each.uri != webhook.uri]
