"""A shopper who wants to be forgotten."""

from __future__ import annotations

import pytest

from backhaul.flows.erase import CannotErase, erase
from backhaul.flows.interpret import interpret
from backhaul.flows.replay import replay_messages
from backhaul.sandbox.happy_returns import Order, OrderLine, Wanted
from backhaul.store.sql import rows
from tests.support.house import House

ORDER = Order("SHOP-1", "1", "jane@example.com", (OrderLine("11", "MUG", 1),))


@pytest.fixture
def house(db: object) -> House:
    house = House.build(None, [ORDER])
    house.stand_in.act(lambda platform: platform.start([Wanted("SHOP-1", "MUG")]))
    house.listen()
    return house


def test_the_messages_of_an_erased_return_can_be_read_by_nobody(house: House) -> None:
    ((return_id,),) = rows("SELECT id FROM returns")
    facts = rows("SELECT count(*) FROM facts")
    assert erase(house.deployment, house.merchant_id, return_id) == 1
    assert (
        replay_messages(house.deployment, house.merchant_id, [id_ for (id_,) in rows("SELECT id FROM messages")]) == 1
    )
    interpret(house.deployment)
    assert rows("SELECT state, why FROM messages") == [
        ("unreadable", "the key of this message was erased with its return")
    ]
    assert rows("SELECT count(*) FROM facts") == facts
    assert "jane" not in str(rows("SELECT body FROM facts"))


def test_another_merchants_return_is_not_erased(house: House) -> None:
    ((return_id,),) = rows("SELECT id FROM returns")
    with pytest.raises(CannotErase):
        erase(house.deployment, house.merchant_id + 1, return_id)


def test_what_an_erased_return_is_told_later_is_sealed_with_no_key_of_its_own(house: House) -> None:
    ((return_id,),) = rows("SELECT id FROM returns")
    erase(house.deployment, house.merchant_id, return_id)
    house.stand_in.act(lambda platform: platform.drop_off(next(iter(platform.returns))))
    house.listen()
    assert rows("SELECT sealed IS NULL FROM return_keys") == [(True,)]
    assert {state for (state,) in rows("SELECT state FROM messages")} == {"read"}


def test_messages_of_a_return_that_was_erased_before_cannot_be_read_again(house: House) -> None:
    ((return_id,),) = rows("SELECT id FROM returns")
    erase(house.deployment, house.merchant_id, return_id)
    house.stand_in.act(lambda platform: platform.drop_off(next(iter(platform.returns))))
    house.listen()
    replay_messages(house.deployment, house.merchant_id, [id_ for (id_,) in rows("SELECT id FROM messages")])
    interpret(house.deployment)
    assert {state for (state,) in rows("SELECT state FROM messages")} == {"unreadable"}
