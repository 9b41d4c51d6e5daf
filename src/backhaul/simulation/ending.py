"""Returns that end otherwise: kept by the shopper, called off, declined, held for an audit. In words of the shop's own.

Chance has its own dice here, so that who returns what does not change by it.
"""

from __future__ import annotations

import random
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from backhaul.sandbox.happy_returns.model import NotPossible
from backhaul.simulation.truth import Trip

if TYPE_CHECKING:
    from backhaul.simulation.people import People


class Ending(StrEnum):
    """What the platform says of a return beside what is published, as the word it uses."""

    KEPT = "keep-it"
    CALLED_OFF = "called-off"
    DECLINED = "not-this-one"
    HELD = "looked-at"
    RELEASED = "looked-at-and-fine"


MEANINGS = {
    Ending.KEPT.value: "returnless",
    Ending.CALLED_OFF.value: "cancelled",
    Ending.DECLINED.value: "declined",
    Ending.HELD.value: "held",
    Ending.RELEASED.value: "released",
}
_ENDINGS: tuple[Ending | None, ...] = (
    *(Ending.KEPT, Ending.CALLED_OFF, Ending.DECLINED, Ending.HELD, Ending.RELEASED),
    *(None,) * 15,
)


def plan_ending(people: People, trip: Trip) -> bool:
    """Whether the return ends without goods; of one that goes on, what the platform says of it is planned too."""
    dice = random.Random(f"{people.shop.name}:{trip.label}:ending")
    ending = None if trip.beyond_sold else dice.choice(_ENDINGS)
    at = dice.uniform(1, 40)
    match ending:
        case None:
            return False
        case Ending.KEPT:
            trip.kept = True
            people.agenda.put(at, lambda: _say(people, trip, Ending.KEPT))
            for order in trip.return_.orders():
                people.plan_refund(trip, order, at, trip.of(order))
            return True
        case Ending.CALLED_OFF:
            trip.called_off = True
            people.agenda.put(at, lambda: _say(people, trip, Ending.CALLED_OFF))
            return True
        case Ending.DECLINED:
            trip.declined = True
            people.agenda.put(at + dice.uniform(0, 90), lambda: _say(people, trip, Ending.DECLINED))
        case Ending.HELD | Ending.RELEASED:
            people.agenda.put(at + dice.uniform(0, 60), lambda: _say(people, trip, Ending.HELD))
            if ending is Ending.RELEASED:
                people.agenda.put(at + dice.uniform(60, 120), lambda: _say(people, trip, Ending.RELEASED))
    return False


def _say(people: People, trip: Trip, word: Ending) -> None:
    with suppress(NotPossible):  # nothing is left of it
        people.shop.platform.say(trip.label, word)
        people.story.tell(f"{trip.label}: the platform says {word}")
