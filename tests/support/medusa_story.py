"""Tells single effects to the Medusa connector, as a dispatcher would, on orders of a real shop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from pydantic import SecretStr

from backhaul.connectors.medusa import connector
from backhaul.connectors.medusa.client import Medusa
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.domain import effects as e
from backhaul.sandbox.medusa import MedusaShop, Sold
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Partial, Task
from backhaul.sdk.wire import Wire


@dataclass
class MedusaStory:
    """Effects of one return of one order."""

    system: Medusa
    sold: Sold
    name: str = "ret-1"
    references: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> str:
        return str(self.sold.display_id)

    def task(self, effect: e.Effect) -> Task:
        return Task(e.key(effect), effect, dict(self.references), **self.more)

    def find(self, effect: e.Effect) -> Found:
        performs = connector.performer(type(effect))
        assert performs is not None
        return performs.find(self.task(effect), self.system)

    def do(self, effect: e.Effect) -> Outcome | Ambiguous:
        """One attempt after a look."""
        performs = connector.performer(type(effect))
        assert performs is not None
        found = self.find(effect)
        outcome: Outcome | Ambiguous
        if isinstance(found, Absent | Partial):
            outcome = performs.do(self.task(effect), self.system, found)
        else:
            outcome = found
        if isinstance(outcome, Done):
            self.references[e.key(effect)] = outcome.reference
        return outcome

    def done(self, effect: e.Effect) -> str:
        outcome = self.do(effect)
        assert isinstance(outcome, Done), outcome
        return outcome.reference

    def line(self, sku: str, count: int, line_ref: str = "") -> e.StorefrontLine:
        return e.StorefrontLine(sku, sku, tuple(f"{self.name}-{sku}-{nth}" for nth in range(count)), line_ref)

    def opening(self, *lines: e.StorefrontLine) -> e.OpenStorefrontReturn:
        return e.OpenStorefrontReturn(self.name, self.order, f"RMA-{self.name}", lines)

    def taken(self, opening: e.Effect, *lines: e.StorefrontLine, restock: bool = True) -> e.TakeBackAtStorefront:
        told = tuple(
            e.TakenBackLine(one.order_line, one.sku, one.units, one.line_ref, restock=restock, location="STO")
            for one in lines
        )
        return e.TakeBackAtStorefront(self.name, self.order, e.key(opening), "BER1", told)

    def refund(self, minor: int, *lines: e.StorefrontLine, **more: Any) -> e.IssueRefund:
        effect = e.IssueRefund(self.name, self.order, f"RMA-{self.name}", lines, "USD", minor, 0)
        return replace(effect, **more)

    def exchange(self, sku: str, quantity: int = 1) -> e.OrderExchangeAtStorefront:
        label = f"RMA-{self.name}"
        return e.OrderExchangeAtStorefront(self.name, self.order, f"X-{self.name}", label, sku, quantity, "USD")


@contextmanager
def connected(
    shop: MedusaShop, place: str = "MAIN", transport: httpx.BaseTransport | None = None, **more: Any
) -> Iterator[Medusa]:
    """The connected system; returns go to ``place``, and STO is the place that the shop sells from."""
    settings = MedusaSettings.model_validate(
        {
            "base_url": shop.url,
            "key": SecretStr(shop.key),
            "return_location": shop.locations[place],
            "locations": {"STO": shop.locations["MAIN"]},
            "signature_secrets": ["made up"],
            **more,
        }
    )
    system = Medusa(settings, Wire(settings.base_url, deadline_s=settings.deadline_s, transport=transport))
    try:
        yield system
    finally:
        system.close()
