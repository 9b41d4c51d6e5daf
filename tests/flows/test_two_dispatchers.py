"""Two dispatchers at once on one connection, and hints that nobody gave: each effect is done once all the same."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from django.db import connection

from backhaul.flows.deployment import Deployment
from backhaul.flows.dispatch import dispatch
from backhaul.flows.interpret import interpret
from backhaul.flows.receive import incoming
from backhaul.flows.sweep import sweep
from backhaul.sdk.connector import Connector
from backhaul.sdk.outcomes import Found, Outcome, Task
from backhaul.store import effects, inbox
from backhaul.store.sql import atomic, rows
from tests.support.day import paid, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


class Counted:
    """The shop's ERP, slow enough for two to meet, counting who was asked to do what."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.done, self._lock = shop, Counter[str](), threading.Lock()
        self.inside = self.most_inside = 0
        link = shop.links["acme-erp"]
        link.connector = self.connector(link.connector)

    def connector(self, plain: Connector) -> Connector:
        return replace(
            plain,
            performs=tuple(replace(one, do=self.do) for one in plain.performs),
            concurrency=lambda _settings: 4,
        )

    def do(self, task: Task, _system: object, _found: Found) -> Outcome:
        with self._lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        time.sleep(0.005)
        with self._lock:
            self.inside -= 1
            self.done[task.key] += 1
            return self.shop.books.do(task)


def begin(shop: Shop, count: int) -> None:
    for number in range(count):
        one = parcel(shop, 2001 + number, "MUG")
        one.said("started")
        one.said("approved")
        one.refunded(paid(("MUG",)))


def test_two_dispatchers_never_do_one_effect_twice(shop: Shop) -> None:
    counted = Counted(shop)
    begin(shop, 8)
    together = threading.Barrier(2)
    broken: list[BaseException] = []

    def work(holder: str) -> None:
        try:
            together.wait(10)
            for _ in range(200):
                dispatch(shop.deployment, shop.links["acme-erp"], holder)
                if not effects.due_connections(shop.clock()):
                    return
        except BaseException as error:  # noqa: BLE001  the main thread tells of it
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"dispatcher-{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert set(counted.done.values()) == {1}
    assert not rows("SELECT key FROM effects WHERE standing IN ('due', 'unsure')")
    assert Counter(key.split(":")[0] for key in counted.done)["issue-credit-note"] == 8


def test_a_burst_is_worked_off_by_as_many_calls_at_once_as_the_connection_takes(shop: Shop) -> None:
    """Everything in transit is approved in one moment: all of it is owed, and none of it is hurried."""
    counted = Counted(shop)
    begin(shop, 24)
    for _ in range(200):
        dispatch(shop.deployment, shop.links["acme-erp"], "dispatcher")
        if not effects.due_connections(shop.clock()):
            break
    assert Counter(key.split(":")[0] for key in counted.done)["issue-credit-note"] == 24
    assert set(counted.done.values()) == {1}
    assert 1 < counted.most_inside <= 4


def test_what_no_hint_spoke_of_is_found_by_the_sweep(shop: Shop) -> None:
    """Every queue row is lost: nothing but the rows themselves says that there is work."""
    woken: list[str] = []
    deployment = _woken_by(shop.deployment, woken)
    one = parcel(shop, 3001, "MUG")
    link = shop.links["acme-happy"]
    body = b'{"event":"return_status_updated","typeID":"started","retailerID":"acme","otherEvents":[],"items":[%s]}'
    item = str({**one.items()[0]}).replace("'", '"').encode()
    with atomic():
        inbox.keep([incoming(deployment, link, body % item, {})], deployment.keys)
    for _ in range(6):
        woken.clear()
        sweep(deployment)
        for flow in tuple(woken):
            if flow == "interpret":
                interpret(deployment)
            else:
                dispatch(deployment, shop.links["acme-erp"], "worker", width=1)
    assert dict(rows("SELECT verb, standing FROM effects")) == {
        "look-up-order": "done",
        "open-return-authorisation": "done",
    }


def _woken_by(deployment: Deployment, woken: list[str]) -> Deployment:
    return replace(deployment, wake=woken.append)
