"""Suggest what a value could be mapped to: what looks or sounds like it. Nothing is ever mapped by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.mappings import BOOKED, Kind
from backhaul.domain.policy import Policy
from backhaul.domain.specificity import ANY, plain
from backhaul.flows.deployment import Deployment
from backhaul.store import seen

_LEAST = 45
_GAP = re.compile(r"[\s_./:-]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A target and how near it is: 100 is the same. ``because`` says where it is known from."""

    target: str
    score: int
    because: str


@dataclass(slots=True)
class _Candidate:
    """A target, the words it goes by, and whether it is offered however little it looks like the value."""

    target: str
    because: str
    words: tuple[str, ...]
    always: bool = False


def suggest(
    deployment: Deployment, merchant_id: int, kind: Kind, value: str, *, most: int = 5, least: int = _LEAST
) -> tuple[Suggestion, ...]:
    """The nearest targets first; those of the order that waits before all others, none less near than ``least``."""
    deployment.renew()
    policy = deployment.policies[merchant_id]
    ranked: dict[str, tuple[bool, Suggestion]] = {}
    for one in _candidates(deployment, merchant_id, kind, value, policy):
        score = max((near(value, word) for word in one.words), default=0)
        known = ranked.get(one.target)
        if one.target != value and (one.always or score >= least) and (known is None or known[1].score < score):
            ranked[one.target] = (
                one.always or (known is not None and known[0]),
                Suggestion(one.target, score, one.because),
            )
    best = sorted(ranked.values(), key=lambda found: (not found[0], -found[1].score, found[1].target))
    return tuple(suggestion for _, suggestion in best[:most])


def near(one: str, other: str) -> int:
    """How alike two words are, 0 to 100: typing errors, words more or fewer, and their order count little."""
    spaced = [_GAP.sub(" ", word).strip().casefold() for word in (one, other)]
    return round(fuzz.WRatio(*spaced))


def _candidates(
    deployment: Deployment, merchant_id: int, kind: Kind, value: str, policy: Policy
) -> Iterable[_Candidate]:
    match kind:
        case "disposition":
            words = {*DISPOSITIONS, *(re.split("[@/]", name)[0] for name in policy.places)} - {ANY}
            yield from (_Candidate(word, "a condition of the policy", (word,)) for word in sorted(words))
            yield from _led(policy.dispositions, "what is written alike leads there")
        case "place":
            for name, place in policy.places.items():
                target = f"{place.account}:{place.location}"
                yield _Candidate(target, f"where {name} goes", (re.split("[@/]", name)[0], place.account), always=True)
        case "sku-alias":
            waiting = seen.skus_sold_to_those_who_wait(merchant_id, value)
            yield from (_Candidate(sku, "on the order of a return that waits", (sku,), always=True) for sku in waiting)
            yield from (_Candidate(sku, "sold before", (sku,)) for sku in seen.skus_sold(merchant_id))
        case "reason":
            yield from _led(policy.reasons, "what is written alike leads there")
        case "sku-class":
            yield from _led(policy.sku_classes, "SKUs written alike are of it")
        case "location":
            yield _Candidate(policy.primary_site, "the site where none is named", (policy.primary_site,), always=True)
            yield from _led(policy.sites, "what is written alike leads there")
        case "tender" | "account" | "word":
            pass
    if kind in ("location", "tender", "account", "word"):
        yield from _of_connections(deployment, merchant_id, kind)


def _led(table: Mapping[str, str], because: str) -> Iterable[_Candidate]:
    return (
        _Candidate(target, because, (plain(value.split("@")[0]), target))
        for value, target in table.items()
        if value != ANY
    )


def _of_connections(deployment: Deployment, merchant_id: int, kind: Kind) -> Iterable[_Candidate]:
    for link in deployment.links.values():
        maps = link.connector.maps
        if link.merchant_id == merchant_id and maps is not None and kind in maps.kinds:
            for target in maps.targets(link.settings, kind):
                words = (target.partition(":")[2] if kind == "word" else target, *(BOOKED if kind == "account" else ()))
                yield _Candidate(target, f"known to {link.name}", words, always=kind in ("location", "tender"))
