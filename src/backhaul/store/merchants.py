"""Rows for merchants, their policies and connections, kept as the configuration says."""

from __future__ import annotations

from datetime import datetime

from backhaul.store.sql import rows, run


def keep(name: str, title: str, timezone: str) -> int:
    """The merchant's id; its row made or brought up to date."""
    found = rows(
        """
        INSERT INTO merchants (name, title, timezone) VALUES (%s, %s, %s)
        ON CONFLICT (name) DO UPDATE SET title = EXCLUDED.title, timezone = EXCLUDED.timezone RETURNING id
        """,
        (name, title, timezone),
    )
    return int(found[0][0])


def keep_policy(merchant_id: int, version: str, body: str) -> None:
    """Every version of a policy is kept for ever."""
    run(
        "INSERT INTO policy_versions (merchant_id, version, body) VALUES (%s, %s, %s::jsonb) ON CONFLICT DO NOTHING",
        (merchant_id, version, body),
    )


def keep_connection(merchant_id: int, name: str, connector: str, go_live_at: datetime | None) -> int:
    """The connection's id. Raises ValueError when another merchant has a connection of that name."""
    found = rows(
        """
        INSERT INTO connections (merchant_id, name, connector, go_live_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (name) DO UPDATE SET connector = EXCLUDED.connector, go_live_at = EXCLUDED.go_live_at
        WHERE connections.merchant_id = EXCLUDED.merchant_id RETURNING id
        """,
        (merchant_id, name, connector, go_live_at),
    )
    if not found:
        raise ValueError(f"the connection {name!r} belongs to another merchant; choose another name")
    return int(found[0][0])


def name_of(merchant_id: int) -> str:
    """The merchant's name as the configuration has it."""
    return str(rows("SELECT name FROM merchants WHERE id = %s", (merchant_id,))[0][0])
