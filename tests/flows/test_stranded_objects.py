"""What a flow of another system left behind is somebody's, object by object, once, and stays settled once it is."""

from __future__ import annotations

import json

import pytest

from backhaul.flows import left_behind
from backhaul.flows.decide import decide_returns
from backhaul.flows.replay import replay_message
from backhaul.flows.resolve import waive
from backhaul.store import registry
from backhaul.store.registry import Minted
from backhaul.store.sql import atomic, rows
from tests.support.day import parcel
from tests.support.left_behind import GHOST, SETTINGS, Watched, open_keys
from tests.support.shop import MORNING

_SHOWN = "SELECT kind, owner, about, cause, value::text, return_id, message_id IS NOT NULL FROM exceptions ORDER BY key"


def read_again(ground: Watched) -> None:
    ((message_id,),) = rows("SELECT id FROM messages WHERE kind = 'failed-run'")
    replay_message(ground.shop.deployment, ground.shop.merchant_id, message_id, "ann")
    ground.shop.read()


def test_each_object_of_a_failed_run_is_an_exception_of_operations_worth_what_it_is_worth(db: object) -> None:
    ground = Watched()
    ground.fail({"number": "SHOP-1", "total": 9}, GHOST)
    run = ground.world.runs.shown()[0].run_id
    shown = [(*row[:4], json.loads(row[4]), *row[5:]) for row in rows(_SHOWN)]
    named = "Connection: no product for GHOST-2"
    assert shown == [
        (
            "stranded-object", "operations", f"SHOP-1 of run {run} of flow 9",
            f"its run failed, and the log does not name it: {named}", [{"minor": 900, "currency": "USD"}], None, True,
        ),
        (
            "stranded-object", "operations", f"GHOST-2 of run {run} of flow 9", named,
            [{"minor": 2160, "currency": "USD"}], None, True,
        ),
    ]  # fmt: skip
    assert open_keys() == [f"stranded:acme-warehouse:run:{run}:1", f"stranded:acme-warehouse:run:{run}:2"]


def test_an_object_of_an_order_that_one_return_speaks_of_stands_at_that_return(db: object) -> None:
    ground = Watched()
    one = parcel(ground.shop, 1001, "MUG")
    one.said("started")
    ((order, return_id),) = rows("SELECT o.number, r.return_id FROM orders o JOIN return_orders r ON r.order_id = o.id")
    ground.unknown = {order.partition("-")[0]}
    ground.fail({"number": order, "total": 9})
    at = "SELECT return_id FROM exceptions WHERE kind = 'stranded-object' AND closed_at IS NULL"
    assert rows(at) == [(return_id,)]
    with atomic():
        decide_returns(ground.shop.deployment, [return_id])
    assert rows(at) == [(return_id,)]


def test_polled_or_read_again_there_is_one_exception_still(db: object) -> None:
    ground = Watched()
    ground.fail()
    before = rows("SELECT * FROM exceptions")
    assert ground.poll() == 0
    read_again(ground)
    assert rows("SELECT * FROM exceptions") == before


def test_what_a_person_waived_stays_closed_when_it_is_read_again(db: object) -> None:
    ground = Watched()
    ground.fail()
    waive(ground.shop.deployment, ground.shop.merchant_id, open_keys()[0], "ann", "entered by hand")
    read_again(ground)
    assert open_keys() == []
    assert rows("SELECT state FROM messages WHERE kind = 'failed-run'") == [("read",)]


def test_read_again_with_mended_settings_it_falls_into_objects(db: object) -> None:
    ground = Watched()
    ground.configure(watch={"9": {}})
    ground.fail({"number": "SHOP-1", "total": 9}, GHOST)
    assert [key[-2:] for key in open_keys()] == [":1"]
    ((about,),) = rows("SELECT about FROM exceptions")
    assert about.startswith("object 1 of run")
    ground.configure(**SETTINGS)
    read_again(ground)
    shown = rows("SELECT about, value::text FROM exceptions WHERE closed_at IS NULL ORDER BY key")
    assert [about.partition(" of ")[0] for about, _ in shown] == ["SHOP-1", "GHOST-2"]
    ground.configure(watch={"9": {}})
    read_again(ground)
    assert [key[-2:] for key in open_keys()] == [":1"]
    ground.configure(**SETTINGS)
    read_again(ground)
    assert [key[-2:] for key in open_keys()] == [":1", ":2"]


def test_beyond_the_most_that_are_told_one_by_one_the_rest_is_one_more(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_behind, "MOST", 2)
    ground = Watched()
    ground.fail(GHOST, *({"number": f"SHOP-{number}", "total": number} for number in range(1, 5)))
    *single, rest = sorted(open_keys(), key=lambda key: "rest" in key)
    assert len(single) == 2
    told = "SELECT about, value::text FROM exceptions WHERE key = %s"
    ((about, value),) = rows(told, (rest,))
    assert (about, json.loads(value)) == ("3 more objects", [{"minor": 900, "currency": "USD"}])
    ((why,),) = rows("SELECT why FROM messages WHERE kind = 'failed-run'")
    assert why.splitlines()[0] == "5 objects were left behind"
    assert "SHOP-4" not in why
    assert "and 1 more" in why
    with pytest.raises(ValueError, match="many objects at once"):
        ground.replay(rest)


def test_many_failed_runs_are_brought_without_waiting_for_the_next_poll(db: object) -> None:
    ground = Watched()
    for _ in range(45):
        ground.world.run(9, json.dumps({"orders": [GHOST]}).encode())
    assert ground.poll() == 45
    assert len(open_keys()) == 45


def test_a_return_that_joins_another_takes_what_was_left_behind_with_it(db: object) -> None:
    ground = Watched()
    ground.fail()
    scope, merchant = ground.shop.links["acme-happy"].id, ground.shop.merchant_id
    minted = [Minted(name, merchant, scope, name, None) for name in ("r-1", "r-2")]
    registry.mint(minted, MORNING)
    ((key,),) = rows("UPDATE exceptions SET return_id = 'r-2' RETURNING key")
    assert registry.link("r-1", "r-2") == ("r-1", "r-2")
    assert rows("SELECT key, return_id, closed_at FROM exceptions") == [(key, "r-1", None)]
