"""The stand-in tells what happens the way Happy Returns documents it, and goes wrong only when asked to."""

import hashlib
import hmac
from typing import Any

import pytest

from backhaul.sandbox.happy_returns import Fault, Faults, NotPossible, Wanted
from tests.unit.sandbox.receiver import Receiver
from tests.unit.sandbox.world import stand_in

SHIRT = Wanted("SHOP-1001", "SHIRT-M")


def spoken(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The events of a body, the primary one first."""
    return [(body["event"], body["typeID"])] + [(each["event"], each["typeID"]) for each in body["otherEvents"]]


def test_a_webhook_is_signed_over_its_raw_bytes() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url, secret="made up")
        world.platform.start([SHIRT])
        world.settle()
    signature, body = receiver.received[0]
    assert signature == hmac.new(b"made up", body, hashlib.sha256).hexdigest()


def test_a_start_is_told_after_the_window_with_the_drop_off_method_beside_it() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.platform.start([SHIRT])
        assert world.advance(59) == []
        assert len(world.advance(1)) == 1
    assert spoken(receiver.bodies[0]) == [
        ("return_status_updated", "started"),
        ("return_dropoff_method_created", "return-bar"),
    ]


def test_what_happens_within_the_window_is_merged_newest_first() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        started = world.platform.start([SHIRT])
        world.platform.drop_off(started.return_id)
        world.settle()
    assert [each[1] for each in spoken(receiver.bodies[0])] == ["approved", "dropped_off", "started", "return-bar"]
    assert len(receiver.received) == 1


def test_a_return_over_two_orders_is_told_in_one_post_per_order() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.platform.start([SHIRT, Wanted("SHOP-1002", "12350", 2)])
        world.settle()
    told = [{item["orderNumber"] for item in body["items"]} for body in receiver.bodies]
    assert told == [{"SHOP-1001"}, {"SHOP-1002"}]
    returns = {item["happyReturnsReturnID"] for body in receiver.bodies for item in body["items"]}
    assert len(returns) == 1


def test_each_unit_is_an_item_and_a_line_of_several_units_carries_the_suffix() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.platform.start([Wanted("SHOP-1001", "SHIRT-M", 2), Wanted("SHOP-1001", "MUG")])
        world.settle()
    lines = [item["orderLineItemID"] for item in receiver.bodies[0]["items"]]
    assert lines == ["12345-0-2", "12345-1-2", "12346"]


def test_the_suffix_of_a_second_return_counts_only_what_was_left() -> None:
    world = stand_in()
    world.platform.start([SHIRT])
    second = world.platform.start([SHIRT])
    assert second.items[0].line_item_id == "12345-0-1"


def test_a_bag_and_a_shipment_are_told_with_the_documented_fields() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url, merge_seconds=0)
        started = world.platform.start([SHIRT])
        world.platform.drop_off(started.return_id)
        world.settle()
        bag = world.platform.bag(started.return_id)
        world.platform.ship()
        world.settle()
    label, rows = receiver.bodies[-2:]
    assert (label["webhookType"], label["typeID"], label["labelID"]) == ("return.label.update", "", bag)
    assert label["happyReturnsExpressCode"] == started.express_code
    assert len(rows) == 1
    assert len(rows[0]) == 30
    assert all(value is None or isinstance(value, str) for value in rows[0].values())
    assert rows[0]["happyReturnsItemID"] == started.items[0].item_id


def test_by_mail_nothing_is_approved_at_the_hand_over() -> None:
    world = stand_in()
    started = world.platform.start([SHIRT], dropoff="mail")
    world.platform.drop_off(started.return_id)
    assert [item.state for item in started.items] == ["dropped_off"]
    world.platform.approve(started.return_id)
    assert [item.state for item in started.items] == ["approved"]


def test_a_word_agreed_with_one_merchant_is_told_of_the_units_and_changes_none() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        started = world.platform.start([SHIRT])
        world.platform.say(started.express_code, "keep-it")
        world.settle()
    assert spoken(receiver.bodies[-1])[0][1] == "keep-it"
    assert [item.state for item in started.items] == ["started"]


def test_more_units_than_are_left_are_refused_unless_asked_for() -> None:
    world = stand_in()
    world.platform.start([Wanted("SHOP-1001", "SHIRT-M", 2)])
    with pytest.raises(NotPossible, match="has 0 of SHIRT-M left"):
        world.platform.start([SHIRT])
    over = world.platform.start([SHIRT], beyond_sold=True)
    assert len(over.items) == 1


def test_an_expired_return_frees_its_units_and_a_dropped_off_one_cannot_expire() -> None:
    world = stand_in()
    first = world.platform.start([Wanted("SHOP-1001", "MUG")])
    world.platform.expire(first.return_id)
    second = world.platform.start([Wanted("SHOP-1001", "MUG")])
    world.platform.drop_off(second.return_id)
    with pytest.raises(NotPossible, match="another final state"):
        world.platform.expire(second.return_id)


def test_the_same_seed_says_the_same_bytes_and_another_one_names_other_returns() -> None:
    told = []
    for seed in (7, 7, 8):
        with Receiver() as receiver:
            world = stand_in(receiver.url, seed=seed, faults=Faults(duplicate=0.5, reorder=0.3))
            for _ in range(3):
                started = world.platform.start([Wanted("SHOP-1002", "SOCK")])
                world.advance(60)
                world.platform.drop_off(started.return_id)
            world.settle()
        told.append([body for _, body in receiver.received])
    assert told[0] == told[1]
    assert not {*told[0]} & {*told[2]}


def test_a_doubled_webhook_arrives_twice_with_the_same_bytes() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.outbox.dice.ask([Fault.DUPLICATE])
        world.platform.start([SHIRT])
        world.settle()
    assert len(receiver.received) == 2
    assert receiver.received[0] == receiver.received[1]


def test_a_lost_webhook_never_arrives_and_is_shown_as_lost() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.outbox.dice.ask([Fault.LOSE])
        world.platform.start([SHIRT])
        world.settle()
    assert receiver.received == []
    assert world.outbox.deliveries[0].lost


def test_a_reordered_webhook_arrives_after_the_next_one() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url)
        world.outbox.dice.ask([Fault.REORDER])
        started = world.platform.start([SHIRT])
        world.advance(60)
        world.platform.drop_off(started.return_id)
        world.settle()
    assert [body["typeID"] for body in receiver.bodies] == ["approved", "started"]


def test_a_delayed_webhook_waits_on_the_stand_ins_own_clock() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url, faults=Faults(delay=1.0, delay_seconds=600))
        world.platform.start([SHIRT])
        world.advance(60)
        world.advance(599)
        assert receiver.received == []
        world.advance(1)
    assert len(receiver.received) == 1


def test_an_unanswered_webhook_is_tried_again_and_at_last_given_up() -> None:
    with Receiver() as receiver:
        receiver.codes = [503, 503]
        world = stand_in(receiver.url)
        world.platform.start([SHIRT])
        world.settle()
        assert world.outbox.deliveries[0].answers == ["503", "503", "202"]
        receiver.codes = [503, 503, 503]
        world.platform.start([SHIRT])
        world.settle()
    assert world.outbox.deliveries[1].given_up


def test_a_running_stand_in_sends_by_itself() -> None:
    with Receiver() as receiver, stand_in(receiver.url, running=True, merge_seconds=0) as world:
        world.act(lambda platform: platform.start([SHIRT]))
        for _ in range(100):
            if receiver.received:
                break
            world.deliver()
        assert len(receiver.received) == 1


def test_another_spelling_of_an_unpublished_value_can_be_played() -> None:
    with Receiver() as receiver:
        world = stand_in(receiver.url, spelling={"approved": "approvedForRefund"})
        started = world.platform.start([SHIRT])
        world.platform.approve(started.return_id)
        world.settle()
    assert receiver.bodies[0]["typeID"] == "approvedForRefund"
