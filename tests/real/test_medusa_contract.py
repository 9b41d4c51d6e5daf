"""The Medusa connector keeps the contract of every connector, on a real Medusa."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from pydantic import SecretStr

from backhaul.connectors.medusa import connector
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.domain import effects as e
from backhaul.sandbox.medusa import Medusa
from backhaul.sandbox.medusa import Sold as SoldOrder
from backhaul.sdk.conformance import PerformingContract, Play
from tests.support.storefront_story import Sold, exchanged_return, flushed, storefront_return

pytestmark = [pytest.mark.real, pytest.mark.slow]
_numbers = itertools.count()


@pytest.fixture(scope="module")
def many(started_medusa: Medusa) -> SoldOrder:
    """One order with units enough for every return of this file: it has many of them in the end."""
    started_medusa.reset()
    return started_medusa.counter.sell([("SHIRT-M", 40)])


class TestMedusa(PerformingContract):
    connector = connector

    @pytest.fixture(autouse=True)
    def _on(self, started_medusa: Medusa, many: SoldOrder) -> None:
        self.medusa, self.many = started_medusa, many
        self.secrets = (started_medusa.shop.key,)

    medusa: Medusa
    many: SoldOrder

    def settings(self) -> MedusaSettings:
        shop = self.medusa.shop
        place = shop.locations["MAIN"]
        return MedusaSettings(
            base_url=shop.url,
            key=SecretStr(shop.key),
            return_location=place,
            locations={"STO": place},
            reasons={"size": "too_small"},
        )

    def story(self, do: Play) -> None:
        name, order = f"C{next(_numbers)}", str(self.many.display_id)
        do(e.LookUpOrder(f"{name}a", order))
        sold = Sold(order, "SHIRT-M", 2160, "USD", "SHIRT-L", self.many.lines[0])
        storefront_return(do, f"{name}a", sold)
        exchanged_return(do, f"{name}b", sold)
        flushed(do, f"{name}c", sold)

    def documents(self, task_key: str) -> int | None:
        counter, mark = self.medusa.counter, f"[{task_key}]"
        match task_key.partition(":")[0]:
            case "open-storefront-return":
                returns = counter.returns(self.many.id)
                return sum(bool((one["metadata"] or {}).get("external_id") == task_key) for one in returns)
            case "issue-refund":
                return sum(mark in str(one["note"]) for one in counter.refunds(self.many.id))
            case "take-back-at-storefront":
                return sum(mark in str(one["internal_note"]) for one in self._changes())
            case "order-exchange-at-storefront":
                return sum(mark in str(one["internal_note"]) and bool(one["actions"]) for one in self._changes())
            case _:
                return None

    def _changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.medusa.counter.client.admin("GET", f"/orders/{self.many.id}/changes")[
            "order_changes"
        ]
        return [one for one in found if one["status"] == "confirmed"]
