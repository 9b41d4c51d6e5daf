"""Where more than a batch of messages waits, two interpreters read them at once: all comes out as with one."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import Error, connection, transaction

from backhaul.flows.interpret import BATCH, interpret
from backhaul.flows.receive import incoming
from backhaul.project.worker import interpret_all
from backhaul.store import inbox
from backhaul.store.sql import ended_deadlock, rows
from tests.support.day import parcel
from tests.support.shop import Shop, Town

RETURNS = 60


def tell_unread(shop: Shop, seed: int) -> int:
    """All that is said of some returns, nothing in its order, so that both interpreters have something of each."""
    link = shop.links[f"{shop.name}-happy"]
    parcels = [parcel(shop, 4001 + number, "MUG", "SHIRT-M") for number in range(RETURNS)]
    said = [(one, word) for one in parcels for word in ("started", "dropped_off", "approved", "expired")]
    random.Random(seed).shuffle(said)
    body = {"event": "return_status_updated", "retailerID": shop.name, "otherEvents": []}
    every = [
        incoming(shop.deployment, link, json.dumps({**body, "typeID": word, "items": one.items()}).encode(), {})
        for one, word in said
    ]
    inbox.keep(every, shop.deployment.keys)
    return len(every)


def hang_up() -> None:
    """Close this thread's connection."""
    connection.close()


def known(shop: Shop) -> dict[str, list[tuple[str, int]]]:
    """How many returns, facts, orders and effects of each sort the merchant has."""
    mine = "FROM facts f JOIN returns r ON r.id = f.return_id WHERE r.merchant_id = %s"
    return {
        "facts": rows(f"SELECT kind, count(*) {mine} GROUP BY 1 ORDER BY 1", (shop.merchant_id,)),
        "told of": rows(f"SELECT 'returns', count(DISTINCT r.id) {mine}", (shop.merchant_id,)),
        "effects": rows(
            "SELECT verb || ' ' || standing, count(*) FROM effects WHERE merchant_id = %s GROUP BY 1 ORDER BY 1",
            (shop.merchant_id,),
        ),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_two_interpreters_make_of_messages_what_one_would(db: object, seed: int) -> None:
    town = Town()
    one, two = town.open("acme", "Acme"), town.open("bolt", "Bolt")
    tell_unread(one, seed)
    while interpret(one.deployment):
        pass
    assert tell_unread(two, seed) > BATCH
    with ThreadPoolExecutor(1) as beside:
        interpret_all(two.deployment, beside)
        beside.submit(hang_up)
    assert not inbox.waiting(two.deployment.connection_ids)
    assert rows("SELECT state, count(*) FROM messages GROUP BY 1") == [("read", RETURNS * 8)]
    assert known(two) == known(one)
    assert known(two)["told of"] == [("returns", RETURNS)]


def test_an_end_of_a_deadlock_is_told_from_a_database_that_is_away(db: object) -> None:
    with pytest.raises(Error) as deadlock, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = 'deadlock_detected'; END $$")
    with pytest.raises(Error) as away, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = 'admin_shutdown'; END $$")
    assert ended_deadlock(deadlock.value)
    assert not ended_deadlock(away.value)
