"""Map values: every return that waits for them is decided anew, messages read and effects tried again; undone alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backhaul.domain.mappings import Name, ValueMapping, lay_over, tidied
from backhaul.flows.deployment import Deployment
from backhaul.flows.sweep import decide_undecided
from backhaul.flows.usable import CannotMap, Change, after, count_of, must_be_usable, said, verb_of
from backhaul.flows.weigh import Weight, weigh
from backhaul.store import effects, inbox, mappings, merchants, returns, waiting
from backhaul.store.codec import policy_body
from backhaul.store.mappings import KeptMapping, Version
from backhaul.store.sql import atomic

# So many returns are decided before the answer; what is beyond is left to the sweep, which comes every few seconds.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What making some changes would do. ``fresh`` are the changes that change anything."""

    fresh: tuple[Change, ...]
    weight: Weight
    messages: int
    refused: int

    def __str__(self) -> str:
        if not self.fresh:
            return "Nothing changes: it is mapped so already."
        at_least = "" if self.weight.whole else "at least "
        parts = []
        if self.weight.units or not _further(self.weight, self.messages, self.refused):
            worth = f", worth {' and '.join(map(str, self.weight.value))} at cost" if self.weight.value else ""
            who = f"{count_of(self.weight.units, 'unit')} in {count_of(self.weight.returns, 'return')}"
            parts.append(f"{at_least}{who} {verb_of(self.weight.units, 'wait')} for this{worth}{_where(self.weight)}")
        parts += _further(self.weight, self.messages, self.refused)
        return _sentence(parts)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What was done: ``weight`` as it was weighed before, ``still`` units that wait for a mapping after it."""

    fresh: tuple[Change, ...]
    weight: Weight
    messages: int
    refused: int
    decided: int
    left: int
    still: int

    def __str__(self) -> str:
        if not self.fresh:
            return "Nothing changed: it is mapped so already."
        goes = "".join(f", {count_of(many, 'unit')} {verb_of(many, 'go', 'goes')} to {place}" for place, many in
                       sorted(self.weight.leads_to.items()))  # fmt: skip
        later = f"; {count_of(self.left, 'return')} more within seconds" if self.left else ""
        parts = [f"{count_of(self.decided, 'return')} decided anew{goes}{later}; {self.still} still wait"]
        return _sentence(parts + _further(self.weight, self.messages, self.refused))


def preview(deployment: Deployment, merchant_id: int, changes: Sequence[Change]) -> Preview:
    """What the changes would do; nothing is written. Raises CannotMap."""
    deployment.renew()
    fresh = _fresh(merchant_id, [replace(one, mapping=tidied(one.mapping)) for one in changes])
    must_be_usable(deployment, merchant_id, fresh)
    names = [change.mapping.name for _, change in fresh]
    laid = lay_over(said(deployment, merchant_id), after(merchant_id, fresh))
    weight = weigh(waiting.returns_concerned(merchant_id, names), deployment.policies[merchant_id], laid)
    messages, refused = (found(merchant_id, names) for found in (waiting.messages_concerned, waiting.refused_concerned))
    return Preview(tuple(change for _, change in fresh), weight, len(messages), len(refused))


def map_values(deployment: Deployment, merchant_id: int, changes: Sequence[Change], by: str, why: str = "") -> Mapped:
    """Make the changes, all or none; the same once more changes nothing. Raises CannotMap."""
    expected = preview(deployment, merchant_id, changes)
    with atomic():
        mappings.lock()
        tidy = [replace(one, mapping=tidied(one.mapping)) for one in changes]
        fresh = _fresh(merchant_id, tidy)
        must_be_usable(deployment, merchant_id, fresh)
        known = mappings.newest_versions(merchant_id)
        versions = [_version(change, known) for _, change in fresh]
        if versions:
            mappings.write(merchant_id, versions, by, why.strip(), deployment.now())
            mapped = [kept.mapping for kept in mappings.active(merchant_id)]
            for policy in (lay_over(one, mapped) for one in deployment.effective.in_force(merchant_id)):
                merchants.keep_policy(merchant_id, policy.version, policy_body(policy))
        names = [version.name for version in versions]
        refused = waiting.refused_concerned(merchant_id, names)
        effects.retry([key for key, _ in refused])
        concerned = set(waiting.returns_concerned(merchant_id, names)) | {name for _, name in refused if name}
        returns.leave_undecided(concerned)
        messages = waiting.messages_concerned(merchant_id, names)
        inbox.await_again(messages)
    deployment.pulse("map")
    deployment.renew()
    decided = min(len(concerned), _AT_ONCE)
    if concerned:
        decide_undecided(deployment, _AT_ONCE)
    for flow in ("interpret", "dispatch"):
        deployment.wake(flow)
    return Mapped(
        tuple(change for _, change in fresh), expected.weight, len(messages), len(refused), decided,
        len(concerned) - decided, waiting.still_waiting(sorted(concerned)),
    )  # fmt: skip


def undo(deployment: Deployment, merchant_id: int, name: Name, by: str, why: str = "") -> Mapped:
    """Put back what was mapped before the newest version of a mapping, nothing where nothing was. Raises CannotMap."""
    versions = mappings.history(merchant_id, name)
    if not versions:
        raise CannotMap([(0, f"{ValueMapping(*name[:2], '', *name[2:])} was never mapped")])
    former = versions[1] if len(versions) > 1 else None
    ends = former is None or former.ended
    change = Change(versions[0].mapping if former is None or former.ended else former.mapping, ends)
    return map_values(deployment, merchant_id, [change], by, why or "the change before it is undone")


def _fresh(merchant_id: int, changes: Sequence[Change]) -> list[tuple[int, Change]]:
    """The changes that change anything, with their numbers. Raises CannotMap where two are about the same."""
    now = {kept.mapping.name: kept.mapping for kept in mappings.active(merchant_id)}
    names = [change.mapping.name for change in changes]
    twice = [(place, f"{changes[place].mapping} is given twice") for place, name in enumerate(names)
             if name in names[:place]]  # fmt: skip
    if twice:
        raise CannotMap(twice)
    return [
        (place, change)
        for place, change in enumerate(changes)
        if (change.mapping.name in now if change.ends else now.get(change.mapping.name) != change.mapping)
    ]


def _version(change: Change, known: dict[Name, KeptMapping]) -> Version:
    former = known.get(change.mapping.name)
    target = None if change.ends else change.mapping.target
    return Version(change.mapping.name, target, former.id if former else None, change.why.strip())


def _further(weight: Weight, messages: int, refused: int) -> list[str]:
    parts = []
    if weight.elsewhere:
        parts.append(f"{count_of(weight.elsewhere, 'unit')} {verb_of(weight.elsewhere, 'belong')} elsewhere by it")
    if weight.nowhere:
        parts.append(f"{count_of(weight.nowhere, 'unit')} {verb_of(weight.nowhere, 'lead')} nowhere by it")
    if weight.reasons:
        parts.append(f"the reason of {count_of(weight.reasons, 'unit')} has other words")
    if messages:
        parts.append(f"{count_of(messages, 'message')} read again")
    if refused:
        parts.append(f"{count_of(refused, 'refused document')} tried again")
    return parts


def _where(weight: Weight) -> str:
    places = [f"{many} to {place}" for place, many in sorted(weight.leads_to.items())]
    return f" ({', '.join(places)})" if places else ""


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."
