"""What the stand-in has to say and when: merging within 60 s, one POST per order number, and the faults on the way."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backhaul.sandbox.posting import Underway

from .faults import Dice, Fault
from .model import Happening
from .payloads import return_asn

_KEPT = 10_000


@dataclass(slots=True)
class Delivery:
    """One webhook on its way; `answers` holds what each attempt got: an HTTP code, or the text of an error."""

    number: int
    kind: str
    body: bytes
    due_at: datetime
    faults: frozenset[Fault] = frozenset()
    answers: list[str] = field(default_factory=list)
    delivered: bool = False
    given_up: bool = False

    @property
    def lost(self) -> bool:
        """Never sent, on purpose."""
        return Fault.LOSE in self.faults


@dataclass(slots=True)
class _Window:
    opened_at: datetime
    happenings: list[Happening]


class Outbox:
    """Keeps happenings until their window closes and deliveries until they are due.

    `attempts` is how often an unanswered webhook is sent in all: the retry policy of Happy Returns is not
    published, so this is the stand-in's own, with 30 s, 60 s, 120 s between.
    """

    def __init__(
        self, now: Callable[[], datetime], dice: Dice, *, merge_seconds: float = 60.0, attempts: int = 3
    ) -> None:
        self.dice = dice
        self.merge_seconds = merge_seconds
        self.deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self._now = now
        self._numbers = 0
        self._windows: dict[tuple[str, frozenset[str]], _Window] = {}
        self.underway: Underway[Delivery] = Underway(now, attempts, lambda tried: 30 * 2 ** (tried - 1))

    def tell(self, happening: Happening) -> None:
        """Take something to tell; it goes out with whatever else concerns the same units within the window.

        What items a POST would show whose merged events concern different units is not published: these
        are told apart, because a mixture would claim of one unit what happened to another.
        """
        key = (happening.return_.return_id, frozenset(item.item_id for item in happening.items))
        window = self._windows.setdefault(key, _Window(self._now(), []))
        window.happenings.append(happening)

    def put(self, kind: str, body: Any) -> None:
        """Take a finished body that is never merged."""
        self._numbers += 1
        now = self._now()
        faults = self.dice.for_webhook(self._numbers)
        late = timedelta(seconds=self.dice.faults.delay_seconds) if Fault.DELAY in faults else timedelta()
        raw = json.dumps(body).encode()
        delivery = Delivery(self._numbers, kind, raw, now + late, faults)
        self.deliveries.append(delivery)
        if delivery.lost:
            return
        self.underway.add(delivery, overtaken=Fault.REORDER in faults)
        if Fault.DUPLICATE in faults:
            self._numbers += 1
            again = Delivery(self._numbers, kind, raw, now + late + timedelta(seconds=1))
            self.deliveries.append(again)
            self.underway.add(again)

    def repeat(self, delivery: Delivery) -> None:
        """Send the same bytes once more, now and without a fault."""
        self._numbers += 1
        again = Delivery(self._numbers, delivery.kind, delivery.body, self._now())
        self.deliveries.append(again)
        self.underway.add(again)

    def take_due(self) -> list[Delivery]:
        """The deliveries to send now, in order."""
        self._close_windows(self._now())
        return self.underway.take_due()

    def next_due(self) -> datetime | None:
        """When there is next something to send; None when all is said."""
        closing = timedelta(seconds=self.merge_seconds)
        moments = [window.opened_at + closing for window in self._windows.values()]
        return min([*moments, *self.underway.moments()], default=None)

    def _close_windows(self, now: datetime) -> None:
        closing = timedelta(seconds=self.merge_seconds)
        for key, window in list(self._windows.items()):
            if window.opened_at + closing <= now:
                del self._windows[key]
                for order_number in self._orders(window):
                    self.put("return.asn", return_asn(window.happenings, order_number))

    @staticmethod
    def _orders(window: _Window) -> list[str]:
        units = window.happenings[0].items
        return list(dict.fromkeys(item.order.order_number for item in units))
