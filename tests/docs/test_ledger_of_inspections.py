"""The worked ledgers of what goes wrong at inspection are what the domain books."""

from __future__ import annotations

from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.worked import assert_worked
from tests.support.world import Told
from tests.unit.domain.cast import JEANS, JEANS_PRICE, MONDAY, at_the_bar, inspected, received, refunded, usd

PAGE = "inspection.md"
UNIT = "1001-888-0"


def paid(*facts: f.Fact, policy: Policy | None = None) -> Told:
    """The jeans were handed in and refunded; then this."""
    told = at_the_bar(JEANS, policy=policy)
    told.tell(refunded(JEANS_PRICE, JEANS, sequence=1))
    told.tell(*facts)
    told.rest()
    return told


def decided(condition: str) -> f.DispositionDecided:
    return f.DispositionDecided(UNIT, condition, "Jo", "looked at it", MONDAY)


def test_missing_and_found() -> None:
    told = paid(inspected(JEANS, "missing"))
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("missing-item", (usd(JEANS_PRICE + 2500),))
    told.tell(received(JEANS), decided("sellable"))
    told.rest()
    assert_worked(PAGE, "Missing, and found behind the pallet", told)
    assert told.decision.closed


def test_something_else() -> None:
    told = paid(received(JEANS), f.ItemInspected(JEANS, "MAIN", "wrong-item", 1, found="SHIRT-M"))
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("wrong-item", (usd(8980),))
    assert "SHIRT-M instead" in shown.cause
    told.tell(decided("dispose"))
    told.rest()
    assert_worked(PAGE, "Something else was in the parcel", told)
    assert told.decision.closed


def test_damaged_and_half_claimed_back() -> None:
    told = paid(received(JEANS), inspected(JEANS, "damaged"), policy=Policy("v1", damage_asked_over={"USD": 5000}))
    (shown,) = told.decision.exceptions
    assert (shown.kind, shown.value) == ("damaged-after-refund", (usd(JEANS_PRICE),))
    told.tell(refunded(3240, JEANS, sequence=2))
    told.tell(f.CorrectionDecided("R1", "Jo", "half is claimed back", MONDAY))
    told.rest()
    assert_worked(PAGE, "Damaged after the refund was paid, half of it claimed back", told)
    told.tell(*(f.ExceptionWaived(one.key, "Jo", "borne", MONDAY) for one in told.decision.exceptions))
    assert told.decision.closed
