"""What is kept of a message comes back as it came."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from backhaul.store import inbox
from backhaul.store.inbox import Incoming
from backhaul.store.sql import atomic, rows
from tests.support.shop import MORNING, Town


def test_a_claimed_message_has_its_body_and_the_headers_that_were_kept(db: object) -> None:
    shop = Town().open("acme", "Acme")
    link = shop.links["acme-money"]
    sent = Incoming(link.id, b"{}", MORNING, "refund", {"x-delivery": "d-1", "x-topic": "refunds/create"})
    inbox.keep([sent], shop.deployment.keys)
    with atomic():
        (kept,) = inbox.claim(10, [link.id])
    assert kept.headers == sent.headers
    assert shop.deployment.keys.open(kept.sealed) == b"{}"
    assert (kept.kind, kept.received_at) == ("refund", MORNING)


def test_a_message_that_comes_twice_at_the_same_moment_is_kept_once(db: object) -> None:
    """The second is told before the first is committed: it waits, and is the same."""
    shop = Town().open("acme", "Acme")
    sent = Incoming(shop.links["acme-money"].id, b"{}", MORNING)

    def keep() -> tuple[int, bool]:
        try:
            (kept,) = inbox.keep([sent], shop.deployment.keys)
            return kept
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        with atomic():
            (first,) = inbox.keep([sent], shop.deployment.keys)
            second = beside.submit(keep)
            _until_it_waits(second)
        assert second.result(10) == (first[0], False)
    assert first[1]
    assert rows("SELECT id, seen FROM messages") == [(first[0], 2)]


def _until_it_waits(second: Future[tuple[int, bool]]) -> None:
    end = time.monotonic() + 10
    while rows("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert not second.done(), "it did not wait for the first"
        assert time.monotonic() < end
        time.sleep(0.01)
