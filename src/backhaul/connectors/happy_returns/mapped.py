"""Words of Happy Returns that a person explained: mappings of the kind ``word``, laid over the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from backhaul.connectors.happy_returns.aliases import DROPOFF_METHODS, Event, Meaning
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.domain.mappings import ValueMapping
from backhaul.sdk.connector import Maps

# What a target begins with, and where in the settings such words stand.
_PARTS = {"event": "events", "meaning": "meanings", "method": "dropoff_methods"}


def lay_over(settings: HappyReturnsSettings, mappings: Sequence[ValueMapping]) -> HappyReturnsSettings:
    """The settings with these words explained. Raises ValueError for a meaning that there is not."""
    plain = settings.model_dump()
    for one in mappings:
        part, colon, means = one.target.partition(":")
        if colon and part in _PARTS:
            # Before those of the settings: the first spelling that fits counts.
            plain[_PARTS[part]] = {one.value: means, **{k: v for k, v in plain[_PARTS[part]].items() if k != one.value}}
    return HappyReturnsSettings.model_validate(plain)


def targets(_settings: HappyReturnsSettings, kind: str) -> tuple[str, ...]:
    """All that a word can mean."""
    if kind != "word":
        return ()
    known = {"event": get_args(Event), "meaning": get_args(Meaning), "method": sorted(DROPOFF_METHODS)}
    return tuple(f"{part}:{word}" for part, words in known.items() for word in words)


maps = Maps(("word",), lay_over, targets)
