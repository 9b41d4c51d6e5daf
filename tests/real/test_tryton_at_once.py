"""Many returns at once on one Tryton: whoever finds it locked looks again, and each return has one of each document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from backhaul.domain import effects as e
from backhaul.sandbox.tryton import TrytonShop
from tests.support.tryton_story import Story, connect, persist

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_many_returns_at_once_have_one_of_each(fresh_tryton: Callable[[], TrytonShop]) -> None:
    shop = fresh_tryton()

    def play(number: str) -> list[str]:
        with closing(connect(shop)) as system:
            story = Story(system, number, f"at-once-{number}")
            line = story.line(shop.orders[number]["lines"][0]["sku"], 1)
            opened = story.authorisation(line)
            note = story.credit(opened, f"re-{number}", line)
            effects: list[e.Effect] = [
                opened, note, story.receipt(opened, line), story.put_away("damaged", "DAMAGED", line),
                story.refund(note), story.close(opened),
            ]  # fmt: skip
            for effect in effects:
                persist(story, effect)
            return [e.key(effect) for effect in effects[:4]]

    with ThreadPoolExecutor(4) as pool:
        keys = {key for made in pool.map(play, list(shop.orders)[:6]) for key in made}
    found: Counter[str] = Counter()
    with closing(connect(shop)) as system:
        for model in ("sale.sale", "account.invoice", "stock.shipment.out.return", "stock.shipment.internal"):
            found.update(
                one["reference"] for one in system.search(model, [], ["reference"]) if one["reference"] in keys
            )
        assert {sale["state"] for sale in system.search("sale.sale", [["origin", "!=", None]], ["state"])} == {"done"}
    assert found == Counter(keys)
