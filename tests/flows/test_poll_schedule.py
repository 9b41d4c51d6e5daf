"""A connection is polled as often as its configuration says, else as often as its connector thinks right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.poll import poll
from backhaul.sdk.connector import Connector, PollAnswer, PollRequest, Polls, Settings
from backhaul.store import merchants
from backhaul.store.seals import Keyring
from tests.support.house import Clock


def polling(clock: Clock, ask: Callable[[object, PollRequest], PollAnswer], **more: Any) -> tuple[Deployment, Link]:
    """A deployment with one connection that is polled so."""
    connector = Connector("asked", Settings, polls=(Polls("all", timedelta(seconds=20), ask),), connect=lambda *_: 1)
    merchant_id = merchants.keep("acme", "Acme", "UTC")
    row = merchants.keep_connection(merchant_id, "asked", connector.name, None)
    link = Link(row, "asked", merchant_id, connector, Settings(), lambda: None, **more)  # type: ignore[arg-type,return-value]
    return Deployment({"asked": link}, {}, Keyring(bytes(32)), clock.now), link


@pytest.mark.parametrize(("poll_every", "expected"), [(None, 2), (timedelta(seconds=5), 5)])
def test_a_connections_own_schedule_takes_the_place_of_the_connectors(
    db: object, poll_every: timedelta | None, expected: int
) -> None:
    clock, asked = Clock(), []

    def ask(_system: object, request: PollRequest) -> PollAnswer:
        asked.append(request.now)
        return PollAnswer((), "")

    deployment, link = polling(clock, ask, poll_every=poll_every)
    for _ in range(21):
        poll(deployment, link)
        clock.forward(seconds=1)
    assert len(asked) == expected


def test_where_there_is_more_it_is_asked_again_at_once_but_not_without_end(db: object) -> None:
    clock, asked = Clock(), []

    def ask(_system: object, request: PollRequest) -> PollAnswer:
        asked.append(request.cursor)
        last = len(asked) == 25
        return PollAnswer((), str(len(asked)), again_at_once=not last)

    deployment, link = polling(clock, ask)
    seen = []
    for _ in range(4):
        poll(deployment, link)
        seen.append(len(asked))
        clock.forward(seconds=5)
    assert seen == [10, 20, 25, 25]
    assert asked[:3] == ["", "1", "2"]


def test_who_says_that_there_is_more_and_gets_no_further_waits_for_the_next_time(db: object) -> None:
    clock, asked = Clock(), []

    def ask(_system: object, request: PollRequest) -> PollAnswer:
        asked.append(request.now)
        return PollAnswer((), "here", again_at_once=True)

    deployment, link = polling(clock, ask)
    poll(deployment, link)
    poll(deployment, link)
    assert len(asked) == 2
