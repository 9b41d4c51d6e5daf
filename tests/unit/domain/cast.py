"""The cast of the domain's stories: one order, its units as the platform names them, and what is told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.world import Shop, Told

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)

# Three shirts at 20.00 less 10 % and one pair of jeans at 60.00, 8 % tax on top.
ORDER = FrozenOrder(
    "1001",
    "SHOP-1001",
    "USD",
    (
        FrozenLine("1", "SHIRT-M", 3, 5400, 432, discount_minor=600, unit_cost_minor=700, platform_refs=("777",)),
        FrozenLine("2", "JEANS-32", 1, 6000, 480, unit_cost_minor=2500, platform_refs=("888",)),
    ),
)
SHIRT, SECOND_SHIRT, THIRD_SHIRT = (f.UnitName("1001", "777", offset, sku="SHIRT-M") for offset in range(3))
FOURTH_SHIRT = f.UnitName("1001", "777", 3, sku="SHIRT-M")
JEANS = f.UnitName("1001", "888", sku="JEANS-32")
SHIRT_PRICE, JEANS_PRICE = 1944, 6480


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def started(*units: f.UnitName, method: str = "return-bar") -> list[f.Fact]:
    return [f.ReturnInitiated(unit, method, at=MONDAY) for unit in units]


def dropped_off(*units: f.UnitName) -> list[f.Fact]:
    return [f.ItemDroppedOff(unit, MONDAY + DAY) for unit in units]


def approved(*units: f.UnitName) -> list[f.Fact]:
    return [f.RefundApproved(unit, MONDAY + DAY) for unit in units]


def refunded(
    minor: int,
    *units: f.UnitName,
    refund: str = "R1",
    sequence: int | None = None,
    fee: int | None = None,
    tender: str = "original",
) -> f.RefundConfirmed:
    stated = usd(fee) if fee is not None else None
    return f.RefundConfirmed(refund, "1001", usd(minor), tender, stated, units, sequence)


def received(unit: f.UnitName, total: int = 1, sequence: int | None = None) -> f.ItemReceived:
    return f.ItemReceived(unit, "MAIN", total, sequence)


def inspected(unit: f.UnitName, disposition: str = "sellable", total: int = 1) -> f.ItemInspected:
    return f.ItemInspected(unit, "MAIN", disposition, total)


def shop(policy: Policy | None = None) -> Shop:
    """A shop that knows the order already."""
    return Shop({"1001": ORDER}, policy or Policy("v1"), known={"1001"})


def at_the_bar(*units: f.UnitName, policy: Policy | None = None) -> Told:
    """A return of those units that were dropped off at a bar and approved there."""
    told = shop(policy).told("r1", *started(*units), *dropped_off(*units), *approved(*units))
    told.rest()
    return told


def verbs(told: Told) -> list[str]:
    """The verbs of all effects that are owed or done, in order."""
    return sorted(record.effect.verb for record in told.records.values() if record.standing != "moot")
