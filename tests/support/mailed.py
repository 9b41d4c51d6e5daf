"""A shop whose returns platform is the stand-in over HTTP, with a unit that comes by mail and waits to be paid for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.flows.decide_approval import decide_approval
from backhaul.flows.dispatch import dispatch
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn
from backhaul.sandbox.happy_returns.platform import Wanted
from backhaul.sdk.outcomes import NotSent, Unsure
from backhaul.sdk.wire import Wire
from backhaul.store.sql import rows
from tests.support.shop import Shop, Town

ORDER = "ACME-1001"
SEEN = {"approved_at": "/approvedAt"}


@dataclass
class Cut:
    """A wire of which single answers, or single requests, are lost."""

    inner: Wire
    next: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        what = self.next.pop(0) if self.next and path.endswith("/approve") else ""
        if what == "not sent":
            raise NotSent("nobody is there")
        answer = self.inner.request(method, path, body, **more)
        if what == "answer lost":
            raise Unsure("the answer was lost")
        return answer


@dataclass
class Scene:
    """A shop whose platform is a stand-in, with one unit that came by mail."""

    shop: Shop
    stand_in: StandIn
    wire: Cut
    heard: int = 0

    def hear(self) -> None:
        """The platform's webhooks arrive."""
        self.stand_in.settle()
        deliveries = list(self.stand_in.outbox.deliveries)
        for delivery in deliveries[self.heard :]:
            self.shop.tell("happy", None, raw=delivery.body)
        self.heard = len(deliveries)

    def back(self, condition: str = "sellable") -> str:
        """A unit is returned by mail, received and inspected; answers its return."""
        begun = self.stand_in.platform.start([Wanted(ORDER, f"{ORDER}1")], dropoff="mail")
        self.hear()
        self.stand_in.platform.drop_off(begun.return_id)
        self.stand_in.platform.bag(begun.return_id)
        self.hear()
        self.shop.work()
        ref = {"kind": "return", "value": begun.return_id}
        counted: dict[str, dict[str, Any]] = {
            "receipt": {"received_total": 1},
            "inspection": {"inspected_total": 1, "disposition": condition},
        }
        for kind, more in counted.items():
            line = {"line_ref": f"{ORDER}1", "sku": "SHIRT-M", **more}
            body = {
                "message_id": f"{kind}-1", "occurred_at": self.shop.clock().isoformat(), "sequence": 1, "kind": kind,
                "order_number": ORDER, "return_ref": ref, "warehouse": "BER1", "lines": [line],
            }  # fmt: skip
            self.shop.tell("warehouse", body)
        self.shop.work()
        ((name,),) = rows("SELECT id FROM returns")
        return str(name)

    def send(self) -> None:
        """What is due to the platform is sent."""
        self.shop.clock.at += timedelta(minutes=10)
        dispatch(self.shop.deployment, self.shop.links["acme-happy"], "test", width=1)

    def decide(self, name: str, *, yes: bool = True) -> str:
        return decide_approval(self.shop.deployment, self.shop.merchant_id, name, self.unit, yes, "Jo", "it looks new")

    @property
    def unit(self) -> str:
        return f"{ORDER}-{ORDER}1-0"

    @property
    def payouts(self) -> int:
        return sum(item.payouts for each in self.stand_in.platform.returns.values() for item in each.items)

    def standing(self) -> list[tuple[str, str]]:
        return rows("SELECT standing, kind FROM effects WHERE verb = 'approve-refund'")


@dataclass
class Mailed:
    """Opens the scene: the policy's ``approve_refunds``, the connection's mapping, further choices of the policy."""

    policy: str
    mapping: dict[str, str]
    more: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Scene:
        town = Town()
        shop = town.open("acme", "Acme")
        shop.sold(ORDER, ("SHIRT-M", 1, 5400))
        merchant = shop.merchant_id
        town.policies[merchant] = replace(town.policies[merchant], approve_refunds=self.policy, **self.more)  # type: ignore[arg-type]
        sold = Order(ORDER, "5001", "shopper@example.com", (OrderLine(f"{ORDER}1", "SHIRT-M", 1),))
        self.stand_in = StandIn(orders=[sold], retailer_id="acme", requests_per_second=1000, item_details=True).start()
        self.wire = Wire(self.stand_in.url)
        wire = Cut(self.wire)
        link = shop.links["acme-happy"]
        link.configured = link.settings = HappyReturnsSettings.model_validate(
            {
                "retailer_id": "acme", "api_key": "sandbox-key", "base_url": self.stand_in.url, "mapping": self.mapping,
                "requests_per_second": 100, "contents_dispositions": {"sellable": "like-new", "damaged": "broken"},
            }
        )  # fmt: skip
        link.wire = lambda: wire  # type: ignore[assignment,return-value]
        return Scene(shop, self.stand_in, wire)

    def __exit__(self, *_: object) -> None:
        self.wire.close()
        self.stand_in.stop()
