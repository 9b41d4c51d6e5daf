"""The platform is told to pay only where the policy says so, once per unit, and never for what must not be paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.approvals import unnamed, why_not
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    MONDAY,
    SHIRT,
    SHIRT_PRICE,
    approved,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    started,
    usd,
)

ITEM = replace(SHIRT, item="i-1")
NAMED = (("express", "HRVPBGPR"), ("return", "515764c3"))


def back_by_mail(
    policy: str = "person",
    condition: str = "sellable",
    names: tuple[tuple[str, str], ...] = NAMED,
    unit: f.UnitName = ITEM,
) -> Told:
    """A shirt that came by mail and was inspected; the platform has not approved it."""
    told = shop(Policy("v1", approve_refunds=policy)).told("r1")  # type: ignore[arg-type]
    told.called = names
    told.tell(*started(unit, method="mail"), *dropped_off(unit), received(SHIRT), inspected(SHIRT, condition))
    told.rest()
    return told


def lets(unit: str = "1001-777-0", *, yes: bool = True, minutes: int = 0) -> f.ApprovalDecided:
    return f.ApprovalDecided(unit, yes, "Jo", "it looks new", MONDAY + timedelta(days=9, minutes=minutes))


def asked(told: Told) -> list[e.ApproveRefund]:
    return told.documents(e.ApproveRefund)


def test_nothing_is_approved_unless_the_policy_says_so() -> None:
    told = back_by_mail("never")
    told.tell(lets())
    assert asked(told) == []
    assert "approval" not in told.awaited()


def test_a_person_lets_a_unit_be_paid_for_once() -> None:
    told = back_by_mail()
    assert asked(told) == []
    assert told.awaited() == {"approval"}
    told.tell(lets())
    (effect,) = asked(told)
    assert (effect.code, effect.item, effect.condition) == ("HRVPBGPR", "i-1", "sellable")
    assert (effect.by, effect.why) == ("Jo", "it looks new")
    assert usd(effect.worth_minor) == usd(SHIRT_PRICE)
    told.rest()
    told.tell(lets(minutes=5))
    assert len(asked(told)) == 1
    assert told.awaited() == {"refund"}


def test_the_rule_lets_what_is_sellable_be_paid_for_and_leaves_the_rest_to_a_person() -> None:
    (effect,) = asked(back_by_mail("sellable"))
    assert (effect.by, effect.why) == ("policy", "inspected at MAIN and sellable")
    damaged = back_by_mail("sellable", "damaged")
    assert asked(damaged) == []
    assert damaged.awaited() == {"approval"}
    damaged.tell(lets())
    assert [one.condition for one in asked(damaged)] == ["damaged"]


def test_a_person_holds_back_what_the_rule_would_pay_for_and_changes_their_mind() -> None:
    told = back_by_mail("sellable", "quarantine")
    told.tell(lets(yes=False), f.DispositionDecided(told_unit(told), "sellable", "Jo", "fine"))
    assert asked(told) == []
    told.tell(lets(minutes=1))
    assert len(asked(told)) == 1
    told.tell(lets(yes=False, minutes=2))
    assert asked(told) == []


def told_unit(told: Told) -> str:
    (ref,) = told.state.units
    return ref


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (f.RefundApproved(ITEM, MONDAY), "approved already"),
        (f.RefundDeclined(ITEM, MONDAY), "declined"),
        (f.RefundHeld(ITEM, MONDAY), "still looking"),
        (f.ExchangeConfirmed("x1", ITEM, "SHIRT-L", at=MONDAY), "exchanged"),
        (refunded(SHIRT_PRICE, ITEM), "paid or under way"),
        (f.RefundPending("R1", "1001", usd(SHIRT_PRICE), "original", None, (ITEM,)), "paid or under way"),
        (f.RefundPending("R1", "1001", usd(SHIRT_PRICE), "original", None, ()), "paid or under way"),
    ],
)
def test_what_must_not_be_paid_is_not_whoever_lets_it(fact: f.Fact, says: str) -> None:
    for policy in ("person", "sellable"):
        told = back_by_mail(policy, "damaged")
        told.tell(fact, lets())
        assert asked(told) == []
        told.rest()
        unit = told.state.units[told_unit(told)]
        credited = {unit.ref} if told.documents(e.IssueCreditNote) else set()
        assert says in why_not(told.state, unit, credited)


def test_what_nobody_received_and_what_was_not_sold_is_not_approved_from_here() -> None:
    told = shop(Policy("v1", approve_refunds="person")).told("r1", *started(ITEM), *dropped_off(ITEM), lets())
    assert asked(told) == []
    assert "not in hand" in why_not(told.state, told.state.units[told_unit(told)], ())
    other = f.UnitName("1001", "999", item="i-9", sku="HAT")
    hat = shop(Policy("v1", approve_refunds="person")).told("r2")
    hat.called = NAMED
    hat.tell(*started(other), *dropped_off(other), received(other), inspected(other), lets("1001-999-0"))
    assert asked(hat) == []
    assert "not known to be sold" in why_not(hat.state, hat.state.units[told_unit(hat)], ())


def test_a_refund_that_waits_for_a_person_stops_approvals_of_its_order() -> None:
    told = back_by_mail("person", "damaged")
    told.tell(refunded(99_999, refund="R9"), lets())
    assert "over-refund" in told.problems()
    assert asked(told) == []


@pytest.mark.parametrize(
    ("names", "unit", "lacks"),
    [
        (NAMED, SHIRT, "no item id"),
        ((("return", "515764c3"),), ITEM, "no express code"),
        ((*NAMED, ("express", "HROTHER1")), ITEM, "2 express codes"),
    ],
)
def test_a_unit_that_the_platform_gave_no_name_to_be_told_by_is_shown_with_its_value(
    names: tuple[tuple[str, str], ...], unit: f.UnitName, lacks: str
) -> None:
    told = back_by_mail("sellable", names=names, unit=unit)
    assert asked(told) == []
    (shown,) = [one for one in told.decision.exceptions if one.kind == "not-approved"]
    assert lacks in shown.cause
    assert shown.owner == "customer-care"
    assert usd(SHIRT_PRICE) in shown.value
    assert lacks in unnamed(told.state, told.state.units[told_unit(told)])
    told.tell(*approved(unit))
    assert "not-approved" not in told.problems()


def test_an_approval_that_may_have_been_sent_is_no_problem_any_more_once_the_platform_says_so() -> None:
    told = back_by_mail()
    told.tell(lets())
    (key,) = [key for key in told.due() if key.startswith("approve-refund")]
    told.attempt(key)
    told.refuse(key, "effect-ambiguous", "nobody can say whether it was sent")
    (shown,) = [one for one in told.decision.exceptions if one.kind == "effect-ambiguous"]
    assert usd(SHIRT_PRICE) in shown.value
    assert "See on the platform" in shown.remedy
    told.tell(*approved(ITEM))
    assert told.problems() == set()
    told.tell(refunded(SHIRT_PRICE, ITEM))
    told.rest()
    assert told.decision.closed


def test_one_that_a_person_saw_to_by_hand_keeps_no_return_open() -> None:
    told = back_by_mail()
    told.tell(lets())
    (key,) = [key for key in told.due() if key.startswith("approve-refund")]
    told.refuse(key, why="no such item")
    told.tell(refunded(SHIRT_PRICE, ITEM))
    told.rest()
    assert told.decision.closed


def contents(told: Told) -> list[tuple[str, str, int]]:
    return [(one.item, one.disposition, one.sequence) for one in told.documents(e.ReportContents)]


def test_what_was_in_the_bag_is_reported_once_per_condition_where_the_policy_says_so() -> None:
    told = shop(Policy("v1", report_contents="inspection")).told("r1", f.BagLabelled("HR2AB"))
    told.tell(*started(ITEM), *dropped_off(ITEM), received(SHIRT))
    assert contents(told) == []
    told.tell(inspected(SHIRT, "quarantine"))
    told.rest()
    told.tell(f.DispositionDecided(told_unit(told), "damaged", "Jo", "a stain", MONDAY))
    told.rest()
    assert contents(told) == [("i-1", "quarantine", 1), ("i-1", "damaged", 2)]
    assert {one.bag for one in told.documents(e.ReportContents)} == {"HR2AB"}
    assert told.decide().owed == told.decide().owed


def test_nothing_is_reported_unless_the_policy_says_so() -> None:
    assert contents(back_by_mail()) == []
