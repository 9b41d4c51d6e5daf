"""The worked ledgers of lines of several units are what the domain books."""

from __future__ import annotations

from backhaul.domain import facts as f
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.worked import assert_worked
from tests.support.world import Shop
from tests.unit.domain.cast import (
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    approved,
    at_the_bar,
    dropped_off,
    inspected,
    received,
    refunded,
    started,
    usd,
)

PAGE = "quantities.md"
LINE = FrozenLine("1", "SOCK", 3, 1000, 80, unit_cost_minor=100, platform_refs=("55",))
SOCKS = FrozenOrder("1005", "SHOP-1005", "USD", (LINE,))


def test_three_socks() -> None:
    shop = Shop({"1005": SOCKS}, Policy("v1"), known={"1005"})
    names = [f.UnitName("1005", "55", offset, sku="SOCK") for offset in range(3)]
    for number, (name, minor) in enumerate(zip(names, (361, 360, 359), strict=True)):
        told = shop.told(f"r{number}", *started(name), *dropped_off(name), *approved(name))
        told.tell(f.RefundConfirmed(f"R{number}", "1005", usd(minor), units=(name,)), received(name), inspected(name))
        told.rest()
        assert told.decision.closed
    assert_worked(PAGE, "Three socks for 10.00, the first of them", shop.returns["r0"])
    assert_worked(PAGE, "Three socks for 10.00, the last of them", shop.returns["r2"])
    assert sum((361, 360, 359)) == LINE.net_minor + LINE.tax_minor


def test_one_after_the_other() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(received(SHIRT, 1, 1), inspected(SHIRT))
    told.rest()
    told.tell(received(SHIRT, 2, 2))
    told.rest()
    assert_worked(PAGE, "Two shirts, one after the other", told)


def test_counted_down() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT)
    told.tell(refunded(2 * SHIRT_PRICE, SHIRT, SECOND_SHIRT), received(SHIRT, 2, 1))
    told.rest()
    told.tell(received(SHIRT, 1, 2))
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("quantity-went-down", (usd(700),))
    told.tell(f.DispositionDecided("1001-777-1", "missing", "Jo", "counted again", MONDAY))
    told.tell(f.FateDecided("1001-777-1", "lost", "Jo", "nowhere", "", MONDAY), inspected(SHIRT))
    told.rest()
    assert_worked(PAGE, "Two shirts, counted down to one", told)
    assert told.decision.closed
