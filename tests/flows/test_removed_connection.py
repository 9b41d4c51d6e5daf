"""A connection taken out of the configuration: what belongs to it waits, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

from backhaul.flows.interpret import interpret
from backhaul.flows.sweep import sweep
from backhaul.sandbox.happy_returns import Order, OrderLine, Wanted
from backhaul.store.sql import rows
from tests.support.house import House

ORDER = Order("SHOP-1", "1", "jane@example.com", (OrderLine("11", "MUG", 1),))


def test_messages_of_a_removed_connection_wait_until_it_is_back(db: object) -> None:
    house = House.build(None, [ORDER])
    house.stand_in.act(lambda platform: platform.start([Wanted("SHOP-1", "MUG")]))
    (body,) = house.webhooks()
    house.post("happy-returns", body)
    whole = house.deployment
    without = replace(whole, links={name: link for name, link in whole.links.items() if name != "happy-returns"})
    assert interpret(without) == 0
    sweep(without)
    assert rows("SELECT state FROM messages") == [("waiting",)]
    assert interpret(whole) == 1
    assert rows("SELECT state FROM messages") == [("read",)]
