"""Counts the calls that each effect of a story takes, as a dispatcher does it the first time."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from backhaul.sdk.conformance import Play
from backhaul.sdk.connector import Connector, Performs
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Task
from backhaul.sdk.wire import Wire

PAGE = Path(__file__).parents[2] / "docs/reference/calls.md"


class Counting(httpx.BaseTransport):
    """Passes requests on and counts them."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.calls = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def calls_of(
    connector: Connector, settings: Any, story: Callable[[Play], None], *, warm: bool = True
) -> dict[str, int]:
    """Calls per verb when it is done for the first time, of several of a verb the dearest. The story was played before,
    so that what does not change is known."""
    transport = Counting()
    found: dict[str, int] = {}

    def attempt(performs: Performs, task: Task, play: Play) -> Done:
        before = transport.calls
        look: Found = performs.find(task, play.system) if performs.irrevocable else Absent()
        assert not isinstance(look, Done | Ambiguous)
        done = performs.do(task, play.system, look)
        assert isinstance(done, Done), f"{task.key} came to {done}"
        verb = task.effect.verb
        found[verb] = max(found.get(verb, 0), transport.calls - before)
        return done

    assert connector.connect is not None
    wire = Wire(connector.address(settings), transport=transport, deadline_s=60)
    with closing(connector.connect(settings, wire)) as system:
        for _ in range(2):
            found.clear()
            story(Play(connector, system, attempt))
    return found


def told(system: str) -> dict[str, int]:
    """What the page says each effect takes of that system."""
    section = PAGE.read_text().partition(f"## {system}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", section, re.MULTILINE)
    return {verb: int(calls) for verb, calls, _ in rows}
