"""The worked ledgers of plain refunds are what the domain books."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import facts as f
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.worked import assert_worked
from tests.support.world import Shop, Told
from tests.unit.domain.cast import DAY, MONDAY, usd

BELT = f.UnitName("1003", "33", sku="BELT-90")
ORDER = FrozenOrder("1003", "SHOP-1003", "USD", (FrozenLine("1", "BELT-90", 1, 1350, 108, platform_refs=("33",)),))


def at_the_bar(policy: Policy | None = None) -> Told:
    """The belt was dropped off and approved."""
    told = Shop({"1003": ORDER}, policy or Policy("v1"), known={"1003"}).told(
        "r1", f.ReturnInitiated(BELT, "return-bar", at=MONDAY), f.ItemDroppedOff(BELT, MONDAY + DAY),
        f.RefundApproved(BELT, MONDAY + DAY),
    )  # fmt: skip
    told.rest()
    return told


def refunded(told: Told, minor: int, fee: int | None = None) -> None:
    told.tell(f.RefundConfirmed("R1", "1003", usd(minor), fee=usd(fee) if fee is not None else None, units=(BELT,)))
    told.rest()


def test_one_belt_with_a_fee() -> None:
    told = at_the_bar()
    refunded(told, 1358, fee=100)
    told.tell(
        f.ItemShippedToWarehouse(BELT), f.ItemReceived(BELT, "MAIN", 1), f.ItemInspected(BELT, "MAIN", "sellable", 1)
    )
    told.rest()
    assert_worked("README.md", "One belt, 10 % off, 1.00 fee kept", told)
    assert told.decision.squared


def test_approved_then_stated() -> None:
    told = at_the_bar(replace(Policy("v1"), refund_confirmation="approval"))
    refunded(told, 1358)
    assert_worked("README.md", "Approved at 14.58, then stated as 13.58", told)


def test_approved_then_declined() -> None:
    told = at_the_bar(replace(Policy("v1"), refund_confirmation="approval"))
    told.tell(f.RefundDeclined(BELT))
    told.rest()
    assert_worked("README.md", "Approved and credited, then declined", told)
    assert [one.kind for one in told.decision.exceptions] == ["refund-declined"]
