"""What happens to a return outside Backhaul, step by step, in the words of the trade."""

from __future__ import annotations

from collections.abc import Mapping

from backhaul.sandbox.happy_returns import Wanted
from backhaul.store.sql import rows
from tests.support.house import House


def start(house: House, order: str, **units: int) -> str:
    """The shopper starts a return of those units, ``start(house, order, BELT_90=2)``; its id at the platform."""
    return _start(house, order, units, beyond_sold=False)


def start_too_many(house: House, order: str, **units: int) -> str:
    """The same at a platform that does not count what was returned before."""
    return _start(house, order, units, beyond_sold=True)


def _start(house: House, order: str, units: Mapping[str, int], *, beyond_sold: bool) -> str:
    wanted = [Wanted(order, sku.replace("_", "-"), count) for sku, count in units.items()]
    return_ = house.stand_in.act(lambda p: p.start(wanted, beyond_sold=beyond_sold))
    house.listen()
    return return_.return_id


def drop_off(house: House, return_id: str) -> None:
    """Scanned at a bar, where everything is approved at once."""
    house.stand_in.act(lambda p: p.drop_off(return_id))
    house.listen()


def ship(house: House, return_id: str) -> None:
    """The hub sends the goods on to the warehouse."""
    house.stand_in.act(lambda p: p.ship([return_id]))
    house.listen()


def receive(house: House, order: str, **units: int) -> None:
    """The warehouse counts what arrived."""
    lines = [{"sku": sku.replace("_", "-"), "received_total": count} for sku, count in units.items()]
    house.warehouse("receipt", order, lines)


def inspect(house: House, order: str, sku: str, found: Mapping[str, int]) -> None:
    """The warehouse says how many of a SKU are in which condition, in all so far."""
    lines = [{"sku": sku, "disposition": word, "inspected_total": count} for word, count in found.items()]
    house.warehouse("inspection", order, lines)


def at_rest(house: House, order: str) -> bool:
    """Every return of the order squared and closed, and nothing of it in the way."""
    problems = [cause for _, cause in house.open_exceptions() if order in cause]
    assert problems == []
    mine = [return_ for return_ in house.returns() if order in return_["orders"]]
    return bool(mine) and all(return_["squared"] and return_["closed"] for return_ in mine)


def exceptions(house: House) -> dict[str, tuple[str, str]]:
    """Key of each open exception with its kind and its value at risk."""
    return {
        key: (kind, value)
        for key, kind, value in rows("SELECT key, kind, value FROM exceptions WHERE closed_at IS NULL ORDER BY key")
    }
