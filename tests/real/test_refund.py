"""Scenario 1: one return from its start to its closed authorisation, read back from Tryton itself."""

from __future__ import annotations

import pytest

from backhaul.sandbox.happy_returns import Wanted
from backhaul.sandbox.tryton import TrytonShop
from tests.support.house import House, orders_of, tryton_table

pytestmark = pytest.mark.real


def test_a_return_goes_from_start_to_closed(db: object, tryton: TrytonShop) -> None:
    house = House.build(tryton_table(tryton), orders_of(tryton), policy={"refund_confirmation": "money"})
    number = next(n for n, o in sorted(tryton.orders.items()) if len(o["lines"]) == 1 and o["lines"][0]["quantity"] >= 2)
    sku = tryton.orders[number]["lines"][0]["sku"]
    return_ = house.stand_in.act(lambda p: p.start([Wanted(number, sku, 1)]))
    house.listen()
    print(house.standings(), house.open_exceptions())
    house.stand_in.act(lambda p: p.drop_off(return_.return_id))
    house.listen()
    print(house.returns(), house.balances())
    order = house.deployment
    from backhaul.store.sql import rows
    frozen = rows("SELECT frozen FROM orders WHERE number=%s", (number,))[0][0]
    line = frozen["lines"][0]
    from backhaul.store.codec import read_order
    from backhaul.domain.orders import shares
    share = shares(read_order(frozen).lines[0])[0]
    amount = share.net_minor + share.tax_minor - 100
    house.refund(number, amount, fee={"minor": 100, "currency": "USD"})
    print(house.standings(), house.open_exceptions())
    house.stand_in.act(lambda p: p.ship([return_.return_id]))
    house.listen()
    house.warehouse("receipt", number, [{"sku": sku, "received_total": 1}])
    house.warehouse("inspection", number, [{"sku": sku, "disposition": "sellable", "inspected_total": 1}])
    house.flush()
    print(house.standings()); print(house.open_exceptions()); print(house.balances()); print(house.returns())
    print(rows("SELECT verb, reference, why, attempts FROM effects"))
    print(rows("SELECT id, kind, state, why FROM messages"))
    assert house.returns()[0]["closed"]
