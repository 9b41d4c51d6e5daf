"""Exceptions about goods that do not come: looked for and not found, or called off and on their way all the same."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.money import Money
from backhaul.domain.settlements import gross_minor
from backhaul.domain.units import Unit


def missing(scene: Scene) -> Iterator[OperationalException]:
    """Worth the unit and what was paid for it: a person finds it, bears it, or asks somebody else to."""
    for unit in scene.return_.units.values():
        if unit.missing and not (unit.absent or unit.never_left):
            yield scene.raised(
                "missing-item",
                unit.ref,
                f"the warehouse did not find {unit.sku or unit.ref} in the parcel",
                "Look for it with the carrier and the hub; a count that finds it closes this. Else decide what becomes "
                "of it: lost, claimed from whoever had it, or not returned where nothing was paid.",
                uncredited=paid(scene, unit),
                units=[unit],
            )


def contradicted(scene: Scene) -> Iterator[OperationalException]:
    """Cancelled after it was handed in: the one who cancelled does not know that it is on its way."""
    for unit in scene.return_.units.values():
        settled = unit.arrived and unit.ref in scene.plan.paid
        if unit.cancelled and unit.past("dropped-off") and unit.fate is None and not settled:
            yield scene.raised(
                "cancelled-after-drop-off",
                unit.ref,
                f"the return of {unit.sku or unit.ref} was cancelled, and it was handed in all the same",
                "Ask the shopper and the platform. If it comes back, do nothing: it is taken in as any other. If it "
                "does not, decide that it was not returned.",
                uncredited=paid(scene, unit),
                units=[unit],
            )


def paid(scene: Scene, unit: Unit) -> tuple[Money, ...]:
    """What confirmed refunds paid for the unit."""
    order = scene.return_.orders.get(unit.order)
    if order is None or unit.ref not in scene.plan.paid:
        return ()
    return (Money(gross_minor([unit], order), order.currency),)
