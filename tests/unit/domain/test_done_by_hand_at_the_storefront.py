"""What a person did at the storefront by hand and waived keeps no return open; what pays is waited for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import SHIRT, SHIRT_PRICE, at_the_bar, inspected, received, refunded, shop, started

SHOP = Policy("v1", storefront_returns="authorisation", mark_orders="changes")


def key_of(told: Told, verb: str) -> str:
    (key,) = [key for key in told.records if key.startswith(f"{verb}:")]
    return key


def is_closed(told: Told) -> bool:
    return told.decision.closed


def waive(told: Told, key: str, kind: str = "effect-refused") -> None:
    told.tell(f.ExceptionWaived(f"{kind}:{told.id}:{key}", "ana", "made by hand in the admin"))


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
