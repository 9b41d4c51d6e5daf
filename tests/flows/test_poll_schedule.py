"""A connection is polled as often as its configuration says, else as often as its connector thinks right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.poll import poll
from backhaul.sdk.connector import Connector, PollAnswer, PollRequest, Polls, Settings
from backhaul.store import merchants
from backhaul.store.seals import Keyring
from tests.support.house import Clock


@pytest.mark.parametrize(("poll_every", "expected"), [(None, 2), (timedelta(seconds=5), 5)])
def test_a_connections_own_schedule_takes_the_place_of_the_connectors(
    db: object, poll_every: timedelta | None, expected: int
) -> None:
    clock, asked = Clock(), []

    def ask(_system: object, request: PollRequest) -> PollAnswer:
        asked.append(request.now)
        return PollAnswer((), "")

    connector = Connector("asked", Settings, polls=(Polls("all", timedelta(seconds=20), ask),), connect=lambda *_: 1)
    merchant_id = merchants.keep("acme", "Acme", "UTC")
    row = merchants.keep_connection(merchant_id, "asked", connector.name, None)
    link = Link(row, "asked", merchant_id, connector, Settings(), lambda: None, poll_every=poll_every)  # type: ignore[arg-type,return-value]
    deployment = Deployment({"asked": link}, {}, Keyring(bytes(32)), clock.now)
    for _ in range(21):
        poll(deployment, link)
        clock.forward(seconds=1)
    assert len(asked) == expected
