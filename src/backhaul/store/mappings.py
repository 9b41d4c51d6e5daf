"""Rows of mappings: what is mapped now, what was before, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backhaul.domain.mappings import Name, ValueMapping
from backhaul.store.sql import columns, rows, run

_NOW = """
    SELECT m.id, m.merchant_id, m.kind, m.value, m.target, m.site, m.sku_class, m.set_by, m.set_at, m.why
    FROM mappings m WHERE NOT EXISTS (SELECT FROM mappings n WHERE n.replaces_id = m.id)
"""

# A person's name with that of their token may be longer than there is room for.
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """One version of a mapping, with who set it, when and why. ``ended`` is the one that says: mapped no more."""

    id: int
    merchant_id: int
    mapping: ValueMapping
    set_by: str
    set_at: datetime
    why: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A new version of a mapping, with the id of the one it replaces; without a target it ends there."""

    name: Name
    target: str | None
    replaces: int | None
    why: str = ""


def lock() -> None:
    """Let nobody else map, or change a policy, until the caller's commit; waits for those who decide by what counts."""
    rows("SELECT pg_advisory_xact_lock(hashtext('backhaul.mappings'))::text")


def all_active() -> dict[int, tuple[ValueMapping, ...]]:
    """What is mapped now, per merchant."""
    found: defaultdict[int, list[ValueMapping]] = defaultdict(list)
    for row in rows(f"{_NOW} AND m.target IS NOT NULL ORDER BY m.id"):
        found[row[1]].append(_kept(row).mapping)
    return {merchant_id: tuple(mappings) for merchant_id, mappings in found.items()}


def active(merchant_id: int) -> tuple[KeptMapping, ...]:
    """What the merchant has mapped now, by kind, value, site and class."""
    found = rows(f"{_NOW} AND m.target IS NOT NULL AND m.merchant_id = %s", (merchant_id,))
    return tuple(sorted(map(_kept, found), key=lambda kept: kept.mapping.name))


def newest_versions(merchant_id: int) -> dict[Name, KeptMapping]:
    """The newest version of each mapping the merchant has or had."""
    kept = map(_kept, rows(f"{_NOW} AND m.merchant_id = %s", (merchant_id,)))
    return {one.mapping.name: one for one in kept}


def history(merchant_id: int, name: Name) -> tuple[KeptMapping, ...]:
    """All versions of one mapping, the newest first."""
    found = rows(
        """
        SELECT id, merchant_id, kind, value, target, site, sku_class, set_by, set_at, why FROM mappings
        WHERE merchant_id = %s AND kind = %s AND value = %s AND site = %s AND sku_class = %s ORDER BY id DESC
        """,
        (merchant_id, *name),
    )
    return tuple(map(_kept, found))


def write(merchant_id: int, versions: Sequence[Version], by: str, why: str, now: datetime) -> None:
    """Keep new versions; the caller holds the lock."""
    run(
        """
        INSERT INTO mappings (merchant_id, kind, value, site, sku_class, target, replaces_id, why, set_by, set_at)
        SELECT %s, v.*, %s, %s
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[]) AS v
        """,
        [
            merchant_id,
            by[:_LONGEST_NAME],
            now,
            *columns([(*one.name, one.target, one.replaces, one.why or why) for one in versions], 7),
        ],
    )


def _kept(row: Sequence[object]) -> KeptMapping:
    id_, merchant_id, kind, value, target, site, sku_class, set_by, set_at, why = row
    mapping = ValueMapping(kind, value, target or "", site, sku_class)  # type: ignore[arg-type]  # as they were written
    return KeptMapping(id_, merchant_id, mapping, set_by, set_at, why, target is None)  # type: ignore[arg-type]
