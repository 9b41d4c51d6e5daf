"""Exceptions about what a return is called: units and returns whose names mean more than one thing."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.twins import KIND


def twins(scene: Scene) -> Iterator[OperationalException]:
    return_ = scene.return_
    for twin in return_.twins:
        if twin.ahead:
            what = "waits" if twin.holds else "has documents too"
            yield scene.raised(
                KIND,
                twin.return_id,
                f"{return_.label} and {twin.label} are of one order, have the same goods and share no name; they may "
                f"be one return. {return_.label} {what}",
                "The platform is being asked. Where you know that they are one, say so at the return; where they are "
                "two, waive this and it goes on.",
                units=return_.units.values(),
            )


def ambiguous(scene: Scene) -> Iterator[OperationalException]:
    for name in scene.return_.ambiguous:
        about = name.item or name.sku or "unit"
        yield scene.raised(
            "unit-ambiguous",
            about,
            f"the message names {about} of order {name.order}, which could be more than one unit of this return",
            "Compare with the platform's page of the return; have the line or item id sent, then replay.",
        )
