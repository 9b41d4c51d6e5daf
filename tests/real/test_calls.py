"""What the page of calls says of Tryton is what a real one is asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.conformance import Play
from tests.support.counted import calls_of, told
from tests.support.one_return import whole_return, withdrawn_return

pytestmark = pytest.mark.real


def test_tryton_is_asked_as_often_as_the_page_says(fresh_tryton: Callable[[], TrytonShop]) -> None:
    shop = fresh_tryton()
    given = {name: getattr(shop, name) for name in ("url", "database", "key", "login", "password")}
    orders = iter([number for number, sold in sorted(shop.orders.items()) if sold["lines"][0]["quantity"] >= 2])
    numbers = itertools.count()

    def story(do: Play) -> None:
        whole_return(do, f"N{next(numbers)}", next(orders))
        withdrawn_return(do, f"N{next(numbers)}", next(orders))

    found = calls_of(connector, TrytonSettings.model_validate(given), story)
    assert found == told("Tryton")
