"""The words of Happy Returns and what they mean; most are not published, so all spellings lead to one meaning.

Published are ``started``, the two event names and the drop-off methods; of "dropped off", "approved for a refund"
and "expired" only the prose is. What is in no table is an UnknownValue, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from backhaul.sdk.messages import UnknownValue

Meaning = Literal[
    "started",
    "dropped-off",
    "approved",
    "held",
    "released",
    "declined",
    "expired",
    "cancelled",
    "returnless",
    "ignored",
]

Event = Literal["return-status-updated", "return-dropoff-method-created", "ignored"]

STATUS_UPDATED = "return-status-updated"
DROPOFF_METHOD_CREATED = "return-dropoff-method-created"
LABEL_UPDATE = "return-label-update"

_MEANINGS: Mapping[str, Meaning] = {
    "started": "started",
    "dropped-off": "dropped-off",
    "drop-off": "dropped-off",
    "droppedoff": "dropped-off",
    "dropoff": "dropped-off",
    "approved": "approved",
    "approved-for-refund": "approved",
    "approved-for-a-refund": "approved",
    "expired": "expired",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "returnless": "returnless",
}
DROPOFF_METHODS = frozenset(
    {
        "return-bar",
        "in-store",
        "retailer-store",
        "mail",
        "mail-nolabel",
        "mail-nobox-nolabel",
        "mail-shopper-provided",
        "home-pickup",
        "other",
    }
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAP = re.compile(r"[\s_-]+")


@lru_cache(maxsize=1024)
def plain(word: str) -> str:
    """One spelling for all: droppedOff, dropped_off and Dropped Off are ``dropped-off``."""
    return _GAP.sub("-", _HUMP.sub("-", word).strip().lower())


def event_of(event: str, more: Mapping[str, Event]) -> Event:
    """Which event this is; ``more`` are the connection's own words."""
    word = plain(event)
    for name, known in more.items():
        if plain(name) == word:
            return known
    if word == STATUS_UPDATED:
        return "return-status-updated"
    if word == DROPOFF_METHOD_CREATED:
        return "return-dropoff-method-created"
    raise UnknownValue("event", event)


def meaning_of(type_id: str, more: Mapping[str, Meaning]) -> Meaning:
    """What a return's state word means; ``more`` are the connection's own words."""
    word = plain(type_id)
    for known in ({plain(name): meaning for name, meaning in more.items()}, _MEANINGS):
        if (meaning := known.get(word)) is not None:
            return meaning
    raise UnknownValue("typeID", type_id)


def dropoff_method_of(type_id: str, more: Mapping[str, str]) -> str:
    """The drop-off method a typeID names; ``more`` are the connection's own words."""
    word = plain(type_id)
    for name, method in more.items():
        if plain(name) == word:
            return method
    if word in DROPOFF_METHODS:
        return word
    raise UnknownValue("typeID", type_id)
