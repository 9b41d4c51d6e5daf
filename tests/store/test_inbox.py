"""What is kept of a message comes back as it came."""

from __future__ import annotations

from backhaul.store import inbox
from backhaul.store.inbox import Incoming
from backhaul.store.sql import atomic
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
