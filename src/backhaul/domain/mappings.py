"""Mappings: what a source's word leads to, one by one, laid over what the merchant's policy says.

The entry that says most counts; of two that say the same a mapping comes before the policy it is laid over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.policy import Account, Place, Policy
from backhaul.domain.specificity import ANY, plain, spelled

Kind = Literal["disposition", "place", "reason", "sku-alias", "sku-class", "location", "tender", "account", "word"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ACCOUNTS: tuple[str, ...] = get_args(Account)
# Of what the policy says; the others are about one connection, which lays them over its own settings.
_AT_A_SITE: tuple[Kind, ...] = ("disposition", "place")
_SPELLED_ALIKE: tuple[Kind, ...] = ("disposition", "place", "reason")
BOOKED: tuple[str, ...] = ("fee", "difference")
_LONGEST = 200
# They say that there is nothing to put anywhere, or are for a person to look at.
_LEAD_BY_THEMSELVES = ("missing", "wrong-item")

Name = tuple[Kind, str, str, str]
"""What a mapping is about, and of which there is one: kind, value, site, SKU class."""


@dataclass(frozen=True, slots=True)
class ValueMapping:
    """A source's ``value`` of that kind leads to ``target``; at that site and of that SKU class, ``*`` being any."""

    kind: Kind
    value: str
    target: str
    site: str = ANY
    sku_class: str = ANY

    @property
    def name(self) -> Name:
        return (self.kind, self.value, self.site, self.sku_class)

    def __str__(self) -> str:
        return f"{self.kind} {spelled(self.value, self.site, self.sku_class)}"


def tidied(mapping: ValueMapping) -> ValueMapping:
    """The mapping without blanks around its words; conditions and reasons in their one spelling."""
    value, target = mapping.value.strip(), mapping.target.strip()
    if mapping.kind in _SPELLED_ALIKE:
        value = plain(value)
    if mapping.kind == "disposition":
        target = plain(target)
    return replace(
        mapping,
        value=value,
        target=target,
        site=mapping.site.strip() or ANY,
        sku_class=mapping.sku_class.strip() or ANY,
    )


def place_of(target: str) -> Place | None:
    """``quarantine:QUAR`` as the account and the ERP's location; None where it is not of that form."""
    account, colon, location = target.partition(":")
    if not colon or account not in ACCOUNTS or not location.strip():
        return None
    return Place(next(one for one in get_args(Account) if one == account), location.strip())


def lay_over(policy: Policy, mappings: Collection[ValueMapping]) -> Policy:
    """The policy as it counts; its version is the digest of both, and the policy's own where there is no mapping."""
    if not mappings:
        return policy
    of: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for one in mappings:
        of[one.kind][spelled(one.value, one.site, one.sku_class)] = one.target
    places = {name: place for name, target in of["place"].items() if (place := place_of(target)) is not None}
    said = "\n".join(sorted(repr((*one.name, one.target)) for one in mappings))
    return replace(
        policy,
        version=hashlib.sha256(f"{policy.version}\n{said}".encode()).hexdigest()[:16],
        places={**policy.places, **places},
        dispositions={**_but(policy.dispositions, of["disposition"]), **of["disposition"]},
        sku_aliases={**policy.sku_aliases, **of["sku-alias"]},
        sku_classes={**policy.sku_classes, **of["sku-class"]},
        sites={**policy.sites, **of["location"]},
        reasons={**_but(policy.reasons, of["reason"]), **of["reason"]},
    )


def _but(table: Mapping[str, str], mapped: Collection[str]) -> dict[str, str]:
    """The policy's entries without those that are mapped, however the policy spells them."""

    def spelling(name: str) -> str:
        word, at, site = name.rpartition("@")
        return spelled(plain(word), site) if at else plain(name)

    again = {spelling(name) for name in mapped}
    return {name: target for name, target in table.items() if spelling(name) not in again}


def faults(mapping: ValueMapping) -> list[str]:
    """What keeps a mapping from being used, whatever else is mapped; each says what to give instead."""
    found = [f"{what} is empty" for what in ("value", "target") if not getattr(mapping, what)]
    if mapping.kind not in KINDS:
        return [f"kind {mapping.kind!r} is none of {', '.join(KINDS)}"]
    for what in ("value", "target", "site", "sku_class"):
        said = getattr(mapping, what)
        if len(said) > _LONGEST or not said.isprintable():
            found.append(f"{what} has more than {_LONGEST} characters, or some that cannot be printed")
    if mapping.site != ANY and mapping.kind not in _AT_A_SITE:
        found.append(f"a {mapping.kind} is the same at every site: leave the site out")
    if mapping.sku_class != ANY and mapping.kind != "place":
        found.append(f"a {mapping.kind} is the same for every SKU class: leave the class out")
    if mapping.value == ANY and mapping.kind not in ("place", "reason", "sku-class"):
        found.append(f"a {mapping.kind} is mapped word by word: * would take every word for one")
    return found or list(_FAULTS.get(mapping.kind, lambda _: ())(mapping))


def _place_faults(mapping: ValueMapping) -> Iterable[str]:
    if any(mark in part for part in (mapping.value, mapping.site, mapping.sku_class) for mark in "@/"):
        yield "a condition, site or SKU class has no @ and no / in its name"
    place = place_of(mapping.target)
    if place is None:
        yield f"{mapping.target!r} is no place: give account:location, the account one of {', '.join(ACCOUNTS)}"
    elif place.account == "stock" and mapping.value != "sellable":
        yield "only 'sellable' units may go to sellable stock: map the word to sellable, or choose another account"
    elif place.account == "missing" and mapping.sku_class != ANY:
        yield "what is missing is missing of every SKU class: leave the class out"


def _disposition_faults(mapping: ValueMapping) -> Iterable[str]:
    if mapping.value == mapping.target:
        yield f"{mapping.value!r} means itself already; map its place"
    elif mapping.value in DISPOSITIONS and mapping.target == "sellable":
        yield f"{mapping.value!r} is a condition of its own and never sellable: decide on single units instead"


def _other_word_faults(mapping: ValueMapping) -> Iterable[str]:
    if mapping.value == mapping.target:
        yield f"{mapping.value!r} means itself already"


def _account_faults(mapping: ValueMapping) -> Iterable[str]:
    if mapping.value not in BOOKED:
        yield f"there is no account for {mapping.value!r}: it is one of {', '.join(BOOKED)}"


_FAULTS = {
    "place": _place_faults,
    "disposition": _disposition_faults,
    "sku-alias": _other_word_faults,
    "location": _other_word_faults,
    "account": _account_faults,
}


def conflicts(mapping: ValueMapping, policy: Policy) -> list[str]:
    """What is wrong with a mapping beside all others; ``policy`` is the one that already has them all."""
    site = mapping.site if mapping.site != ANY else policy.primary_site
    leads = mapping.target in _LEAD_BY_THEMSELVES or policy.place(mapping.target, site) is not None
    if mapping.kind == "disposition" and not leads:
        return [f"{mapping.target!r} leads nowhere at {site}: map its place first, or choose a word that has one"]
    chained = {"sku-alias": policy.sku_aliases, "location": policy.sites}.get(mapping.kind, {})
    if mapping.target in chained:
        return [f"{mapping.target!r} is mapped on to {chained[mapping.target]!r}: map to that at once"]
    if mapping.kind in ("sku-alias", "location") and mapping.value in chained.values():
        others = sorted(value for value, target in chained.items() if target == mapping.value)
        return [f"{', '.join(others)} is mapped to {mapping.value!r}: map it on first"]
    return []
