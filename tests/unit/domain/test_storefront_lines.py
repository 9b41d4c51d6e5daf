"""The storefront's lines of an order are its own: the ERP may have the same goods on one line, or on several."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.world import Shop
from tests.unit.domain.cast import approved, dropped_off, inspected, received, started

RESTOCKS = Policy("v1", storefront_returns="authorisation", stock_owners={"*": "storefront"})


def test_what_was_told_before_is_counted_by_the_storefronts_own_lines() -> None:
    """Two of its lines, of one SKU, are one line of the ERP's: what was told of one proves nothing of the other."""
    order = FrozenOrder("1001", "SHOP-1001", "USD", (FrozenLine("1", "SHIRT-M", 3, 5400, 432),))
    first, second = (f.UnitName("1001", line, sku="SHIRT-M") for line in ("L1", "L2"))
    told = Shop({"1001": order}, RESTOCKS, known={"1001"}).told("r1", *started(first, second))
    told.tell(*dropped_off(first, second), *approved(first, second))
    for unit in (first, second):
        told.tell(received(unit), inspected(unit))
        told.rest()
    lines = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
    assert [(line.line_ref, line.before.told, line.before_alike.told) for line in lines] == [("L1", 0, 0), ("L2", 0, 1)]
