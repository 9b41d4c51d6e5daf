"""A shop beside Patchworks, whose flow 9 brings orders to a system that knows no ghosts; failed runs are watched."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from backhaul.connectors.patchworks import connector
from backhaul.flows.deployment import Link
from backhaul.flows.poll import poll
from backhaul.flows.resolve import replay
from backhaul.sandbox.patchworks import Flow, ObjectFailed, StandIn
from backhaul.store.sql import rows
from tests.support.patchworks import connected, settings_of
from tests.support.shop import MORNING, Shop, Town

SETTINGS: dict[str, Any] = {
    "flows": {"announce-return": {"flow": 7}},
    "watch": {"9": {"objects": "/orders", "name": "/number", "order": "/number", "value": "/total", "currency": "USD"}},
}
GHOST = {"number": "GHOST-2", "total": 21.6}


class Watched:
    """``taken`` are the numbers of the orders that the flow has brought over, as often as it did."""

    def __init__(self, shop: Shop | None = None) -> None:
        self.shop = shop or Town().open("acme", "Acme")
        self.world = StandIn([Flow(7), Flow(9, work=self._bring)], start_at=MORNING, per_minute=10**6)
        self.taken: list[str] = []
        self.unknown = {"GHOST"}
        self.link: Link = self.shop.links[f"{self.shop.name}-warehouse"]
        self.link.connector = connector
        self.configure(**SETTINGS)

    def configure(self, **settings: Any) -> None:
        self.link.settings = settings_of(**settings)
        self.link._system = connected(self.world, **settings)

    def _bring(self, content: Any) -> None:
        numbers = [one["number"] for one in content["orders"]]
        bad = [number for number in numbers if number.partition("-")[0] in self.unknown]
        self.taken += [number for number in numbers if number not in bad]
        if bad:
            raise ObjectFailed(f"no product for {bad[0]}")

    def mend(self, **more: Any) -> None:
        """The system knows ghosts from now on."""
        self.unknown = set()
        self.world.deploy(Flow(9, work=self._bring, **more))

    def fail(self, *orders: dict[str, Any]) -> None:
        """The flow runs with these orders, and the run is kept."""
        self.world.run(9, json.dumps({"orders": orders or (GHOST,)}).encode())
        self.poll()

    def forward(self, minutes: float = 1.0) -> None:
        self.shop.clock.at += timedelta(minutes=minutes)
        self.world.clock.advance(minutes * 60)

    def poll(self) -> int:
        """What is asked for is sent, what was sent is looked at, what is new is read."""
        new = poll(self.shop.deployment, self.link, now_already=True)
        self.shop.read()
        return new

    def replay(self, key: str = "", *, looked: bool = False) -> str:
        return replay(self.shop.deployment, self.shop.merchant_id, key or open_keys()[0], "ann", looked=looked)

    @property
    def runs(self) -> int:
        """How many runs there ever were."""
        return len(self.world.runs.bodies())


def open_keys() -> list[str]:
    return [key for (key,) in rows("SELECT key FROM exceptions WHERE closed_at IS NULL ORDER BY key")]


def causes() -> list[str]:
    return [cause for (cause,) in rows("SELECT cause FROM exceptions WHERE closed_at IS NULL ORDER BY key")]


def standings() -> list[str]:
    return [standing for (standing,) in rows("SELECT standing FROM replays ORDER BY id")]
