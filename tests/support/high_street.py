"""A shop on a stand-in of Shopify with an ERP in memory and the returns platform's stand-in, through the real flows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from backhaul.connectors import shopify
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.flush_stock import flush_stock
from backhaul.flows.poll import poll
from backhaul.flows.receive import admit
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn
from backhaul.sandbox.happy_returns.platform import Wanted
from backhaul.sandbox.shopify import Clock
from backhaul.sandbox.shopify import Order as ShopOrder
from backhaul.sandbox.shopify import Return as ShopReturn
from backhaul.sandbox.shopify import Shop as Shopify
from backhaul.sdk.wire import Wire
from backhaul.store import inbox, merchants
from backhaul.store.sql import rows
from tests.support.shop import MORNING, Shop, Town

CARRIED_OUT: dict[str, Any] = {"storefront_returns": "authorisation", "mark_orders": "changes"}


@dataclass
class HighStreet:
    """The shop, its storefront and its returns platform. Orders are sold in the storefront and known to the ERP."""

    shop: Shop
    storefront: Shopify
    platform: StandIn
    link: Link
    heard: int = 0
    messages: int = 0

    def sell(self, *lines: tuple[str, int], **more: Any) -> ShopOrder:
        """Sold, paid and sent; the ERP and the platform have the order with the storefront's line ids."""
        sold = self.storefront.sell(lines=list(lines), tax_rate="0.10", **more)
        number = sold.name.removeprefix("#")
        frozen = []
        for index, line in enumerate(sold.lines):
            ref, net, tax = line.gid.rsplit("/", 1)[-1], line.discounted.shop, line.tax.shop
            frozen.append(FrozenLine(f"L{index + 1}", line.sku, line.quantity, net, tax, platform_refs=(ref,)))
        sold_at = self.shop.clock() - timedelta(days=12)
        self.shop.books.orders[number] = FrozenOrder(number, f"SO-{number}", "USD", tuple(frozen), sold_at)
        self.offer(sold)
        return sold

    def offer(self, sold: ShopOrder) -> None:
        """The platform lets an order of the storefront be returned."""
        number = sold.name.removeprefix("#")
        lines = tuple(OrderLine(line.gid.rsplit("/", 1)[-1], line.sku, line.quantity) for line in sold.lines)
        self.platform.platform.sell([Order(number, f"S{number}", "shopper@example.com", lines)])

    def start(self, sold: ShopOrder, *wanted: tuple[str, int], drop_off: bool = True) -> str:
        """The shopper returns units of these SKUs at the bar; answers the return's id at the platform."""
        number = sold.name.removeprefix("#")
        lines = {line.sku: line.gid.rsplit("/", 1)[-1] for line in sold.lines}
        begun = self.platform.platform.start([Wanted(number, lines[sku], count) for sku, count in wanted])
        self.hear()
        if drop_off:
            self.platform.platform.drop_off(begun.return_id)
            self.hear()
        return str(begun.return_id)

    def hear(self) -> None:
        """The platform's and the storefront's webhooks arrive, and whoever they prompt us to ask is asked."""
        self.platform.settle()
        for delivery in list(self.platform.outbox.deliveries)[self.heard :]:
            self.shop.tell("happy", None, raw=delivery.body)
        self.heard = len(self.platform.outbox.deliveries)
        for webhook in self.storefront.take_webhooks():
            headers = {name.lower(): value for name, value in webhook.headers.items()}
            taken = admit(self.shop.deployment, self.link.name, webhook.body, headers)
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
            self.storefront.clock.advance(120)
            done = sum(dispatch(self.shop.deployment, link, "test", width=1) for link in self._performing())
            self.hear()
            quiet = 0 if done else quiet + 1

    def _performing(self) -> Iterator[Link]:
        yield self.shop.links["acme-erp"]
        yield self.link

    def count(
        self,
        kind: str,
        sku: str,
        sold: ShopOrder,
        total: int,
        condition: str = "",
        sequence: int = 1,
        return_id: str = "",
    ) -> None:
        """The warehouse received, or inspected, so many of a SKU in all (of one return, where there are several)."""
        self.messages += 1
        more: dict[str, Any] = {"received_total": total}
        if kind == "inspection":
            more = {"inspected_total": total, "disposition": condition}
        ref = next(line.gid.rsplit("/", 1)[-1] for line in sold.lines if line.sku == sku)
        body = {
            "message_id": f"w-{self.messages}", "occurred_at": self.shop.clock().isoformat(), "sequence": sequence,
            "kind": kind, "order_number": sold.name.removeprefix("#"), "warehouse": "BER1",
            "lines": [{"line_ref": ref, "sku": sku, **more}],
        }  # fmt: skip
        if return_id:
            body["return_ref"] = {"kind": "return", "value": return_id}
        self.shop.tell("warehouse", body)

    def flush(self) -> None:
        """The scheduled stock flushes, the ERP's first."""
        for _ in range(2):
            flush_stock(self.shop.deployment, self.shop.merchant_id, now_already=True)
            self.work()

    def take_back_by_hand(
        self, opened: ShopReturn, *, restock: bool, count: int | None = None, place: str = "Berlin"
    ) -> None:
        """Somebody disposes of ``count`` units of a return's first line in the admin, or of all; restocked or not."""
        goods = self.link.system.ask("ReturnGoods", id=opened.gid)["return"]
        reverse = goods["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]
        where = {"dispositionType": "RESTOCKED", "locationId": self.storefront.location(place).gid}
        disposed = {
            "reverseFulfillmentOrderLineItemId": reverse["id"],
            "quantity": count or reverse["totalQuantity"],
            **(where if restock else {"dispositionType": "NOT_RESTOCKED"}),
        }
        self.link.system.change("DisposeOf", "reverseFulfillmentOrderDispose", inputs=[disposed])

    def use(self, settings: ShopifySettings) -> None:
        """The connection is configured otherwise from now on."""
        self.link.settings, self.link._system = settings, None

    def rows(self, statement: str) -> list[Any]:
        return rows(statement)

    def problems(self) -> list[tuple[str, str]]:
        return rows("SELECT kind, cause FROM exceptions WHERE closed_at IS NULL ORDER BY kind, cause")

    def standing(self, verb: str) -> list[str]:
        return [one for (one,) in rows("SELECT standing FROM effects WHERE verb = %s ORDER BY id", (verb,))]

    def closed(self) -> list[bool]:
        return [one for (one,) in rows("SELECT closed FROM returns ORDER BY id")]


@contextmanager
def high_street(**policy: Any) -> Iterator[HighStreet]:
    """Opens it, with further choices of the policy."""
    town = Town()
    shop = town.open("acme", "Acme")
    merchant = shop.merchant_id
    town.policies[merchant] = replace(town.policies[merchant], **{**CARRIED_OUT, **policy})
    deployment = Deployment(town.links, town.policies, town.keys, town.clock)
    shop.deployment = deployment
    platform = StandIn(orders=[], retailer_id="acme", requests_per_second=1000)
    with Shopify(clock=Clock(MORNING)) as storefront:
        place = storefront.add_location("Berlin")
        for sku in ("SHIRT-M", "SHIRT-L", "JEANS-32"):
            storefront.add_variant(sku, 2000 if sku.startswith("SHIRT") else 6000, {"Berlin": 100})
        settings = ShopifySettings(
            shop="modern-retailer.myshopify.com",
            token=SecretStr(storefront.token),
            client_secrets=(SecretStr(storefront.secret),),
            base_url=storefront.url,
            locations={"STO": place.gid},
        )
        wires: list[Wire] = []

        def wire() -> Wire:
            wires.append(Wire(storefront.url))
            return wires[-1]

        row = merchants.keep_connection(merchant, "acme-shopify", "shopify", None)
        link = Link(row, "acme-shopify", merchant, shopify.connector, settings, wire)
        link.scope_id = shop.links["acme-happy"].id
        link.system.now = town.clock
        town.links["acme-shopify"] = link
        try:
            yield HighStreet(shop, storefront, platform, link)
        finally:
            for one in wires:
                one.close()
