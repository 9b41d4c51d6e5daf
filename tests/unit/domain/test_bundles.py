"""Bundles: components come back one by one, each for its share of the price paid, and no copy is given out twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.allocation import allocate
from backhaul.domain.orders import (
    FrozenComponent,
    FrozenLine,
    FrozenOrder,
    component_lines,
    component_ref,
    share,
    sold_slots,
    worth_minor,
)
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
from tests.support.world import Shop, Told
from tests.unit.domain.cast import DAY, MONDAY, usd

PARTS = (
    FrozenComponent("SHIRT-M", 1, 2000, unit_cost_minor=700),
    FrozenComponent("SOCK", 2, 500, unit_cost_minor=150),
)
# Two starter sets for 49.99 less nothing and 4.01 tax, and two pairs of socks by themselves.
SETS = FrozenLine("1", "SET", 2, 4999, 401, components=PARTS, platform_refs=("900",))
SOCKS = FrozenLine("2", "SOCK", 2, 1000, 80, unit_cost_minor=150, platform_refs=("901",))
ORDER = FrozenOrder("1001", "SHOP-1001", "USD", (SETS,))
BOTH = replace(ORDER, lines=(SETS, SOCKS))
ONE = replace(ORDER, lines=(replace(SETS, quantity=1, net_minor=2700, tax_minor=216),))


def named(sku: str, line: str, offset: int = 0) -> f.UnitName:
    return f.UnitName("1001", line, offset, sku=sku)


# The shopper's page shows what is in the set as rows of their own.
SHIRT, SOCK, OTHER_SOCK = named("SHIRT-M", "a"), named("SOCK", "b"), named("SOCK", "b", 1)
SECOND_SHIRT, THIRD_SOCK, FOURTH_SOCK = named("SHIRT-M", "a", 1), named("SOCK", "b", 2), named("SOCK", "b", 3)
SET, SECOND_SET = named("SET", "900"), named("SET", "900", 1)


def shop(order: FrozenOrder = ORDER) -> Shop:
    return Shop({"1001": order}, Policy("v1"), known={"1001"})


def back(here: Shop, name: str, *units: f.UnitName) -> Told:
    """A return of these units, dropped off, approved and received in good order."""
    told = here.told(name, *(f.ReturnInitiated(unit, "return-bar", at=MONDAY) for unit in units))
    told.tell(*(f.ItemDroppedOff(unit, MONDAY + DAY) for unit in units), *(f.RefundApproved(unit) for unit in units))
    told.rest()
    return told


def refund(minor: int, *units: f.UnitName, name: str = "R1") -> f.RefundConfirmed:
    return f.RefundConfirmed(name, "1001", usd(minor), units=units)


def sold(told: Told) -> set[tuple[str, int]]:
    return {unit.allocation for unit in told.state.units.values() if unit.allocation is not None}


@pytest.mark.parametrize("prices", [(2000, 500), (0, 0), (0, 500), (1999, 333)])
@pytest.mark.parametrize("paid", [(4999, 401), (1, 0), (10000, 833)])
def test_the_units_of_each_copy_are_together_exactly_the_copy(prices: tuple[int, int], paid: tuple[int, int]) -> None:
    parts = tuple(replace(one, stand_alone_minor=price) for one, price in zip(PARTS, prices, strict=True))
    line = replace(SETS, components=parts, net_minor=paid[0], tax_minor=paid[1])
    for copy in range(2):
        units = [share(part, copy * part.each + nth) for part in component_lines(line) for nth in range(part.each)]
        whole = share(line, copy)
        assert sum(unit.net_minor for unit in units) == whole.net_minor
        assert sum(unit.tax_minor for unit in units) == whole.tax_minor


def test_a_component_stands_for_its_part_by_stand_alone_price_and_for_its_own_cost() -> None:
    shirt, sock = component_lines(ONE.lines[0])
    assert share(shirt, 0) == share(ONE.line("1/SHIRT-M"), 0)
    assert (share(shirt, 0).net_minor, share(shirt, 0).tax_minor, share(shirt, 0).cost_minor) == (1800, 144, 700)
    assert [worth_minor(sock, index) for index in range(2)] == [486, 486]
    assert share(ONE.lines[0], 0).cost_minor == 1000, "a bundle without a cost costs what is in it"


def test_components_without_prices_share_equally_and_without_costs_by_their_part() -> None:
    bare = tuple(FrozenComponent(one.sku, one.quantity) for one in PARTS)
    shirt, sock = component_lines(replace(SETS, quantity=1, net_minor=1000, components=bare, unit_cost_minor=900))
    assert [share(shirt, 0).net_minor, share(sock, 0).net_minor, share(sock, 1).net_minor] == [334, 333, 333]
    assert [share(shirt, 0).cost_minor, share(sock, 0).cost_minor] == [300, 300]


def test_a_component_named_twice_is_one_component() -> None:
    twice = (FrozenComponent("SOCK", 1, 500), FrozenComponent("SHIRT-M", 1, 2000), FrozenComponent("SOCK", 1, 500))
    assert [(one.sku, one.quantity) for one in component_lines(replace(SETS, components=twice))] == [
        ("SOCK", 4), ("SHIRT-M", 2),
    ]  # fmt: skip


def test_one_sock_of_a_set_is_authorised_received_credited_and_restocked_by_itself() -> None:
    told = back(shop(ONE), "r1", SOCK)
    told.tell(refund(486, SOCK), f.ItemReceived(SOCK, "MAIN", 1), f.ItemInspected(SOCK, "MAIN", "sellable", 1))
    told.rest()
    assert told.problems() == set()
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.total_minor, note.difference_minor) == (486, 0)
    assert [(line.order_line, line.sku, line.quantity) for line in note.lines] == [("1/SOCK", "SOCK", 1)]
    assert told.balance("stock:MAIN:STO") == 1
    assert told.decision.closed


def test_all_components_over_three_returns_are_the_whole_price_to_the_cent() -> None:
    here = shop()
    sums = 0
    for number, unit in enumerate((SOCK, OTHER_SOCK, SHIRT)):
        told = back(here, f"r{number}", replace(unit, line=f"{unit.line}{number}"))
        (owed,) = told.state.units.values()
        assert owed.allocation is not None
        worth = worth_minor(ORDER.line(owed.allocation[0]), owed.allocation[1])
        told.tell(refund(worth, name=f"R{number}"))
        told.rest()
        sums += sum(note.total_minor for note in told.documents(e.IssueCreditNote))
        assert told.problems() == set()
    assert sums == worth_minor(SETS, 0)


def test_a_set_that_came_back_leaves_none_of_its_components_and_the_other_way_round() -> None:
    here = shop(ONE)
    first = back(here, "r1", SET)
    second = back(here, "r2", SOCK)
    assert (sold(first), sold(second), second.problems()) == ({("1", 0)}, set(), {"over-return"})
    here = shop(ONE)
    first = back(here, "r1", SOCK)
    second = back(here, "r2", SET)
    assert (sold(first), sold(second), second.problems()) == ({("1/SOCK", 0)}, set(), {"over-return"})


def test_a_set_and_one_of_its_components_in_one_return_are_of_two_copies() -> None:
    told = back(shop(), "r1", SET, SOCK)
    assert sold(told) == {("1", 0), ("1/SOCK", 2)}
    (opened,) = told.documents(e.OpenReturnAuthorisation)
    assert [(line.order_line, line.quantity) for line in opened.lines] == [("1", 1), ("1/SOCK", 1)]


def test_more_components_than_the_sets_had_are_an_over_return() -> None:
    here = shop()
    back(here, "r1", SOCK, OTHER_SOCK, THIRD_SOCK)
    second = back(here, "r2", SOCK, OTHER_SOCK)
    assert sold(second) == {("1/SOCK", 3)}
    (over,) = [one for one in second.decision.exceptions if one.kind == "over-return"]
    assert "sold 4 of SOCK" in over.cause
    assert over.value == (usd(150),), "it is on its way and costs what a pair of socks costs"


def test_what_was_sold_by_itself_comes_back_before_what_was_in_a_set() -> None:
    told = back(shop(BOTH), "r1", SOCK, OTHER_SOCK, THIRD_SOCK)
    assert sold(told) == {("2", 0), ("2", 1), ("1/SOCK", 0)}


def test_the_line_that_the_platform_names_goes_before_the_line_of_the_same_sku() -> None:
    told = back(shop(BOTH), "r1", named("SOCK", "900"), named("SHIRT-M", "900", 1), named("SOCK", "901"))
    assert sold(told) == {("1/SOCK", 0), ("1/SHIRT-M", 0), ("2", 0)}


def test_a_set_by_its_line_without_a_sku_is_the_whole_set() -> None:
    told = back(shop(), "r1", f.UnitName("1001", "900", 0))
    assert sold(told) == {("1", 0)}


def test_a_component_that_never_left_is_free_for_the_whole_set_again() -> None:
    here = shop(ONE)
    first = here.told("r1", f.ReturnInitiated(SOCK, "return-bar", at=MONDAY))
    first.tell(f.ReturnExpired(SOCK))
    assert sold(first) == set()
    assert sold(back(here, "r2", SET)) == {("1", 0)}


def test_a_set_that_never_left_is_free_for_its_components_again() -> None:
    here = shop(ONE)
    here.told("r1", f.ReturnInitiated(SET, "return-bar", at=MONDAY)).tell(f.ReturnExpired(SET))
    assert sold(back(here, "r2", SOCK)) == {("1/SOCK", 0)}


def test_a_released_set_frees_its_components_in_the_same_decision() -> None:
    told = shop(ONE).told("r1", f.ReturnInitiated(SET, at=MONDAY), f.ReturnInitiated(SOCK, at=MONDAY))
    state = told.state
    (whole,) = [unit for unit in state.units.values() if unit.sku == "SET"]
    whole.expired = True
    change = allocate(state, ONE, set(sold_slots(ONE.lines[0], 0)), Policy("v1"), Records())
    assert [one.line for one in change.taken] == ["1/SOCK"]


@pytest.mark.parametrize("names", [(SET,), (f.UnitName("1001", "900"),), (f.UnitName("1001", sku="SET"),), ()])
def test_a_whole_set_paid_back_for_one_sock_is_credited_as_confirmed_with_the_excess_on_a_line_of_its_own(
    names: tuple[f.UnitName, ...],
) -> None:
    told = back(shop(ONE), "r1", SOCK)
    told.tell(refund(2916, *names))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert (note.total_minor, note.difference_minor) == (2916, 2916 - 486)
    (off,) = [one for one in told.decision.exceptions if one.kind == "amount-differs"]
    assert off.value == (usd(2916 - 486),)
    assert told.balance("clearing:r1") == 0


def test_a_set_paid_back_by_name_pays_for_the_components_of_one_copy_only() -> None:
    told = back(shop(), "r1", SOCK, OTHER_SOCK, THIRD_SOCK)
    told.tell(refund(worth_minor(SETS, 0), SET))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert [line.quantity for line in note.lines] == [2]
    told.tell(refund(worth_minor(SETS, 1), SECOND_SET, name="R2"))
    told.rest()
    assert [line.quantity for one in told.documents(e.IssueCreditNote) for line in one.lines] == [2, 1]
    assert told.problems() == {"amount-differs"}


def test_a_set_that_is_in_the_return_is_meant_by_its_own_name() -> None:
    told = back(shop(), "r1", SET, SOCK)
    told.tell(refund(worth_minor(SETS, 0), SET))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert [line.order_line for line in note.lines] == ["1"]
    assert told.problems() == set()


def test_a_name_that_means_either_of_two_sets_means_no_components() -> None:
    three = replace(ORDER, lines=(replace(SETS, quantity=3, net_minor=7500, tax_minor=600),))
    told = back(shop(three), "r1", SET, SECOND_SET, SOCK)
    told.tell(refund(2700, f.UnitName("1001", sku="SET")))
    told.rest()
    (note,) = told.documents(e.IssueCreditNote)
    assert [(line.order_line, line.quantity) for line in note.lines] == [("1", 1)]


def test_the_name_of_another_line_is_no_bundle_of_this_return() -> None:
    told = back(shop(BOTH), "r1", named("SOCK", "900"))
    told.tell(refund(540, named("SOCK", "901")))
    told.rest()
    assert not told.documents(e.IssueCreditNote)
    assert told.problems() == {"refund-without-units"}


def test_slots_say_what_cannot_come_back_twice() -> None:
    assert set(sold_slots(SETS, 1)) == {("1", 1), ("1/SHIRT-M", 1), ("1/SOCK", 2), ("1/SOCK", 3)}
    assert sold_slots(ORDER.line(component_ref("1", "SOCK")), 2) == (("1/SOCK", 2),)
    with pytest.raises(KeyError):
        ORDER.line("1/MUG")
