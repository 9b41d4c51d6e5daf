"""The platform is told to pay, over HTTP: each unit once, whatever is lost on the way, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from backhaul.flows.resolve import CannotResolve
from backhaul.store.sql import rows
from tests.support.mailed import SEEN, Mailed, Scene


@pytest.fixture
def scene(db: object) -> Iterator[Scene]:
    with Mailed("person", SEEN) as scene:
        yield scene


def test_what_a_person_approves_is_paid_once_and_the_platform_says_so(scene: Scene) -> None:
    name = scene.back()
    assert "told to pay" in scene.decide(name)
    scene.send()
    assert scene.payouts == 1
    assert scene.standing() == [("done", "")]
    ((item,),) = [each.items for each in scene.stand_in.platform.returns.values()]
    assert item.condition == "sellable"
    with pytest.raises(CannotResolve, match="was told to pay for"):
        scene.decide(name)
    with pytest.raises(CannotResolve, match="already"):
        scene.decide(name, yes=False)
    scene.hear()
    assert "RefundApproved" in {kind for (kind,) in rows("SELECT kind FROM facts")}
    scene.send()
    assert scene.payouts == 1


def test_a_lost_answer_is_looked_for_and_nothing_is_paid_again(scene: Scene) -> None:
    name = scene.back()
    scene.wire.next = ["answer lost"]
    scene.decide(name)
    scene.send()
    assert scene.standing() == [("unsure", "")]
    scene.send()
    assert (scene.payouts, scene.standing()) == (1, [("done", "")])


def test_where_nobody_can_look_what_may_have_been_sent_is_never_sent_again(db: object) -> None:
    with Mailed("person", {}) as scene:
        name = scene.back()
        scene.wire.next = ["answer lost"]
        scene.decide(name)
        scene.send()
        scene.send()
        assert (scene.payouts, scene.standing()) == (1, [("refused", "effect-ambiguous")])
        ((value, owner),) = rows("SELECT value, owner FROM exceptions WHERE kind = 'effect-ambiguous'")
        assert "5400" in str(value)
        assert owner == "operations"
        scene.hear()  # the platform did pay, and tells so
        assert rows("SELECT count(*) FROM exceptions WHERE closed_at IS NULL") == [(0,)]


def test_what_was_approved_in_the_dashboard_a_moment_ago_is_seen_before_it_is_sent(scene: Scene) -> None:
    name = scene.back()
    scene.decide(name)
    for each in scene.stand_in.platform.returns.values():
        scene.stand_in.platform.approve(each.return_id)
    scene.send()
    assert (scene.payouts, scene.standing()) == (0, [("done", "")])


def test_what_never_left_us_is_not_sent_after_somebody_else_has_approved_it(db: object) -> None:
    with Mailed("person", {}) as scene:
        name = scene.back()
        scene.wire.next = ["not sent"]
        scene.decide(name)
        scene.send()
        assert scene.standing() == [("unsure", "")]
        for each in scene.stand_in.platform.returns.values():
            scene.stand_in.platform.approve(each.return_id)
        scene.hear()
        assert scene.standing() == [("refused", "withdrawn")]
        scene.send()
        assert scene.payouts == 0


def test_what_was_held_back_before_it_left_may_be_approved_after_all(db: object) -> None:
    with Mailed("person", {}) as scene:
        name = scene.back()
        scene.wire.next = ["not sent"]
        scene.decide(name)
        scene.send()
        scene.shop.clock.at += timedelta(minutes=1)
        assert "held back" in scene.decide(name, yes=False)
        scene.send()
        assert (scene.payouts, scene.standing()) == (0, [("refused", "withdrawn")])
        scene.shop.clock.at += timedelta(minutes=1)
        scene.decide(name)
        scene.send()
        assert (scene.payouts, scene.standing()) == (1, [("done", "")])


def test_the_rule_pays_for_what_is_sellable_and_a_person_is_asked_about_the_rest(db: object) -> None:
    with Mailed("sellable", SEEN) as scene:
        scene.back()
        scene.send()
        assert scene.payouts == 1
        ((why,),) = rows("SELECT payload->>'why' FROM effects WHERE verb = 'approve-refund'")
        assert why == "inspected at BER1 and sellable"


def test_damaged_goods_wait_for_a_person_under_the_rule(db: object) -> None:
    with Mailed("sellable", SEEN) as scene:
        scene.back("damaged")
        scene.send()
        assert scene.payouts == 0
        assert ("approval",) in rows("SELECT kind FROM expectations")
        scene.shop.clock.at += timedelta(days=3)
        scene.shop.look_at_the_clock()
        ((owner, remedy),) = rows("SELECT owner, remedy FROM exceptions WHERE kind = 'overdue'")
        assert owner == "customer-care"
        assert "Approve its refund" in remedy


def test_nothing_is_paid_by_default_and_a_person_is_told_where_to_go(db: object) -> None:
    with Mailed("never", SEEN) as scene:
        name = scene.back()
        with pytest.raises(CannotResolve, match="approve_refunds is never"):
            scene.decide(name)
        scene.send()
        assert scene.payouts == 0


def test_the_platform_is_told_what_was_in_the_bag_in_its_own_words(db: object) -> None:
    with Mailed("never", SEEN, {"report_contents": "inspection"}) as scene:
        scene.back()
        scene.send()
        scene.send()
        ((item,),) = [each.items for each in scene.stand_in.platform.returns.values()]
        (told,) = item.contents
        assert told["disposition"] == "like-new"
        assert told["returnBagBarcode"] == item.bag
        assert told["checkedInAt"].startswith("2026-")
