"""Speaks the simulated ERP's API over the SDK's own wire."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from backhaul.sdk.connector import Settings
from backhaul.sdk.wire import Wire
from backhaul.simulation.erp.books import Record


class ErpSettings(Settings):
    """Where it is and the key it wants."""

    base_url: str = "http://erp.simulated"
    token: SecretStr


class Erp:
    """One connected ERP. Every call raises what the wire raises."""

    def __init__(self, settings: ErpSettings, wire: Wire) -> None:
        self._wire = wire
        self._headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}

    def sale(self, number: str) -> Record:
        found: Record = self._get(f"/sales/{number}")
        return found

    def document(self, number: str) -> Record:
        found: Record = self._get(f"/documents/{number}")
        return found

    def search(self, kind: str, *, reference: str = "", order: str = "") -> list[Record]:
        """Documents of a kind by reference, by order, or both."""
        found: list[Record] = self._get("/documents", kind=kind, reference=reference, order=order)
        return found

    def create(self, kind: str, reference: str, order: str, head: Record) -> Record:
        return self._post("/documents", {"kind": kind, "reference": reference, "order": order, "head": head})

    def step(self, number: str, step: str, body: Record | None = None) -> Record:
        """``lines``, ``post``, ``close`` or ``cancel``."""
        return self._post(f"/documents/{number}/{step}", body)

    def _get(self, path: str, **params: str) -> Any:
        return self._wire.get(path, params=params or None, headers=self._headers).json()

    def _post(self, path: str, body: Record | None) -> Record:
        made: Record = self._wire.post(path, body, headers=self._headers).json()
        return made
