"""What the product master said, kept by the source's own time, and looked up for an order that is being frozen."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from backhaul.domain.products import Product
from backhaul.store.codec import digest, read_product, to_json
from backhaul.store.sql import array, columns, rows, run


def keep(merchant_id: int, told: Iterable[Product]) -> None:
    """Keep what was said, also what is told late; the same again changes nothing.

    A catalogue that is sent whole every night says the same of almost everything: of an unbroken run of the same the
    first and the last time are kept. What is told late of a time in between still finds its place, and holds until that
    last time.
    """
    table = [
        (one.sku, one.at.isoformat(), array(one.aliases), to_json(one), digest("Product", _said(one)))
        for one in sorted(set(told), key=lambda one: (one.sku, one.at))
    ]
    if not table:
        return
    # One file after the other: two at once would lock each other's SKUs crosswise.
    rows("SELECT pg_advisory_xact_lock(hashtext('product_versions'), %s)", (merchant_id,))
    run(
        """
        INSERT INTO product_versions (merchant_id, sku, at, aliases, body, digest)
        SELECT %s, v.sku, v.at::timestamptz, v.aliases::text[], v.body, v.digest
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[], %s::bytea[]) AS v(sku, at, aliases, body, digest)
        ON CONFLICT DO NOTHING
        """,
        [merchant_id, *columns(table, 5)],
    )
    run(
        """
        DELETE FROM product_versions USING (
          SELECT id, digest = lag(digest) OVER w AND digest = lead(digest) OVER w AS inside
          FROM product_versions WHERE merchant_id = %s AND sku = ANY(%s)
          WINDOW w AS (PARTITION BY sku ORDER BY at, digest)
        ) AS runs
        WHERE product_versions.id = runs.id AND runs.inside
        """,
        (merchant_id, sorted({row[0] for row in table})),
    )


def versions(merchant_id: int, skus: Iterable[str]) -> dict[str, list[Product]]:
    """All versions of those SKUs, of those that have one as an alias, and of what is in their bundles; oldest first."""
    found = _versions(merchant_id, set(skus))
    inside = {part.sku for known in found.values() for one in known for part in one.components} - found.keys()
    return {**found, **_versions(merchant_id, inside)} if inside else found


def _versions(merchant_id: int, skus: set[str]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for sku, body in rows(
        """
        SELECT sku, body FROM product_versions
        WHERE merchant_id = %s AND sku IN (
          SELECT sku FROM product_versions WHERE merchant_id = %s AND (sku = ANY(%s) OR aliases && %s::varchar[])
        )
        ORDER BY sku, at, digest
        """,
        (merchant_id, merchant_id, sorted(skus), sorted(skus)),
    ):
        found.setdefault(sku, []).append(read_product(body))
    return found


def newest(merchant_id: int, find: str, limit: int) -> list[Product]:
    """What is said now of the SKUs that have that in their name or among their aliases, by SKU."""
    found = rows(
        """
        SELECT body FROM (
          SELECT DISTINCT ON (sku) sku, aliases, body FROM product_versions WHERE merchant_id = %s
          ORDER BY sku, at DESC, digest DESC
        ) AS now
        WHERE strpos(lower(sku), lower(%s)) > 0 OR %s = ANY(aliases) ORDER BY sku LIMIT %s
        """,
        (merchant_id, find, find, limit),
    )
    return [read_product(body) for (body,) in found]


def _said(one: Product) -> str:
    """What is said, without when."""
    said = orjson.loads(to_json(one))
    del said["at"]
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
