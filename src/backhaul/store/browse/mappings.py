"""Mappings as they are listed: what counts now or has ended, with who said so, when, why, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backhaul.domain.mappings import ValueMapping
from backhaul.store.browse.pages import BadCursor, Page, cut, read_cursor, write_cursor
from backhaul.store.sql import rows

_GREATEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class MappingRow:
    """The newest version of a mapping; ``before`` is what the value led to before, None where it was not mapped."""

    id: int
    mapping: ValueMapping
    set_by: str
    set_at: datetime
    why: str
    before: str | None

    @property
    def target(self) -> str:
        return self.mapping.target


@dataclass(frozen=True, slots=True)
class WantedMappings:
    """Which mappings; "" means no matter. ``search`` is a part of the value or of what it leads to."""

    kind: str = ""
    search: str = ""
    ended: bool = False


def mappings(merchant_id: int, wanted: WantedMappings, cursor: str = "", size: int = 50) -> Page[MappingRow]:
    """A page of mappings, the newest first. Raises BadCursor."""
    at, id_ = _begin(cursor)
    found = rows(
        """
        SELECT m.id, m.kind, m.value, coalesce(m.target, ''), m.site, m.sku_class, m.set_by, m.set_at, m.why, f.target
        FROM mappings m LEFT JOIN mappings f ON f.id = m.replaces_id
        WHERE m.merchant_id = %s AND (m.target IS NULL) = %s AND (%s = '' OR m.kind = %s)
          AND NOT EXISTS (SELECT FROM mappings n WHERE n.replaces_id = m.id)
          AND (position(lower(%s) IN lower(m.value)) > 0
               OR position(lower(%s) IN lower(coalesce(m.target, f.target, ''))) > 0)
          AND (%s::timestamptz IS NULL OR (m.set_at, m.id) < (%s::timestamptz, %s))
        ORDER BY m.set_at DESC, m.id DESC LIMIT %s
        """,
        (
            merchant_id, wanted.ended, wanted.kind, wanted.kind, wanted.search, wanted.search, at, at, id_, size + 1,
        ),
    )  # fmt: skip
    listed = [
        MappingRow(id_, ValueMapping(kind, value, target, site, sku_class), by, set_at, why, before)
        for id_, kind, value, target, site, sku_class, by, set_at, why, before in found
    ]
    return cut(listed, size, lambda row: write_cursor(row.set_at, str(row.id)))


def _begin(cursor: str) -> tuple[datetime | None, int]:
    if not cursor:
        return None, 0
    at, name = read_cursor(cursor)
    if not name.isascii() or not name.isdigit() or len(name) > len(str(_GREATEST_ID)) or int(name) > _GREATEST_ID:
        raise BadCursor(cursor)
    return at, int(name)
