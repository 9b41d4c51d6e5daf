"""A retailer for tests: its merchant, connections, people and clock, played through the real flows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from backhaul.connectors import happy_returns, neutral_money, neutral_warehouse
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.connectors.neutral_money.messages import NeutralMoneySettings
from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.flush_stock import flush_stock
from backhaul.flows.interpret import interpret
from backhaul.flows.receive import incoming
from backhaul.flows.sweep import mark_overdue
from backhaul.project.deployment import adopt
from backhaul.sdk.connector import Connector
from backhaul.store import inbox, merchants, policies
from backhaul.store.browse.people import make_token
from backhaul.store.codec import to_json
from backhaul.store.models import Membership
from backhaul.store.seals import Keyring
from tests.support.books import Books, BooksSettings, books_connector

MORNING = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass(slots=True)
class Clock:
    """Time as the test wants it."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Shop:
    """One merchant with a returns platform, a money source, a warehouse and an ERP."""

    name: str
    merchant_id: int
    links: dict[str, Link]
    books: Books
    clock: Clock
    deployment: Deployment
    reads_later: bool = False

    def tell(self, connection: str, body: object, *, raw: bytes | None = None) -> int:
        """A message arrives; it is read at once, unless the shop reads later. Answers its id."""
        link = self.links[f"{self.name}-{connection}"]
        text = raw if raw is not None else json.dumps(body).encode()
        headers = {name: f"{name} of the sender" for name in link.connector.kept_headers}
        message_id, _ = inbox.keep([incoming(self.deployment, link, text, headers)], self.deployment.keys)[0]
        if not self.reads_later:
            self.read()
        return message_id

    def read(self) -> None:
        """All that waits is read."""
        while interpret(self.deployment):
            pass

    def work(self) -> None:
        """Everything that is owed and can be done is done."""
        for _ in range(6):
            if not dispatch(self.deployment, self.links[f"{self.name}-erp"], "test", width=1):
                return

    def flush(self) -> None:
        """The scheduled stock flush."""
        flush_stock(self.deployment, self.merchant_id, now_already=True)
        self.work()

    def look_at_the_clock(self) -> None:
        mark_overdue(self.deployment)

    def sold(self, number: str, *lines: tuple[str, int, int], currency: str = "USD") -> None:
        """An order: (SKU, quantity, gross price of one in minor units); a tenth of the net is tax."""
        frozen = []
        for index, (sku, quantity, gross) in enumerate(lines):
            net = round(gross / 1.1)
            frozen.append(
                FrozenLine(
                    f"L{index + 1}", sku, quantity, net * quantity, (gross - net) * quantity,
                    unit_cost_minor=net // 2, platform_refs=(f"{number}{index + 1}",),
                )
            )  # fmt: skip
        sold_at = self.clock() - timedelta(days=12)
        self.books.orders[number] = FrozenOrder(number, f"SO-{number}", currency, tuple(frozen), sold_at)

    def person(self, name: str, *, may_resolve: bool = True) -> str:
        """Somebody who may see this merchant; answers a token of theirs."""
        user = User.objects.filter(username=name).first() or User.objects.create_user(name, password=PASSWORD)
        membership = Membership.objects.create(user=user, merchant_id=self.merchant_id, may_resolve=may_resolve)
        return make_token(membership.pk, "tests")


@dataclass(slots=True)
class Town:
    """Several shops in one deployment."""

    clock: Clock = field(default_factory=Clock)
    keys: Keyring = field(default_factory=lambda: Keyring(bytes(range(32))))
    links: dict[str, Link] = field(default_factory=dict)
    policies: dict[int, Policy] = field(default_factory=dict)

    def open(self, name: str, title: str, timezone: str = "Europe/Berlin") -> Shop:
        """A new shop; from now on the process's deployment knows it."""
        merchant_id = merchants.keep(name, title, timezone)
        policy = Policy("test-policy", timezone=timezone, primary_site="BER1")
        merchants.keep_policy(merchant_id, policy.version, to_json({"version": policy.version}))
        self.policies[merchant_id] = policy
        policies.write(merchant_id, policy, "open", "backhaul.toml", "", self.clock(), configured=True)
        books = Books()
        wanted: dict[str, tuple[Connector, Any]] = {
            "happy": (happy_returns.connector, HappyReturnsSettings(retailer_id=name)),
            "money": (neutral_money.connector, NeutralMoneySettings()),
            "warehouse": (neutral_warehouse.connector, NeutralWarehouseSettings()),
            "erp": (books_connector(books), BooksSettings()),
        }
        mine: dict[str, Link] = {}
        no_wire: Callable[[], Any] = lambda: None  # noqa: E731  the books are in memory
        for short, (connector, settings) in wanted.items():
            full = f"{name}-{short}"
            row = merchants.keep_connection(merchant_id, full, connector.name, MORNING - timedelta(days=90))
            go_live = MORNING - timedelta(days=90)
            mine[full] = Link(row, full, merchant_id, connector, settings, no_wire, go_live_at=go_live)
        for short in ("money", "warehouse"):
            mine[f"{name}-{short}"].scope_id = mine[f"{name}-happy"].id
        self.links |= mine
        deployment = Deployment(self.links, self.policies, self.keys, self.clock)
        adopt(deployment)
        return Shop(name, merchant_id, mine, books, self.clock, deployment)
