"""The stand-in put together: a seeded platform, its clock, its webhooks and its HTTP surfaces, to start and stop."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Self, TypeVar

from backhaul.sandbox.clock import Clock
from backhaul.sandbox.ticker import Ticker

from .bucket import LeakyBucket
from .faults import Dice, Faults
from .naming import Names
from .orders import Order
from .outbox import Delivery, Outbox
from .partner_api import PartnerApi
from .platform import Platform
from .sender import Sender
from .server import listening

Answered = TypeVar("Answered")


class StandIn:
    """Happy Returns as far as it is documented, in a thread of this process or as a program of its own.

    With `running` the clock follows the wall and webhooks go out by themselves; without, the clock stands
    until `advance` or `settle` drive it, and what they send is sent when they return.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        secret: str = "sandbox-secret",  # noqa: S107 - a stand-in's secret protects nothing
        api_key: str = "sandbox-key",
        retailer_id: str = "modern-retailer",
        target: str | None = None,
        orders: Iterable[Order] = (),
        port: int = 0,
        host: str = "127.0.0.1",
        running: bool = False,
        start_at: datetime | None = None,
        merge_seconds: float = 60.0,
        attempts: int = 3,
        requests_per_second: float = 0.5,
        burst: float = 5.0,
        page_size: int = 50,
        faults: Faults | None = None,
        spelling: Mapping[str, str] | None = None,
        item_details: bool = False,
    ) -> None:
        self.target = target
        self.clock = Clock(start_at, running=running)
        dice = Dice(seed, faults or Faults())
        self.outbox = Outbox(self.clock.now, dice, merge_seconds=merge_seconds, attempts=attempts)
        self.platform = Platform(
            self.clock,
            Names(seed),
            self.outbox,
            retailer_id=retailer_id,
            spelling=spelling,
            item_details=item_details,
        )
        self.platform.sell(orders)
        bucket = LeakyBucket(requests_per_second, burst, time.monotonic)
        self.partner_api = PartnerApi(self.platform, api_key, bucket, page_size=page_size)
        self.lock = threading.RLock()
        self._sender = Sender(target, secret) if target else None
        self._sending = threading.Lock()
        self._server = listening(self, host, port)
        self._running = running
        self._ticker = Ticker(self.deliver)

    @property
    def url(self) -> str:
        """The base URL of the partner API, of the page and of the control API; known once started."""
        return self._server.url

    def start(self) -> Self:
        """Listen, and with a running clock also send."""
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

    def __exit__(self, *_: object) -> None:
        self.stop()

    def act(self, action: Callable[[Platform], Answered]) -> Answered:
        """Do something on the platform while nobody else does."""
        with self.lock:
            return action(self.platform)

    def advance(self, seconds: float) -> list[Delivery]:
        """Drive the clock and send what is due then; answers the deliveries attempted."""
        self.clock.advance(seconds)
        return self.deliver()

    def settle(self) -> list[Delivery]:
        """Drive the clock until nothing waits to be sent; answers the deliveries attempted."""
        attempted: list[Delivery] = []
        while (moment := self._next_due()) is not None:
            ahead = (moment - self.clock.now()).total_seconds()
            attempted += self.advance(max(0.0, ahead))
        return attempted

    def deliver(self) -> list[Delivery]:
        """Send what is due now; answers the deliveries attempted, each with its answer noted."""
        with self._sending:
            with self.lock:
                due = self.outbox.take_due()
            for delivery in due:
                self._attempt(delivery)
        return due

    def send_again(self, number: int) -> bool:
        """Queue a known delivery's body once more, as a platform that does not trust the first answer."""
        with self.lock:
            found = next((each for each in self.outbox.deliveries if each.number == number), None)
            if found is not None:
                self.outbox.repeat(found)
        return found is not None

    def _next_due(self) -> datetime | None:
        with self.lock:
            return self.outbox.next_due()

    def _attempt(self, delivery: Delivery) -> None:
        code, text = None, "no target set"
        if self._sender is not None:
            try:
                code = self._sender.send(delivery.body)
            except (OSError, http.client.HTTPException) as error:
                text = f"{type(error).__name__}: {error}"
        with self.lock:
            self.outbox.underway.answered(delivery, code, text)
