"""What keeps an effect from being done twice when backups, leases, claims and decisions cross."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection

from backhaul.flows.decide import lock
from backhaul.flows.sweep import sweep
from backhaul.sdk import lease
from backhaul.sdk.wire import Wire
from backhaul.store import effects, returns
from backhaul.store.sql import atomic, rows, run
from tests.support.day import Parcel, paid, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


@pytest.fixture
def authorised(shop: Shop) -> Parcel:
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    shop.work()
    return one


def test_what_a_backup_had_never_attempted_is_looked_for_after_the_restore(shop: Shop, authorised: Parcel) -> None:
    authorised.received()
    ((key,),) = rows("SELECT key FROM effects WHERE verb = 'receive-return' AND attempts = 0")
    shop.books.made[key] = "IN-of-the-lost-day"
    run("UPDATE deployments SET epoch = epoch + 1")
    shop.work()
    assert rows("SELECT standing, reference FROM effects WHERE key = %s", (key,)) == [("done", "IN-of-the-lost-day")]


def test_the_age_of_a_return_is_learned_although_others_spoke_of_it_first(shop: Shop) -> None:
    one = parcel(shop, 1002, "MUG")
    one.said("dropped_off")
    assert rows("SELECT initiated_at FROM returns") == [(None,)]
    one.said("started")
    ((began,),) = rows("SELECT initiated_at FROM returns")
    assert began is not None


def claim(shop: Shop, limit: int) -> list[str]:
    now = shop.clock()
    link = shop.links["acme-erp"]
    claimed = effects.claim(link.id, "test", limit, now, now + timedelta(minutes=2), link.grace)
    return [one.key for one in claimed]


def test_effects_of_one_order_wait_for_the_one_that_is_under_way(shop: Shop, authorised: Parcel) -> None:
    authorised.said("dropped_off")
    authorised.said("approved")
    authorised.refunded(paid(("MUG",)))
    authorised.received()
    assert len(rows("SELECT 1 FROM effects WHERE standing = 'due' AND connection_id IS NOT NULL")) == 2
    assert len(claim(shop, 1)) == 1
    assert claim(shop, 1) == []


def test_nobody_claims_what_is_being_decided_otherwise(shop: Shop, authorised: Parcel) -> None:
    authorised.received()
    ((return_id,),) = rows("SELECT id FROM returns")
    seen: list[list[str]] = []

    def another() -> None:
        try:
            seen.append(claim(shop, 10))
        finally:
            connection.close()

    with atomic():
        lock([return_id])
        thread = threading.Thread(target=another)
        thread.start()
        thread.join(10)
    assert seen == [[]]
    assert len(claim(shop, 10)) == 1


def test_a_return_that_cannot_be_decided_keeps_no_other_from_it(shop: Shop, authorised: Parcel) -> None:
    other = parcel(shop, 1003, "MUG")
    other.said("started")
    shop.work()
    ids = {label: id_ for id_, label in rows("SELECT id, label FROM returns")}
    run(
        "INSERT INTO facts (return_id, kind, body, digest, recorded_at) VALUES (%s, 'NoSuchFact', '{}', 'x', now())",
        (ids[authorised.express],),
    )
    returns.leave_undecided(ids.values())
    sweep(shop.deployment)
    assert returns.undecided(10) == [ids[authorised.express]]
    found = rows("SELECT kind, return_id FROM exceptions WHERE closed_at IS NULL")
    assert found == [("undecided", ids[authorised.express])]


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the paths it was asked for."""
    paths: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """A test looks at answers."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", paths
        server.shutdown()


def test_a_process_that_was_stopped_while_it_connected_sends_nothing_any_more(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    wire = Wire(address, deadline_s=5)
    ticks = iter([0.0, 100.0])
    with lease.under(lease.Lease(60.0, lambda: next(ticks))), pytest.raises(lease.LeaseTooShort):
        wire.get("/late")
    assert paths == []
    with lease.under(lease.Lease(60.0, lambda: 0.0)):
        wire.get("/in-time")
    assert paths == ["/in-time"]
    wire.close()
