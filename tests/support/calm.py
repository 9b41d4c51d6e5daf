"""Waiting until a deployment has nothing left to do, and what a return must have left in a real Tryton by then."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from backhaul.sandbox.fault_proxy import Request, Rule
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.house import House
from tests.support.steps import drop_off, inspect, receive, ship, start

_OPEN = "SELECT count(*) FROM effects WHERE standing IN ('due', 'unsure') AND connection_id IS NOT NULL"


@dataclass(slots=True)
class EachOnce(Rule):
    """Befalls every change the first time it is sent, so that each has to be tried at least twice."""

    met: set[tuple[str, ...]] = field(default_factory=set)

    def strikes(self, request: Request, dice: random.Random) -> bool:
        if request.method == "GET" or (name := _name(request)) in self.met:
            return False
        self.met.add(name)
        self.struck += 1
        return True


def _name(request: Request) -> tuple[str, ...]:
    """What the request is for; a wizard's number in it is another each time."""
    if not request.path.endswith("/rpc/"):
        return request.method, request.path
    told = json.loads(request.body)
    return told["method"], *(one for one in told["params"] if isinstance(one, str))


@dataclass(slots=True)
class Nth(Rule):
    """Befalls one request that changes something, the ``nth`` from 0; reading goes on undisturbed."""

    nth: int = 0

    def strikes(self, request: Request, dice: random.Random) -> bool:
        if request.method == "GET":
            return False
        self.seen += 1
        if self.seen != self.nth + 1:
            return False
        self.struck += 1
        return True


def calm(house: House, *, at_once: bool = True, limit_s: float = 60.0) -> None:
    """Work until nothing is due or unsure. The house's clock leaps to what waits, or goes with the wall's."""
    until = time.monotonic() + limit_s
    while True:
        house.work()
        ((waiting,),) = rows(_OPEN)
        if not waiting:
            return
        assert time.monotonic() < until, f"still not done: {house.standings()}, {house.open_exceptions()}"
        if at_once:
            house.clock.forward(minutes=5)
        else:
            time.sleep(0.1)
            house.clock.forward(seconds=0.1)


@dataclass(frozen=True, slots=True)
class Told:
    """A return of two belts that was told to the end: what the shop had before, and what was paid back."""

    order: str
    stock: dict[str, int]
    documents: Counter[str]
    minor: int = 3140


MODELS = ("sale.sale", "account.invoice", "account.move", "stock.shipment.out.return", "stock.shipment.internal")


def documents(office: BackOffice) -> Counter[str]:
    """How many of each kind of document the shop has."""
    return Counter({model: len(office.find(model, [])) for model in MODELS})


def before(office: BackOffice, order: str) -> Told:
    return Told(order, office.stock("BELT-90"), documents(office))


def tell_two_belts(house: House, told: Told, **pause: bool) -> None:
    """A return of two belts, a fee of a dollar, one belt damaged and one sellable; work is done as far as it goes."""
    return_id = start(house, told.order, BELT_90=2)
    drop_off(house, return_id)
    house.refund(told.order, told.minor, fee={"minor": 100, "currency": "USD"})
    ship(house, return_id)
    calm(house, **pause)
    receive(house, told.order, BELT_90=2)
    calm(house, **pause)
    inspect(house, told.order, "BELT-90", {"damaged": 1, "sellable": 1})
    calm(house, **pause)
    house.flush()
    calm(house, **pause)


def has_one_of_each(office: BackOffice, told: Told) -> None:
    """Read back from Tryton itself: one document of each kind, the money that moved, every belt in its place."""
    made = documents(office) - told.documents
    # The moves are the credit note's and its payment's.
    assert made == {
        "sale.sale": 1,
        "account.invoice": 1,
        "account.move": 2,
        "stock.shipment.out.return": 1,
        "stock.shipment.internal": 2,
    }
    (sale,) = office.return_sales(told.order)
    assert (sale.state, sale.units) == ("done", {"BELT-90": 2})
    assert [(one.state, one.units) for one in sale.shipments] == [("done", {"BELT-90": 2})]
    (note,) = office.credit_notes(told.order)
    money = Decimal(told.minor) / 100
    assert (note.state, note.total, note.paid) == ("paid", -money, money)
    assert office.moved("BELT-90", told.stock) == {"CUS": -2, "DAMAGED": 1, "STO": 1}
