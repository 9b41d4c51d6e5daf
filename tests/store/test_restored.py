"""A database that was put back begins a new epoch, and somebody is asked to look at what nobody will look for."""

from __future__ import annotations

from backhaul.store import connections
from backhaul.store.restored import KIND, NEW_EPOCH
from backhaul.store.sql import rows, run
from tests.support.day import parcel
from tests.support.shop import Town


def test_each_merchant_is_asked_once_per_restore(db: object) -> None:
    town = Town()
    parcel(town.open("acme", "Acme"), 1001, "MUG").said("started")
    town.open("bolt", "Bolt")
    before = connections.epoch()
    run(NEW_EPOCH)
    run(NEW_EPOCH)
    assert connections.epoch() == before + 2
    asked = rows(
        "SELECT about, owner, cause FROM exceptions WHERE kind = %s AND closed_at IS NULL ORDER BY key", (KIND,)
    )
    assert [(about, owner) for about, owner, _ in asked] == [("acme", "operations"), ("bolt", "operations")] * 2
    assert all("2026-11-09 08:00 UTC" in cause for _, _, cause in asked)
