"""A shop on a real Medusa and the returns platform's stand-in, through the real flows; the ERP in memory, or real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
from pydantic import SecretStr

from backhaul.connectors import medusa
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.flush_stock import flush_stock
from backhaul.flows.poll import poll
from backhaul.flows.receive import admit
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn
from backhaul.sandbox.happy_returns.platform import Wanted
from backhaul.sandbox.medusa import Counter, Medusa, Sold
from backhaul.sdk.outcomes import Absent, Done, Task
from backhaul.sdk.wire import Wire
from backhaul.store import inbox, merchants
from backhaul.store.sql import rows
from tests.support.clerk import Till
from tests.support.in_tryton import in_tryton
from tests.support.medusa_ear import Ear
from tests.support.shop import Clock, Shop, Town

CARRIED_OUT: dict[str, Any] = {"storefront_returns": "authorisation", "mark_orders": "changes"}
OURS: dict[str, Any] = {"refund_owner": "backhaul", "stock_owners": {"*": "backhaul"}}


@dataclass
class MedusaStreet:
    """The shop, its storefront's counter and its returns platform; the ERP's books follow the storefront's.

    With a ``till`` the ERP is the Tryton in which that sells.
    """

    shop: Shop
    counter: Counter
    platform: StandIn
    link: Link
    ear: Ear
    till: Till | None = None
    heard: int = 0
    told: int = 0
    messages: int = 0

    def number(self, sold: Sold) -> str:
        """What the platform and the ERP call the order."""
        return f"{self.link.settings.order_prefix}{sold.display_id}"

    def known(self, sold: Sold) -> Sold:
        """An order of the storefront that the ERP and the platform have from now on, as the connector reads it."""
        number = self.number(sold)
        look_up = medusa.connector.performer(e.LookUpOrder)
        assert look_up is not None
        effect = e.LookUpOrder("none", number)
        done = look_up.do(Task(e.key(effect), effect), self.link.system, Absent())
        assert isinstance(done, Done)
        (fact,) = done.facts
        assert isinstance(fact, OrderFrozen)
        if self.till is not None:
            self.till.sell_as(number, {line.sku: line.quantity for line in fact.order.lines})
        self.shop.books.orders[number] = fact.order
        offered = tuple(OrderLine(line.ref, line.sku, line.quantity) for line in fact.order.lines)
        self.platform.platform.sell([Order(number, f"S{number}", "shopper@example.com", offered)])
        return sold

    def seeded(self, name: str) -> Sold:
        """One of the orders that the shop was seeded with."""
        return self.known(self.counter.shop.orders[name])

    def start(self, sold: Sold, *wanted: tuple[str, int], drop_off: bool = True) -> str:
        """The shopper returns units of these lines at the bar; answers the return's id at the platform."""
        number = self.number(sold)
        begun = self.platform.platform.start([Wanted(number, line, count) for line, count in wanted])
        self.hear()
        if drop_off:
            self.drop_off(begun.return_id)
        return str(begun.return_id)

    def drop_off(self, return_id: str) -> None:
        self.platform.platform.drop_off(return_id)
        self.hear()

    def hear(self) -> None:
        """What the platform and the storefront say arrives, and whoever they prompt us to ask is asked."""
        self.platform.settle()
        for delivery in list(self.platform.outbox.deliveries)[self.heard :]:
            self.shop.tell("happy", None, raw=delivery.body)
        self.heard = len(self.platform.outbox.deliveries)
        for one in self.ear.heard[self.told :]:
            self.told += 1
            headers = {"x-backhaul-signature": one.signature, "x-backhaul-delivery": one.delivery}
            taken = admit(self.shop.deployment, self.link.name, one.raw, headers)
            inbox.keep([taken], self.shop.deployment.keys)  # type: ignore[list-item]
        self.shop.read()
        poll(self.shop.deployment, self.link)
        self.shop.read()

    def work(self, rounds: int = 12) -> None:
        """Everything that is owed and can be done is done, and heard of."""
        quiet = 0
        while quiet < 2 and rounds:
            rounds -= 1
            self.shop.clock.at += timedelta(minutes=2)
            links = (self.shop.links["acme-erp"], self.link)
            done = sum(dispatch(self.shop.deployment, link, "test", width=1) for link in links)
            self.hear()
            quiet = 0 if done else quiet + 1

    def count(
        self, kind: str, line: str, sold: Sold, total: int, condition: str = "", nth: int = 1, return_id: str = ""
    ) -> None:
        """The warehouse received, or inspected, so many of a line in all (of one return, where there are several)."""
        self.messages += 1
        more: dict[str, Any] = {"received_total": total}
        if kind == "inspection":
            more = {"inspected_total": total, "disposition": condition}
        body = {
            "message_id": f"w-{self.messages}", "occurred_at": self.shop.clock().isoformat(), "sequence": nth,
            "kind": kind, "order_number": self.number(sold), "warehouse": "BER1",
            "lines": [{"line_ref": line, **more}],
        }  # fmt: skip
        if return_id:
            body["return_ref"] = {"kind": "return", "value": return_id}
        self.shop.tell("warehouse", body)

    def arrive(self, line: str, sold: Sold, total: int, condition: str = "sellable", return_id: str = "") -> None:
        """Received and inspected."""
        self.count("receipt", line, sold, total, nth=total, return_id=return_id)
        self.count("inspection", line, sold, total, condition, nth=total, return_id=return_id)

    def one_by_one(self, sold: Sold, count: int) -> Iterator[int]:
        """So many units of its only line come back one after the other; how many are here and settled so far."""
        (line,) = sold.lines
        self.start(sold, (line, count))
        self.work()
        for total in range(1, count + 1):
            self.arrive(line, sold, total)
            self.settle()
            yield total

    def exchange(self, sold: Sold, return_id: str, line: str, sku: str) -> None:
        """The platform's money side says that another one goes out instead."""
        body = {
            "message_id": f"x-{return_id}", "occurred_at": self.shop.clock().isoformat(), "kind": "exchange",
            "order_number": self.number(sold), "return_ref": {"kind": "return", "value": return_id},
            "exchange_id": "ex_1", "unit": {"line_ref": line, "offset": 0}, "replacement_sku": sku,
        }  # fmt: skip
        self.shop.tell("money", body)

    def flush(self) -> None:
        """The scheduled stock flushes, the ERP's first."""
        for _ in range(2):
            flush_stock(self.shop.deployment, self.shop.merchant_id, now_already=True)
            self.work()

    def settle(self) -> None:
        self.work()
        self.flush()

    def refunded(self, sold: Sold) -> int:
        """What was refunded of an order, in cents, by Medusa's own list of refunds."""
        return sum(round(one["amount"] * 100) for one in self.counter.refunds(sold.id))

    def marks(self, sold: Sold) -> set[tuple[str, str]]:
        metadata = self.counter.order(sold.id)["metadata"] or {}
        return {(one["goods"], one["money"]) for name, one in metadata.items() if name.startswith("return-")}

    def problems(self) -> list[tuple[str, str]]:
        return rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL ORDER BY kind, cause")

    def standing(self, verb: str) -> list[str]:
        return [one for (one,) in rows("SELECT standing FROM effects WHERE verb = %s ORDER BY id", (verb,))]

    def exchange_numbers(self) -> list[str]:
        """By which number each exchange order was made in the ERP; "" for one of its own."""
        found = rows(
            "SELECT coalesce(payload->>'number', '') FROM effects WHERE verb = 'create-exchange-order' ORDER BY id"
        )
        return [number for (number,) in found]

    def one_return(self) -> str:
        ((name,),) = rows("SELECT id FROM returns")
        return str(name)

    def closed(self) -> list[bool]:
        return [one for (one,) in rows("SELECT closed FROM returns ORDER BY id")]


@contextmanager
def medusa_street(
    started: Medusa, ear: Ear, transport: httpx.BaseTransport | None = None, till: Till | None = None, **policy: Any
) -> Iterator[MedusaStreet]:
    """Opens it, with further choices of the policy. The storefront sells from MAIN; returns go there, too."""
    town = Town(Clock(datetime.now(UTC)))
    shop = town.open("acme", "Acme")
    merchant = shop.merchant_id
    town.policies[merchant] = replace(town.policies[merchant], **{**CARRIED_OUT, **policy})
    deployment = Deployment(town.links, town.policies, town.keys, town.clock)
    shop.deployment = deployment
    place = started.shop.locations["MAIN"]
    settings = MedusaSettings(
        base_url=started.shop.url,
        key=SecretStr(started.shop.key),
        signature_secrets=(SecretStr(started.secret),),
        return_location=place,
        locations={"STO": place},
        # Medusa forgets its orders after each test, and their numbers; Tryton does not.
        order_prefix=f"{next(till.sold)}-M" if till is not None else "",
    )
    wires: list[Wire] = []

    def wire(url: str, deadline_s: float, transport: httpx.BaseTransport | None = None) -> Wire:
        wires.append(Wire(url, deadline_s=deadline_s, transport=transport))
        return wires[-1]

    if till is not None:
        town.links["acme-erp"] = shop.links["acme-erp"] = in_tryton(till, shop.links["acme-erp"], wire)
    row = merchants.keep_connection(merchant, "acme-medusa", "medusa", None)
    link = Link(
        row,
        "acme-medusa",
        merchant,
        medusa.connector,
        settings,
        partial(wire, settings.base_url, settings.deadline_s, transport),
    )
    link.scope_id = shop.links["acme-happy"].id
    town.links["acme-medusa"] = link
    try:
        stand_in = StandIn(orders=[], retailer_id="acme", requests_per_second=1000)
        yield MedusaStreet(shop, started.counter, stand_in, link, ear, till)
    finally:
        for one in wires:
            one.close()
