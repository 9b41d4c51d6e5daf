"""The Tryton connector keeps the contract of every connector, on a real Tryton."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.conformance import PerformingContract, Play
from tests.support.one_return import whole_return, withdrawn_return
from tests.support.tryton_story import connect

pytestmark = pytest.mark.real
MODELS = {
    "open-return-authorisation": "sale.sale",
    "receive-return": "stock.shipment.out.return",
    "put-away": "stock.shipment.internal",
    "flush-stock": "stock.shipment.internal",
    "issue-credit-note": "account.invoice",
    "correct-credit-note": "account.invoice",
}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def shop(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    return fresh_tryton()


@pytest.fixture(scope="module")
def orders(shop: TrytonShop) -> Iterator[str]:
    """Orders nobody else takes, each with two units of its first line at least."""
    return iter([number for number, sold in sorted(shop.orders.items()) if sold["lines"][0]["quantity"] >= 2])


class TestTryton(PerformingContract):
    connector = connector

    @pytest.fixture(autouse=True)
    def _on(self, shop: TrytonShop, orders: Iterator[str]) -> Iterator[None]:
        self.shop, self.orders = shop, orders
        self.secrets = (shop.key, shop.password)
        with closing(connect(shop)) as self.reader:
            yield

    reader: Tryton
    shop: TrytonShop
    orders: Iterator[str]

    def settings(self) -> TrytonSettings:
        given = {name: getattr(self.shop, name) for name in ("url", "database", "key", "login", "password")}
        return TrytonSettings.model_validate(given)

    def story(self, do: Play) -> None:
        whole_return(do, f"C{next(_numbers)}", next(self.orders))
        withdrawn_return(do, f"C{next(_numbers)}", next(self.orders))

    def documents(self, task_key: str) -> int | None:
        model = MODELS.get(task_key.partition(":")[0])
        if model is None:
            return None
        return len(self.reader.search(model, [["reference", "=", task_key]], ["id"]))
