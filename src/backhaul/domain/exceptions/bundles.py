"""Exceptions about bundles: what is in one, where the sale document and the product master say different things."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.orders import ComponentLine
from backhaul.domain.products import contents


def conflicts(scene: Scene) -> Iterator[OperationalException]:
    """Only of bundles of which something is in this return: what is in the others bears on nothing."""
    for number, order in scene.return_.orders.items():
        touched = set()
        for unit in scene.return_.units_of(number):
            if unit.allocation is not None:
                line = order.line(unit.allocation[0])
                touched.add(line.bundle.ref if isinstance(line, ComponentLine) else line.ref)
        for line in order.lines:
            if line.master_components and line.ref in touched:
                yield scene.raised(
                    "bundle-conflict",
                    f"{number}:{line.ref}",
                    f"{line.sku} of order {number} has {contents(line.components)} by the sale document and "
                    f"{contents(line.master_components)} by the product master at that time; the sale document counts",
                    "See what was really sent. Correct the product master for the orders to come, and waive this; "
                    "where the sale document is wrong, settle the difference with the shopper and waive with that.",
                )
