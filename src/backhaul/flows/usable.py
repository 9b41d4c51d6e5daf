"""Whether mappings can be used: by themselves, beside all others, and by the connections that take them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backhaul.domain.mappings import ValueMapping, conflicts, faults, lay_over
from backhaul.domain.policy import Policy
from backhaul.flows.deployment import Deployment, Link
from backhaul.store import mappings, waiting


class CannotMap(ValueError):
    """The mappings cannot be made; ``wrong`` says for each (its number from 0) what to give instead."""

    def __init__(self, wrong: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(why for _, why in wrong))
        self.wrong = tuple(wrong)


@dataclass(frozen=True, slots=True)
class Change:
    """A mapping to make, or the one of that name to end; with a ``why`` of its own or that of all."""

    mapping: ValueMapping
    ends: bool = False
    why: str = field(default="", compare=False)


def said(deployment: Deployment, merchant_id: int) -> Policy:
    """The merchant's policy as configured."""
    return deployment.effective.said[merchant_id]


def after(merchant_id: int, fresh: Sequence[tuple[int, Change]]) -> list[ValueMapping]:
    """All that is mapped once these changes are made."""
    now = {kept.mapping.name: kept.mapping for kept in mappings.active(merchant_id)}
    for _, change in fresh:
        now.pop(change.mapping.name, None)
        if not change.ends:
            now[change.mapping.name] = change.mapping
    return list(now.values())


def must_be_usable(deployment: Deployment, merchant_id: int, fresh: Sequence[tuple[int, Change]]) -> None:
    """Raises CannotMap, naming everything that is wrong."""
    made = [(place, change.mapping) for place, change in fresh if not change.ends]
    wrong = [(place, why) for place, mapping in made for why in faults(mapping)]
    if wrong:
        raise CannotMap(wrong)
    mapped = after(merchant_id, fresh)
    policy = lay_over(said(deployment, merchant_id), mapped)
    wrong += [(place, why) for place, mapping in made for why in conflicts(mapping, policy)]
    wrong += [(place, why) for place, change in fresh for why in _bound(merchant_id, change)]
    wrong += [(place, why) for place, mapping in made for why in _not_taken(deployment, merchant_id, mapping)]
    wrong += [(-1, f"{one} would lead nowhere any more: {why}") for one in mapped if one not in [m for _, m in made]
              for why in conflicts(one, policy)]  # fmt: skip
    if wrong:
        raise CannotMap(wrong)


def _bound(merchant_id: int, change: Change) -> list[str]:
    """A site's name stays what it is once documents were made for it: they would be another site's otherwise."""
    if change.mapping.kind != "location":
        return []
    made = waiting.received_under(merchant_id, change.mapping.value)
    if not made:
        return []
    who = f"{count_of(made, 'return')} {verb_of(made, 'have', 'has')}"
    return [f"{who} receipts of goods at {change.mapping.value!r}: what that site is can be changed no more"]


def _not_taken(deployment: Deployment, merchant_id: int, mapping: ValueMapping) -> list[str]:
    """Why no connection of the merchant takes the mapping up; those of the policy need none."""
    links = [link for link in deployment.links.values() if link.merchant_id == merchant_id]
    takers = [link for link in links if link.connector.maps is not None and mapping.kind in link.connector.maps.kinds]
    if mapping.kind in ("tender", "account", "word") and not takers:
        return [f"no connection of this merchant takes a {mapping.kind}"]
    changed = False
    for link in takers:
        try:
            changed |= link.laid_over([mapping]) != link.configured
        except ValueError as error:
            return [f"{link.name} cannot use {mapping.target!r}: {error}"]
    if mapping.kind == "word" and not changed:
        known = sorted({one for link in takers for one in _targets(link, "word")})
        return [f"no connection understands {mapping.target!r}; there are {', '.join(known)}"]
    return []


def _targets(link: Link, kind: str) -> tuple[str, ...]:
    return link.connector.maps.targets(link.settings, kind) if link.connector.maps is not None else ()


def count_of(many: int, what: str) -> str:
    """``1 unit``, ``2 units``."""
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


def verb_of(many: int, plural: str, singular: str = "") -> str:
    """The verb for so many."""
    return (singular or plural + "s") if many == 1 else plural
