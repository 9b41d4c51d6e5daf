"""What a person did at the storefront by hand and waived keeps no return open; what pays is waited for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from backhaul.domain import facts as f
from backhaul.domain.policy import Policy, StockOwner
from tests.support.world import Told
from tests.unit.domain.cast import (
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    at_the_bar,
    inspected,
    received,
    refunded,
    shop,
    started,
)

SHOP = Policy("v1", storefront_returns="authorisation", mark_orders="changes")


RAISES_ITS_OWN: Mapping[str, StockOwner] = {"*": "storefront"}


def key_of(told: Told, verb: str) -> str:
    (key,) = [key for key in told.records if key.startswith(f"{verb}:")]
    return key


def is_closed(told: Told) -> bool:
    return told.decision.closed


def waive(told: Told, key: str, kind: str = "effect-refused") -> None:
    told.tell(f.ExceptionWaived(f"{kind}:{told.id}:{key}", "ana", "made by hand in the admin"))


def at_the_bar_after_a_refused_opening(policy: Policy) -> Told:
    """Two shirts are handed in; the storefront refused its return of them, and somebody made it there by hand."""
    told = shop(policy).told("r1", *started(SHIRT, SECOND_SHIRT))
    told.refuse(key_of(told, "open-storefront-return"))
    told.tell(*[fact for fact in at_the_bar(SHIRT, SECOND_SHIRT, policy=policy).facts if fact not in told.facts])
    told.rest()
    waive(told, key_of(told, "open-storefront-return"))
    return told


def test_a_return_made_by_hand_at_the_storefront_is_through_without_ours() -> None:
    told = shop(SHOP).told("r1", *started(SHIRT))
    told.refuse(key_of(told, "open-storefront-return"))
    told.rest()
    told.tell(*[fact for fact in at_the_bar(SHIRT, policy=SHOP).facts if fact not in told.facts])
    told.tell(refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert not is_closed(told)
    waive(told, key_of(told, "open-storefront-return"))
    assert told.problems() == set()
    assert is_closed(told)
    assert not any(told.is_done(key_of(told, verb)) for verb in ("take-back-at-storefront", "close-storefront-return"))


@pytest.mark.parametrize("verb", ["take-back-at-storefront", "mark-order", "close-storefront-return"])
def test_a_word_that_was_refused_and_said_by_hand_is_no_longer_waited_for(verb: str) -> None:
    told = at_the_bar(SHIRT, policy=replace(SHOP, mark_orders="changes" if verb == "mark-order" else "never"))
    told.tell(refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    while due := [key for key in told.due() if not key.startswith(f"{verb}:")]:
        told.do(due[0])
    refused = told.due()
    assert refused
    for key in refused:
        told.refuse(key)
    assert not is_closed(told)
    for key in refused:
        waive(told, key)
    assert is_closed(told)


def test_what_pays_is_waited_for_though_it_was_waived() -> None:
    told = at_the_bar(SHIRT, policy=replace(SHOP, refund_owner="backhaul"))
    told.tell(received(SHIRT), inspected(SHIRT))
    while due := [key for key in told.due() if not key.startswith("issue-refund:")]:
        told.do(due[0])
    told.refuse(key_of(told, "issue-refund"))
    waive(told, key_of(told, "issue-refund"))
    assert not is_closed(told)


def test_units_after_one_that_was_seen_to_by_hand_are_told() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, policy=replace(SHOP, stock_owners=RAISES_ITS_OWN))
    told.tell(received(SHIRT), inspected(SHIRT))
    while due := [key for key in told.due() if not key.startswith("take-back")]:
        told.do(due[0])
    (first,) = told.due()
    told.refuse(first)
    waive(told, first)
    told.tell(received(SHIRT, 2), inspected(SHIRT, total=2))
    told.rest()
    (second,) = [key for key in told.records if key.startswith("take-back") and key != first]
    assert told.is_done(second)


def test_sellable_goods_of_a_return_made_by_hand_are_told_where_the_storefront_raises_its_stock_by_itself() -> None:
    told = at_the_bar_after_a_refused_opening(replace(SHOP, stock_owners=RAISES_ITS_OWN))
    told.tell(received(SHIRT, 2), inspected(SHIRT), inspected(SHIRT, "damaged"))
    told.rest()
    assert told.problems() == {"counted-elsewhere"}
    (found,) = [one for one in told.decision.exceptions if one.kind == "counted-elsewhere"]
    assert re.match(r"1 \S+ is sellable at STO", found.cause)
    told.tell(f.ExceptionWaived(found.key, "ana", "restocked in the admin"))
    assert told.problems() == set()


def test_nothing_is_told_of_them_where_somebody_else_raises_it_or_nothing_is_sellable() -> None:
    for policy, condition in ((SHOP, "sellable"), (replace(SHOP, stock_owners=RAISES_ITS_OWN), "damaged")):
        told = at_the_bar_after_a_refused_opening(policy)
        told.tell(received(SHIRT), inspected(SHIRT, condition))
        told.rest()
        assert told.problems() == set()


def test_each_unit_of_it_is_asked_for_once_as_it_comes() -> None:
    told = at_the_bar_after_a_refused_opening(replace(SHOP, stock_owners=RAISES_ITS_OWN))
    waived: set[str] = set()
    for total in (1, 2):
        told.tell(received(SHIRT, total), inspected(SHIRT, total=total))
        told.rest()
        asked = [one for one in told.decision.exceptions if one.kind == "counted-elsewhere"]
        (found,) = [one for one in asked if one.key not in waived]
        waived.add(found.key)
        told.tell(f.ExceptionWaived(found.key, "ana", "restocked in the admin"))
    assert told.problems() == set()


def test_a_unit_that_goes_by_another_name_since_is_not_asked_for_again() -> None:
    named = f.UnitName("1001", sku="SHIRT-M", item="I1")
    by_line = f.UnitName("1001", "777", 0, item="I1", sku="SHIRT-M")
    told = shop(replace(SHOP, stock_owners=RAISES_ITS_OWN)).told("r1", *started(named))
    told.refuse(key_of(told, "open-storefront-return"))
    told.rest()
    waive(told, key_of(told, "open-storefront-return"))
    told.tell(received(named), inspected(named))
    told.rest()
    (found,) = [one for one in told.decision.exceptions if one.kind == "counted-elsewhere"]
    told.tell(f.ExceptionWaived(found.key, "ana", "restocked in the admin"))
    told.tell(*started(by_line))
    told.rest()
    assert found.about not in told.state.units, "it goes by another name"
    assert told.problems() == set()


def test_of_two_that_were_mixed_up_the_one_that_was_seen_to_stands_for_the_other() -> None:
    told = at_the_bar_after_a_refused_opening(replace(SHOP, stock_owners=RAISES_ITS_OWN))
    told.tell(received(SHIRT, 2), inspected(SHIRT), inspected(SHIRT, "quarantine"))
    told.rest()
    (found,) = [one for one in told.decision.exceptions if one.kind == "counted-elsewhere"]
    told.tell(f.ExceptionWaived(found.key, "ana", "restocked in the admin"))
    (other,) = [ref for ref in told.state.units if ref != found.about]
    told.tell(f.DispositionDecided(found.about, "dispose", "ana", "mixed up"))
    told.tell(f.DispositionDecided(other, "sellable", "ana", "mixed up"))
    told.rest()
    assert [one.about for one in told.decision.exceptions if one.kind == "counted-elsewhere"] == []


def test_no_money_moves_because_something_else_was_waived() -> None:
    """The return was made by hand; perhaps the money was moved so as well. It is awaited, and we pay nothing."""
    told = at_the_bar_after_a_refused_opening(replace(SHOP, refund_owner="backhaul"))
    told.tell(received(SHIRT, 2), inspected(SHIRT, total=2))
    told.rest()
    assert not told.is_done(key_of(told, "issue-refund"))
    assert "refund" in {one.kind for one in told.decision.expectations}
    assert not is_closed(told)
