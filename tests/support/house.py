"""A whole deployment inside a test: stand-in, neutral senders, flows stepped by hand, a clock the test owns."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from backhaul.flows.decide import decide_returns
from backhaul.flows.deployment import Deployment, Times
from backhaul.flows.dispatch import dispatch
from backhaul.flows.flush_stock import flush_stock
from backhaul.flows.interpret import interpret
from backhaul.flows.poll import poll
from backhaul.flows.receive import NotTaken, admit
from backhaul.project.configuration import Configuration
from backhaul.project.deployment import adopt, build
from backhaul.project.logs import set_up_logs
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.signatures import Signature
from backhaul.sdk.wire import Wire
from backhaul.store import effects, inbox
from backhaul.store.sql import atomic, rows

SECRET = "a-secret-for-tests"
MASTER = bytes(range(32))
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """Time as the test wants it."""

    moment: datetime = START

    def now(self) -> datetime:
        """No two moments are the same, as on a real clock."""
        self.moment += timedelta(microseconds=1)
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


def configuration(erp: Mapping[str, Any] | None, policy: Mapping[str, Any], **more: Any) -> Configuration:
    """One merchant with Happy Returns, money, warehouse and, if given, an ERP connection's table."""
    signed = {"signature_secrets": [SECRET]}
    connections: dict[str, Any] = {
        "happy-returns": {
            "connector": "happy-returns",
            "settings": {"retailer_id": "modern-retailer", **signed, **more.get("happy_returns", {})},
        },
        "money": {"connector": "neutral-money", "settings": signed},
        "warehouse": {"connector": "neutral-warehouse", "settings": signed},
        **more.get("connections", {}),
    }
    if erp is not None:
        connections["erp"] = dict(erp)
    merchant = {"title": "Acme", "timezone": "America/New_York", "policy": dict(policy), "connections": connections}
    return Configuration.model_validate({"merchants": {"acme": merchant}})


def tryton_table(shop: TrytonShop, url: str | None = None, **more: Any) -> dict[str, Any]:
    """The connection table for a real Tryton, through another address (a fault proxy's) where one is given."""
    go_live_at = more.pop("go_live_at", START - timedelta(days=30))
    settings = {
        "url": url or shop.url,
        "database": shop.database,
        "key": shop.key,
        "login": shop.login,
        "password": shop.password,
        **more,
    }
    return {"connector": "tryton", "settings": settings, "go_live_at": go_live_at}


@dataclass
class House:
    """The deployment, and the people and systems around it as far as a test plays them."""

    deployment: Deployment
    clock: Clock
    stand_in: StandIn
    merchant_id: int = 0
    delivered: int = 0
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    wires: list[Wire] = field(default_factory=list)

    @classmethod
    def build(
        cls,
        erp: Mapping[str, Any] | None,
        orders: Sequence[Order],
        *,
        policy: Mapping[str, Any] | None = None,
        times: Times | None = None,
        stand_in: StandIn | None = None,
        **more: Any,
    ) -> House:
        set_up_logs()
        clock = Clock()
        wires: list[Wire] = []
        deployment = _deployment(configuration(erp, policy or {}, **more), clock, times, wires)
        stand_in = stand_in or StandIn(secret=SECRET, orders=orders)
        return cls(deployment, clock, stand_in, next(iter(deployment.policies)), wires=wires)

    def reconfigure(
        self, erp: Mapping[str, Any] | None, *, policy: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Another configuration from now on, as after a restart."""
        table = configuration(erp, policy or {}, **more)
        self.deployment = _deployment(table, self.clock, self.deployment.times, self.wires)

    def close(self) -> None:
        """Leave the outside systems."""
        for wire in self.wires:
            wire.close()

    # -- messages in -------------------------------------------------------

    def post(self, connection: str, body: bytes, signature: str | None = None) -> int | NotTaken:
        """One signed delivery; the message's id, or why it was not taken."""
        link = self.deployment.links[connection]
        assert link.connector.signature is not None
        sign: Signature = link.connector.signature(link.settings)
        headers = {sign.header.lower(): signature if signature is not None else sign.sign(body)}
        admitted = admit(self.deployment, connection, body, headers)
        if isinstance(admitted, NotTaken):
            return admitted
        with atomic():
            return inbox.keep([admitted], self.deployment.keys)[0][0]

    def webhooks(self) -> list[bytes]:
        """What the stand-in has to say since the last time, its own clock moved past merging."""
        self.stand_in.advance(61)
        bodies = [one.body for one in list(self.stand_in.outbox.deliveries)[self.delivered :]]
        self.delivered += len(bodies)
        return bodies

    def listen(self) -> None:
        """Deliver what the stand-in says, then work until quiet."""
        for body in self.webhooks():
            self.post("happy-returns", body)
        self.work()

    def refund(self, order: str, minor: int, **more: Any) -> None:
        """Finance's word that a refund succeeded (or another state)."""
        number = next(self.numbers)
        message = {
            "kind": "refund", "message_id": f"m-{number}", "occurred_at": self.clock.now().isoformat(),
            "order_number": order, "refund_id": f"re-{order}-{number}", "state": "succeeded",
            "amount": {"minor": minor, "currency": "USD"}, **more,
        }  # fmt: skip
        self.post("money", json.dumps(message).encode())
        self.work()

    def money(self, kind: str, order: str, **more: Any) -> None:
        """Anything else that the money source says: an exchange, a charge, what the platform decided."""
        number = next(self.numbers)
        message = {
            "kind": kind, "message_id": f"x-{number}", "occurred_at": self.clock.now().isoformat(),
            "order_number": order, **more,
        }  # fmt: skip
        self.post("money", json.dumps(message).encode())
        self.work()

    def warehouse(self, kind: str, order: str, lines: Sequence[Mapping[str, Any]], **more: Any) -> None:
        """The warehouse's receipt or inspection, as totals."""
        number = next(self.numbers)
        message = {
            "kind": kind, "message_id": f"w-{number}", "occurred_at": self.clock.now().isoformat(), "sequence": number,
            "warehouse": "MAIN", "order_number": order, "lines": list(lines), **more,
        }  # fmt: skip
        self.post("warehouse", json.dumps(message).encode())
        self.work()

    # -- work --------------------------------------------------------------

    def work(self, rounds: int = 50) -> None:
        """Interpret and dispatch until nothing is due now."""
        for _ in range(rounds):
            busy = interpret(self.deployment)
            for id_ in effects.due_connections(self.clock.now()):
                busy += dispatch(self.deployment, self.deployment.link(id_), "test", width=1)
            if not busy:
                return
        raise AssertionError("the house does not come to rest")

    def flush(self) -> None:
        """The scheduled stock flush, and the work it makes."""
        self.clock.forward(hours=1)
        flush_stock(self.deployment, self.merchant_id, now_already=True)
        self.work()

    def poll(self, connection: str) -> None:
        """Every poll of a connection now, and the work it makes."""
        poll(self.deployment, self.deployment.links[connection], now_already=True)
        self.work()

    def decide_again(self) -> None:
        """Replay: decide every return from its facts."""
        with atomic():
            decide_returns(
                self.deployment, [id_ for (id_,) in rows("SELECT id FROM returns WHERE linked_to_id IS NULL")]
            )

    # -- what stands in the books ------------------------------------------

    def standings(self) -> dict[str, str]:
        """Each effect that is not moot, and how it stands."""
        return dict(rows("SELECT key, standing FROM effects WHERE standing <> 'moot' ORDER BY id"))

    def verbs(self) -> dict[str, int]:
        """Done effects by verb."""
        return dict(rows("SELECT verb, count(*) FROM effects WHERE standing = 'done' GROUP BY verb ORDER BY verb"))

    def open_exceptions(self) -> list[tuple[str, str]]:
        """(kind, cause) of all open exceptions."""
        return [tuple(row) for row in rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL ORDER BY key")]

    def balances(self) -> dict[tuple[str, str], int]:
        """Balance per (account, commodity)."""
        sums: dict[tuple[str, str], int] = {}
        for source, destination, quantity, commodity in rows(
            "SELECT source, destination, quantity, commodity FROM entries"
        ):
            sums[source, commodity] = sums.get((source, commodity), 0) - quantity
            sums[destination, commodity] = sums.get((destination, commodity), 0) + quantity
        return {key: value for key, value in sums.items() if value}

    def returns(self) -> list[dict[str, Any]]:
        names = ("id", "label", "stage", "squared", "closed", "orders")
        return [
            dict(zip(names, row, strict=True))
            for row in rows("SELECT id, label, stage, squared, closed, orders FROM returns WHERE linked_to_id IS NULL")
        ]


def _deployment(table: Configuration, clock: Clock, times: Times | None, wires: list[Wire]) -> Deployment:
    built = build(table, MASTER, now=clock.now, times=times or Times(retry_first_s=0.0))
    for link in built.links.values():
        link.wire = _remembered(link.wire, wires)
    deployment = replace(built, wake=lambda _flow: None)
    adopt(deployment)
    return deployment


def _remembered(make: Callable[[], Wire], wires: list[Wire]) -> Callable[[], Wire]:
    def remember() -> Wire:
        wires.append(make())
        return wires[-1]

    return remember


def orders_of(shop: TrytonShop) -> list[Order]:
    """The shop's seeded orders as the platform knows them, with line ids of the storefront's own."""
    return [
        Order(
            number,
            number,
            f"{number.lower()}@example.com",
            tuple(OrderLine(f"{number}-{line['sku']}", line["sku"], int(line["quantity"])) for line in order["lines"]),
        )
        for number, order in sorted(shop.orders.items())
    ]
