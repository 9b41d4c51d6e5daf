"""Returns through platform, a real Medusa and ERP: all of them agree in the end, and nothing is done twice anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from backhaul.sandbox.medusa import Medusa
from tests.support.medusa_desk import Desk
from tests.support.medusa_ear import Ear
from tests.support.medusa_street import OURS, MedusaStreet, medusa_street

pytestmark = pytest.mark.real
slow = pytest.mark.slow
Open = Callable[..., MedusaStreet]


@pytest.fixture
def open_street(db: object, medusa: Medusa, ear: Ear) -> Iterator[Open]:
    """`open_street(**policy)`: the shop as it was seeded, and a deployment for it."""
    with ExitStack() as stack:

        def make(transport: httpx.BaseTransport | None = None, **policy: Any) -> MedusaStreet:
            return stack.enter_context(medusa_street(medusa, ear, transport, **policy))

        yield make


def test_a_return_flows_through_all_and_all_agree(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1001")
    shirt, _ = sold.lines
    before = street.counter.stock("SHIRT-M")
    street.start(sold, (shirt, 2))
    street.work()
    assert street.refunded(sold) == 4320
    assert street.standing("issue-credit-note") == ["done"]
    assert street.marks(sold) == {("dropped-off", "refunded")}
    assert street.counter.stock("SHIRT-M") == before, "in transit nothing is for sale"
    street.count("receipt", shirt, sold, 2)
    street.count("inspection", shirt, sold, 1, "sellable")
    street.count("inspection", shirt, sold, 1, "damaged", 2)
    street.settle()
    assert street.counter.stock("SHIRT-M") == before + 1
    assert [one["status"] for one in street.counter.returns(sold.id)] == ["received"]
    assert street.marks(sold) == {("inspected", "refunded")}
    assert street.closed() == [True], street.problems()
    assert street.problems() == []


def test_a_kit_and_its_own_component_come_back_to_the_storefronts_stock_whole(open_street: Open) -> None:
    street = open_street(refund_owner="backhaul", stock_owners={"*": "storefront"})
    sold = street.seeded("SHOP-1004")
    kit, shirt = sold.lines
    before = {sku: street.counter.stock(sku) for sku in ("SHIRT-M", "SOCK")}
    street.start(sold, (kit, 1), (shirt, 1))
    street.work()
    assert len(street.counter.returns(sold.id)) == 2, "in one return Medusa would raise the shirt once only"
    for line in (kit, shirt):
        street.arrive(line, sold, 1)
    street.settle()
    assert {sku: street.counter.stock(sku) - count for sku, count in before.items()} == {"SHIRT-M": 2, "SOCK": 2}
    assert {one["status"] for one in street.counter.returns(sold.id)} == {"received"}
    assert street.refunded(sold) == 2916 + 2160
    assert street.closed() == [True], street.problems()
