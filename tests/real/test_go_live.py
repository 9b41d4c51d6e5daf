"""Scenario 5, second half: going live on a shop where people settled returns by hand; nothing is made a second time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from backhaul.sandbox.happy_returns import Wanted
from backhaul.sandbox.tryton import TrytonShop
from tests.support.back_office import BackOffice
from tests.support.calm import calm, documents
from tests.support.clerk import Till
from tests.support.house import START, House, tryton_table
from tests.support.steps import at_rest, drop_off, inspect, receive, ship, start
from tests.support.tryton_hands import Hands

pytestmark = pytest.mark.real

Build = Callable[..., House]


@pytest.fixture
def build_live(db: object, market: TrytonShop, till: Till) -> Build:
    """`build_live(days)`: a deployment that goes live so many days after the shoppers start their returns."""

    def build(days: float = 1) -> House:
        return House.build(tryton_table(market, go_live_at=START + timedelta(days=days)), till.orders)

    return build


@pytest.fixture(scope="module")
def hands(market: TrytonShop) -> Iterator[Hands]:
    hands = Hands(market)
    yield hands
    hands.close()


def tell_all(house: House, order: str, minor: int) -> None:
    """All there is to hear of a return of two belts, whoever worked on it before."""
    return_id = start(house, order, BELT_90=2)
    drop_off(house, return_id)
    house.refund(order, minor)
    ship(house, return_id)
    receive(house, order, BELT_90=2)
    inspect(house, order, "BELT-90", {"sellable": 2})
    house.flush()
    calm(house)


def by_hand(hands: Hands, office: BackOffice, order: str, *, received: bool, credited: bool, paid: bool) -> int:
    """A person returns the whole order, and goes on as far as this one got."""
    sale = hands.return_whole_order(order)
    if received:
        hands.receive(sale, "STO")
    if credited:
        note = hands.post_credit_note(sale)
        if paid:
            hands.pay(note)
    return sale


def test_a_return_settled_by_hand_is_adopted_whole(
    build_live: Build, hands: Hands, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    by_hand(hands, office, order, received=True, credited=True, paid=True)
    made, stock = documents(office), office.stock("BELT-90")
    house = build_live()
    tell_all(house, order, _credited(office, order))
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {}
    assert house.open_exceptions() == []
    assert at_rest(house, order)


def test_a_return_credited_by_hand_is_not_credited_again_and_what_is_missing_is_a_persons_to_do(
    build_live: Build, hands: Hands, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    by_hand(hands, office, order, received=False, credited=True, paid=False)
    made, stock = documents(office), office.stock("BELT-90")
    house = build_live()
    tell_all(house, order, _credited(office, order))
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {}
    assert {kind for kind, _ in house.open_exceptions()} == {"before-go-live"}


def test_a_return_received_by_hand_is_neither_received_nor_credited_by_us(
    build_live: Build, hands: Hands, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    by_hand(hands, office, order, received=True, credited=False, paid=False)
    made, stock = documents(office), office.stock("BELT-90")
    house = build_live()
    tell_all(house, order, 3240)
    assert documents(office) == made
    assert office.moved("BELT-90", stock) == {}
    assert {kind for kind, _ in house.open_exceptions()} == {"before-go-live"}


def test_an_older_return_nobody_has_worked_on_is_an_exception_and_not_made(
    build_live: Build, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    made = documents(office)
    house = build_live()
    tell_all(house, order, 3240)
    assert documents(office) == made
    assert {kind for kind, _ in house.open_exceptions()} >= {"before-go-live"}


def test_a_return_begun_after_go_live_is_made_beside_one_by_hand(
    build_live: Build, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    house = build_live(days=-1)
    tell_all(house, order, 3240)
    (sale,) = office.return_sales(order)
    (note,) = office.credit_notes(order)
    assert (sale.state, note.state, note.total) == ("done", "paid", Decimal("-32.40"))
    assert at_rest(house, order)


def unstarted(house: House, order: str) -> None:
    """The platform's first word of the return is that it was dropped off: the start went astray."""
    return_ = house.stand_in.act(lambda p: p.start([Wanted(order, "BELT-90", 2)]))
    house.webhooks()
    house.stand_in.act(lambda p: p.drop_off(return_.return_id))
    bodies = [body for body in house.webhooks() if json.loads(body).get("typeID") != "started"]
    for body in bodies:
        house.post("happy-returns", body)
    house.work()


def test_a_return_of_unknown_age_is_adopted_where_a_person_made_it_and_the_rest_is_not_made(
    build_live: Build, hands: Hands, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    by_hand(hands, office, order, received=False, credited=False, paid=False)
    made = documents(office)
    house = build_live(days=-1)
    unstarted(house, order)
    house.refund(order, 3240)
    calm(house)
    assert documents(office) == made
    assert {kind for kind, _ in house.open_exceptions()} == {"before-go-live"}


def test_a_return_of_unknown_age_that_nobody_made_is_made_by_us(
    build_live: Build, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    house = build_live(days=-1)
    unstarted(house, order)
    calm(house)
    (sale,) = office.return_sales(order)
    assert (sale.state, sale.units) == ("processing", {"BELT-90": 2})
    assert house.open_exceptions() == []


def _credited(office: BackOffice, order: str) -> int:
    """What the people credited, minor units: all of the order."""
    return -int(sum(note.total for note in office.credit_notes(order)) * 100)
