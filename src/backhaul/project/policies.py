"""The policy of a merchant from its table in the configuration, linted: every gap is named before it is met."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError

from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.policy import DEFAULT_OWNERS, DEFAULT_PLACES, Account, DueTimes, Place, Policy
from backhaul.project.configuration import BadConfiguration, MerchantTable, PolicyTable, explain_settings
from backhaul.store.codec import policy_body

_EXPLAINED_ELSEWHERE = ("missing", "wrong-item")


def policy_of(merchant: str, table: MerchantTable) -> Policy:
    """The merchant's policy, its version the digest of what it says. Raises BadConfiguration."""
    plain: dict[str, Any] = table.policy.model_dump(exclude={"places", "fees", "due_days", "owners"})
    places = dict(DEFAULT_PLACES)
    for name, place in (table.policy.places or {}).items():
        places[name] = Place(cast(Account, place.account), place.location)
    due = {name: timedelta(days=days) for name, days in table.policy.due_days.items()}
    unknown = set(due) - set(DueTimes.__dataclass_fields__)
    if unknown:
        known = ", ".join(DueTimes.__dataclass_fields__)
        raise BadConfiguration(f"merchants.{merchant}.policy.due_days: {', '.join(unknown)} is none of {known}")
    built = {
        **plain,
        "places": {name: {"account": place.account, "location": place.location} for name, place in places.items()},
        "fees": _fees(merchant, table.policy.fees),
        "due": due,
        "owners": _owners(table.policy.owners),
        "timezone": table.timezone,
        "version": hashlib.sha256(table.policy.model_dump_json().encode()).hexdigest()[:16],
    }
    try:
        return TypeAdapter(Policy).validate_python(built)
    except ValidationError as error:
        lines = [f"merchants.{merchant}.policy.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise BadConfiguration("\n".join(lines)) from None


def _owners(chosen: Mapping[str, str]) -> dict[str, str]:
    """The merchant's owners over the default ones; one chosen for ``overdue`` is meant for each sort of it."""
    defaults = {kind: owner for kind, owner in DEFAULT_OWNERS.items() if kind.partition(":")[0] not in chosen}
    return {**defaults, **chosen}


def read_policy_file(path: Path, merchant: str, timezone: str) -> Policy:
    """The policy of a file: a whole ``backhaul.toml``, of which that merchant's counts, or the policy table by itself.

    Raises BadConfiguration, naming the file and each key that cannot be used; what the linter finds is one, too.
    """
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{path} is not TOML: {error}") from None
    if "merchants" in plain:
        of_all = plain["merchants"]
        if not isinstance(of_all, dict) or not isinstance(of_all.get(merchant), dict):
            raise BadConfiguration(f"{path}: merchants.{merchant} is not in it")
        table, where = of_all[merchant], f"merchants.{merchant}.policy"
        timezone = str(table.get("timezone", timezone))
        said = table.get("policy", {})
    else:
        said, where = plain, "policy"
    try:
        policy = policy_of(merchant, MerchantTable(timezone=timezone, policy=PolicyTable.model_validate(said)))
    except ValidationError as error:
        raise BadConfiguration(explain_settings(f"{path}: {where}", error)) from None
    except BadConfiguration as error:
        lines = str(error).replace(f"merchants.{merchant}.policy", where).splitlines()
        raise BadConfiguration("\n".join(f"{path}: {line}" for line in lines)) from None
    if problems := lint(policy):
        raise BadConfiguration("\n".join(f"{path}: {where}: {problem}" for problem in problems))
    return policy


def _fees(merchant: str, fees: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, object]]:
    answer: dict[str, dict[str, object]] = {}
    for method, amounts in fees.items():
        if len(amounts) != 1:
            raise BadConfiguration(
                f"merchants.{merchant}.policy.fees.{method}: give one amount in minor units, as in {{ USD = 500 }}"
            )
        ((currency, minor),) = amounts.items()
        answer[method] = {"minor": minor, "currency": currency}
    return answer


def lint(policy: Policy) -> list[str]:
    """What the policy leaves open by itself; which values messages carried, flows.find_gaps looks up."""
    problems = [
        f"disposition {word!r} leads nowhere: give places.{word} an account and a location"
        for word in DISPOSITIONS
        if word not in _EXPLAINED_ELSEWHERE and policy.place(word, policy.primary_site) is None
    ]
    problems += [
        f"places.{name} leads to sellable stock, though only 'sellable' units may be sold"
        for name, place in policy.places.items()
        if place.account == "stock" and re.split("[@/]", name)[0] != "sellable"
    ]
    problems += list(_movers(policy))
    known = {place.location for place in policy.places.values() if place.account == "stock"}
    problems += [
        f"stock_owners.{name} is none of the locations of sellable stock: {', '.join(sorted(known))} or *"
        for name in policy.stock_owners
        if name not in (*known, "*")
    ]
    try:
        ZoneInfo(policy.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"timezone {policy.timezone!r} is not known; use a name such as Europe/Berlin")
    return problems


def _movers(policy: Policy) -> Iterator[str]:
    """Two who pay, or nobody; and stock that nobody raises."""
    if "storefront" in policy.stock_owners.values() and policy.storefront_returns == "never":
        yield (
            "stock_owners has the storefront raise its stock as it takes a return back, and storefront_returns = "
            "'never' gives it no return to take back: set storefront_returns = 'authorisation' or another stock owner"
        )
    if policy.refund_owner == "backhaul" and policy.refund_confirmation == "approval":
        yield (
            "refund_owner = 'backhaul' pays the shopper, and refund_confirmation = 'approval' takes it for paid "
            "before: set refund_confirmation = 'money'"
        )
    if policy.refund_owner == "backhaul" and policy.approve_refunds != "never":
        yield (
            "refund_owner = 'backhaul' pays the shopper, and approve_refunds has the platform pay as well: set one of "
            "them back"
        )


def body_of(policy: Policy) -> str:
    """The policy as it is kept with its version."""
    return policy_body(policy)
