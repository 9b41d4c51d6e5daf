"""Where more than a batch of messages waits, two interpreters read them at once: all comes out as with one."""

from __future__ import annotations

import json
import os
import random
import signal

import pytest
from django.db import Error, connection, transaction

from backhaul.flows.deployment import Deployment
from backhaul.flows.interpret import BATCH, interpret
from backhaul.flows.receive import incoming
from backhaul.project.interpreters import interpret_all, second_interpreter
from backhaul.store import inbox
from backhaul.store.seals import Keyring
from backhaul.store.sql import ended_deadlock, rows
from tests.support.day import parcel
from tests.support.shop import MORNING, Shop, Town

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
    with second_interpreter(two.deployment) as beside:
        interpret_all(two.deployment, beside)
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


def test_where_the_second_interpreter_was_killed_the_first_reads_alone(db: object) -> None:
    shop = Town().open("acme", "Acme")
    tell_unread(shop, 1)
    with second_interpreter(shop.deployment) as beside:
        os.kill(beside.submit(os.getpid).result(), signal.SIGKILL)
        interpret_all(shop.deployment, beside)
    assert not inbox.waiting(shop.deployment.connection_ids)


def test_the_second_interpreter_ends_with_a_worker_that_is_killed() -> None:
    """Told by the pipe that both hold: it ends when the last of them has."""
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reading)
        with second_interpreter(Deployment({}, {}, Keyring(bytes(32)), lambda: MORNING)):
            os.write(writing, b"two")
            signal.pause()
    os.close(writing)
    assert os.read(reading, 3) == b"two"
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert os.read(reading, 1) == b"", "both are gone"
    os.close(reading)
