"""Patchworks in the real flows: a flow does what is owed, once; a failed run of another is somebody's, and stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backhaul.connectors.patchworks import connector
from backhaul.connectors.patchworks.objects import alone
from backhaul.connectors.patchworks.payloads import KEY_FIELD
from backhaul.flows.deployment import Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.poll import poll
from backhaul.flows.resolve import retry
from backhaul.sandbox.patchworks import Fault, Flow, ObjectFailed, StandIn
from backhaul.store.seals import Sealed
from backhaul.store.sql import rows
from tests.support.day import parcel
from tests.support.patchworks import connected, settings_of
from tests.support.shop import MORNING, Shop, Town

SETTINGS: dict[str, Any] = {
    "flows": {"announce-return": {"flow": 7}},
    "watch": {"9": {"objects": "/orders", "name": "/number", "value": "/total", "currency": "USD"}},
}


class Ground:
    """A shop whose warehouse only Patchworks is connected to."""

    def __init__(self, **more: Any) -> None:
        self.shop: Shop = Town().open("acme", "Acme")
        self.world = StandIn([Flow(7, **more), Flow(9, work=_refuse_ghosts)], start_at=MORNING, per_minute=10**6)
        self.link: Link = self.shop.links["acme-warehouse"]
        self.link.connector, self.link.settings = connector, settings_of(**SETTINGS)
        self.link._system = connected(self.world, **SETTINGS)
        policies = self.shop.deployment.policies.said  # type: ignore[attr-defined]
        policies[self.shop.merchant_id] = replace(policies[self.shop.merchant_id], announce_on="drop-off")

    def forward(self, minutes: float) -> None:
        self.shop.clock.at += timedelta(minutes=minutes)
        self.world.clock.advance(minutes * 60)

    def work(self, times: int = 3) -> None:
        """All that is due is done, and looked at again as time goes by."""
        for _ in range(times):
            self.shop.work()
            dispatch(self.shop.deployment, self.link, "test", width=1)
            self.forward(11)

    def hand_in(self) -> None:
        one = parcel(self.shop, 1001, "MUG", "SHIRT-M")
        one.said("started")
        one.said("dropped off")

    def announced(self) -> list[str]:
        return [json.loads(body)[KEY_FIELD] for body in self.world.runs.bodies()]

    def poll(self) -> int:
        new = poll(self.shop.deployment, self.link, now_already=True)
        self.shop.read()
        return new


def _refuse_ghosts(content: Any) -> None:
    ghosts = [one["number"] for one in content["orders"] if one["number"].startswith("GHOST")]
    if ghosts:
        raise ObjectFailed(f"no product for {ghosts[0]}")


def problems() -> list[tuple[str, str, str]]:
    found = rows("SELECT kind, owner, cause FROM exceptions WHERE closed_at IS NULL ORDER BY kind")
    return [(kind, owner, cause) for kind, owner, cause in found]


def standing() -> list[tuple[str, str]]:
    return [(one, ref) for one, ref in rows("SELECT standing, reference FROM effects WHERE verb = 'announce-return'")]


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.ERROR_AFTER, Fault.ERROR, Fault.THROTTLE])
def test_whatever_becomes_of_the_answer_a_flow_is_started_once(db: object, fault: Fault) -> None:
    ground = Ground()
    ground.world.faults.ask(fault, "start/raw")
    ground.hand_in()
    ground.work(4)
    (run,) = ground.world.runs.shown()
    assert standing() == [("done", str(run.run_id))]
    assert (len(ground.announced()), problems()) == (1, [])


def test_while_its_run_goes_on_nothing_is_done_and_nothing_is_started_again(db: object) -> None:
    ground = Ground(seconds=1500.0)
    ground.hand_in()
    ground.work(2)
    assert [one for one, _ in standing()] == ["unsure"]
    ground.work(3)
    assert [one for one, _ in standing()] == ["done"]
    assert len(ground.announced()) == 1


def test_a_failed_run_is_somebodys_until_its_retry_in_patchworks_has_finished(db: object) -> None:
    closed = [True]

    def work(_content: Any) -> None:
        if closed:
            raise ObjectFailed("the warehouse is closed")

    ground = Ground(work=work)
    ground.hand_in()
    ground.work(3)
    ((kind, _, cause),) = problems()
    assert kind == "not-announced"
    assert "the warehouse is closed" in cause
    closed.clear()
    again = ground.world.runs.retry(ground.world.runs.shown()[0].run_id)
    ((key,),) = rows("SELECT key FROM exceptions WHERE closed_at IS NULL")
    retry(ground.shop.deployment, ground.shop.merchant_id, key, "ann")
    ground.work(2)
    assert standing() == [("done", str(again.run_id))]
    assert (len(ground.announced()), problems()) == (2, [])


def test_after_72_hours_nobody_can_look_and_nothing_is_started_again(db: object) -> None:
    ground = Ground()
    ground.world.faults.ask(Fault.CUT, "start/raw")
    ground.hand_in()
    ground.shop.work()
    dispatch(ground.shop.deployment, ground.link, "test", width=1)
    ground.forward(73 * 60)
    ground.work(2)
    ((kind, _, cause),) = problems()
    assert kind == "not-announced"
    assert "keeps payloads for 72 h" in cause
    assert len(ground.announced()) == 1


def test_each_object_of_a_failed_run_is_on_record_and_can_be_run_again_after_patchworks_forgot_it(db: object) -> None:
    ground = Ground()
    orders = [{"number": "SHOP-1", "total": 9}, {"number": "GHOST-2", "total": 21.6}]
    ground.world.run(9, json.dumps({"orders": orders}).encode())
    assert (ground.poll(), ground.poll()) == (1, 0)
    assert [(kind, owner) for kind, owner, _ in problems()] == [("stranded-object", "operations")] * 2
    assert any(cause == "Connection: no product for GHOST-2" for _, _, cause in problems())
    ground.forward(8 * 24 * 60)
    assert ground.world.runs.shown() == []
    ((body, seal),) = rows("SELECT body, seal FROM messages WHERE kind = 'failed-run'")
    kept = ground.shop.deployment.keys.open(Sealed(bytes(body), bytes(seal)))
    taken: list[Any] = []
    ground.world.deploy(Flow(9, work=taken.append))
    settings = settings_of(**SETTINGS)
    ground.link.system.start_raw(
        settings.flows["announce-return"].model_copy(update={"flow": 9}), alone(kept, settings, 2)
    )
    assert taken == [{"orders": [orders[1]]}]
