"""Rows of policies as they were said: the newest, all of them, and a new one. Who writes holds the lock of mappings."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from backhaul.domain.policy import Policy
from backhaul.domain.policy_versions import AppliesTo, PolicyVersion
from backhaul.store.codec import policy_body, read_policy
from backhaul.store.sql import rows


def newest_choices() -> tuple[int, int]:
    """The newest mapping and the newest policy, of all merchants; nobody makes any until the caller's commit."""
    ((mapping, policy),) = rows("SELECT mapping, policy FROM newest_choices()")
    return int(mapping), int(policy)


def all_versions() -> dict[int, tuple[PolicyVersion, ...]]:
    """Every version of every merchant, in the order they were made."""
    found: defaultdict[int, list[PolicyVersion]] = defaultdict(list)
    for merchant_id, *row in rows(
        "SELECT merchant_id, id, body, applies_to, at, author, note FROM said_policies ORDER BY id"
    ):
        id_, body, applies_to, at, author, note = row
        found[merchant_id].append(PolicyVersion(id_, read_policy(body), applies_to, at, author, note))
    return {merchant_id: tuple(versions) for merchant_id, versions in found.items()}


def versions_of(merchant_id: int) -> tuple[PolicyVersion, ...]:
    """The merchant's versions, in the order they were made."""
    return all_versions().get(merchant_id, ())


def configured(merchant_id: int) -> str | None:
    """The digest of what backhaul.toml said last, None where it never said anything."""
    found = rows(
        "SELECT digest FROM said_policies WHERE merchant_id = %s AND configured ORDER BY id DESC LIMIT 1",
        (merchant_id,),
    )
    return found[0][0] if found else None


def write(
    merchant_id: int,
    policy: Policy,
    applies_to: AppliesTo,
    author: str,
    note: str,
    at: datetime,
    *,
    configured: bool = False,
) -> int:
    """Keep a new version; answers its number. The caller holds ``mappings.lock`` and took the time after it."""
    return int(
        rows(
            """
            INSERT INTO said_policies (merchant_id, digest, body, applies_to, author, note, configured, at)
            VALUES (%s, %s, %s::jsonb, %s, %s, %s, %s, %s) RETURNING id
            """,
            (merchant_id, policy.version, policy_body(policy), applies_to, author, note, configured, at),
        )[0][0]
    )
