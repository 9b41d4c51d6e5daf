"""Which version of a policy counts for a return, and where two versions differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backhaul.domain.money import Money
from backhaul.domain.policy import DueTimes, Place, Policy
from backhaul.domain.policy_versions import AppliesTo, PolicyVersion, changes, counting, said
from tests.unit.domain.cast import DAY, MONDAY


def version(number: int, applies_to: AppliesTo) -> PolicyVersion:
    """Version n is made on the n-th day."""
    return PolicyVersion(number, Policy(f"v{number}"), applies_to, MONDAY + number * DAY, "Jo", "")


@pytest.mark.parametrize(
    ("made", "seen", "counts"),
    [
        (["new"], -3, 1),  # what was there before any version was kept has the first
        (["open", "new"], 1.5, 1),
        (["open", "new"], 2, 1),  # seen at the same moment: it may have been decided already
        (["open", "new"], 2.01, 2),
        (["open", "new"], 5, 2),
        (["open", "new", "new"], 2.5, 2),
        (["open", "new", "open"], 1.5, 3),
        (["open", "new", "open", "new"], 2.5, 3),
        (["open", "new", "open", "new"], 4.5, 4),
        (["new", "new"], 0, 1),
    ],
)
def test_a_return_keeps_the_version_it_began_under_until_one_for_open_returns(
    made: list[AppliesTo], seen: float, counts: int
) -> None:
    versions = [version(place + 1, applies_to) for place, applies_to in enumerate(made)]
    assert counting(versions, MONDAY + seen * DAY).id == counts


def test_the_same_policy_has_no_changes_whatever_its_digest() -> None:
    assert changes(Policy("v1"), Policy("v2")) == ()
    assert "version" not in said(Policy("v1"))


def test_changes_name_each_choice_with_what_it_was_and_becomes() -> None:
    was = Policy("v1", reasons={"ugly": "STYLE"})
    becomes = replace(
        was, version="v2", reasons={}, sellable_on="receipt", fees={"mail": Money(500, "USD")},
        places={**was.places, "damaged": Place("quarantine", "QUAR")}, due=DueTimes(refund=timedelta(hours=36)),
    )  # fmt: skip
    assert changes(was, becomes) == (
        ("due.refund", "2 days", "1.5 days"),
        ("fees.mail", "", "5.00 USD"),
        ("places.damaged", "damaged:DAMAGED", "quarantine:QUAR"),
        ("reasons.ugly", "STYLE", ""),
        ("sellable_on", "inspection", "receipt"),
    )
