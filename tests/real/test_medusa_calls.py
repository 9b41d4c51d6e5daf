"""How many calls each effect takes at a real Medusa is what the reference page says."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from backhaul.connectors.medusa import connector
from backhaul.domain import effects as e
from backhaul.sandbox.medusa import Medusa
from backhaul.sdk.conformance import Play
from backhaul.sdk.connector import Performs
from backhaul.sdk.outcomes import Absent, Done, Task
from tests.support.medusa_story import connected
from tests.support.storefront_story import Sold, exchanged_return, flushed, storefront_return

pytestmark = [pytest.mark.real, pytest.mark.slow]
PAGE = (Path(__file__).parents[2] / "docs/reference/medusa.md").read_text()


class Counting(httpx.BaseTransport):
    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def said() -> dict[str, str]:
    """Verb to calls and changes, as the page's table has them."""
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    return dict(rows)


def test_each_effect_takes_as_many_calls_as_the_page_says(medusa: Medusa) -> None:
    counting = Counting()
    taken: dict[str, str] = {}
    order = medusa.shop.orders["SHOP-1005"]

    def attempt(performs: Performs, task: Task, play: Play) -> Done:
        counting.methods.clear()
        found = performs.find(task, play.system) if performs.irrevocable else Absent()
        assert isinstance(found, Absent)
        done = performs.do(task, play.system, found)
        assert isinstance(done, Done)
        changes = sum(method != "GET" for method in counting.methods)
        taken.setdefault(performs.effect.verb, f"{len(counting.methods)}, {changes}")
        return done

    with connected(medusa.shop, transport=counting) as system:
        do = Play(connector, system, attempt)
        number = str(order.display_id)
        do(e.LookUpOrder("one", number))  # also finds out the order's id, once
        taken.clear()
        do(e.LookUpOrder("two", number))
        sold = Sold(number, "SHIRT-M", 2160, "USD", "SHIRT-L", order.lines[0])
        storefront_return(do, "three", sold)
        exchanged_return(do, "four", sold)
        flushed(do, "five", sold)
    assert {verb: said()[verb].split(" (")[0] for verb in taken} == taken
