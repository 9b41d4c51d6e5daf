"""Speaks the simulated storefront's API over the SDK's own wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from backhaul.sdk.signed import SignedSettings
from backhaul.sdk.wire import Wire
from backhaul.simulation.storefront.things import Record


class FrontSettings(SignedSettings):
    """Where it is, the key it wants, and what it signs its news with."""

    base_url: str = "http://storefront.simulated"
    token: SecretStr


class Shopfront:
    """One connected storefront. Every call raises what the wire raises. ``now`` is our clock."""

    def __init__(self, settings: FrontSettings, wire: Wire) -> None:
        self._wire = wire
        self._headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def order(self, number: str) -> Record:
        found: Record = self._get(f"/orders/{number}")
        return found

    def one(self, kind: str, number: str) -> Record:
        """A return or an exchange order by its id."""
        found: Record = self._get(f"/{kind}/{number}")
        return found

    def of_order(self, kind: str, number: str) -> list[Record]:
        """The order's returns, refunds or exchanges."""
        found: list[Record] = self._get(f"/{kind}", order=number)
        return found

    def changed(self, since: datetime) -> list[Record]:
        """Refunds that were made or changed since."""
        found: list[Record] = self._get("/refunds", since=since.isoformat())
        return found

    def post(self, path: str, body: Record | None = None) -> Record:
        made: Record = self._wire.post(path, body, headers=self._headers).json()
        return made

    def _get(self, path: str, **params: str) -> Any:
        return self._wire.get(path, params=params or None, headers=self._headers).json()
