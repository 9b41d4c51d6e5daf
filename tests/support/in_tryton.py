"""A shop of a test whose books are a real Tryton's instead of those in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pydantic import SecretStr

from backhaul.connectors import tryton
from backhaul.connectors.tryton.settings import Site, TrytonSettings
from backhaul.flows.deployment import Link
from backhaul.sdk.wire import Wire
from tests.support.clerk import Till


def in_tryton(till: Till, books: Link, wire: Callable[[str, float], Wire]) -> Link:
    """The connection that takes the place of ``books``: the Tryton in which that till sells."""
    sells_in = till.office.shop
    settings = TrytonSettings(
        url=sells_in.url,
        database=sells_in.database,
        key=SecretStr(sells_in.key),
        login=sells_in.login,
        password=SecretStr(sells_in.password),
        sites={"BER1": Site()},
    )
    return replace(
        books, connector=tryton.connector, settings=settings, wire=lambda: wire(settings.url, settings.deadline_s)
    )
