"""The worked ledgers of bundles are what the domain books."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import facts as f
from backhaul.domain.orders import FrozenOrder
from tests.support.worked import assert_worked
from tests.support.world import Told
from tests.unit.domain.test_bundles import ONE, SET, SETS, SOCK, back, refund, shop

PAGE = "bundles.md"
TWO = replace(ONE, lines=(replace(SETS, net_minor=5400, tax_minor=432),))


def come_back(order: FrozenOrder, paid: int, *units: f.UnitName) -> Told:
    told = back(shop(order), "r1", *units)
    told.tell(refund(paid))
    told.tell(*(f.ItemReceived(unit, "MAIN", 1) for unit in units))
    told.tell(*(f.ItemInspected(unit, "MAIN", "sellable", 1) for unit in units))
    told.rest()
    assert told.decision.squared
    return told


def test_one_component() -> None:
    told = come_back(ONE, 486, SOCK)
    assert_worked(PAGE, "One pair of socks comes back", told)
    assert not told.problems()


def test_the_whole_set_paid_back() -> None:
    told = come_back(ONE, 2916, SOCK)
    assert_worked(PAGE, "The whole set is paid back for one pair of socks", told)
    assert [(one.kind, one.value[0].minor) for one in told.decision.exceptions] == [("amount-differs", 2430)]


def test_a_set_and_one_of_its_components() -> None:
    told = come_back(TWO, 3402, SET, SOCK)
    assert_worked(PAGE, "A set and one of its components in one return", told)
    assert not told.problems()
