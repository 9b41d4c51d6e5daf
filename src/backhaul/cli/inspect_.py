"""Commands that show returns, exceptions and messages on the terminal, and act on them."""

from __future__ import annotations

import json as json_
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backhaul.cli.run import Config
from backhaul.domain.money import Money
from backhaul.project.deployment import open_home

console = Console(highlight=False)
Json = Annotated[bool, typer.Option("--json", help="as JSON lines")]


def returns(
    find: Annotated[str, typer.Argument(help="any identity, order or SKU")] = "",
    limit: int = 30,
    json: Json = False,
    config: Config = None,
) -> None:
    """List returns, newest first; with a word, those that have it as identity, order or SKU."""
    home, _ = open_home(config)
    from backhaul.store.sql import rows

    try:
        found = rows(
            """
            SELECT r.id, r.label, r.orders, r.skus, r.stage, r.squared, r.closed, r.last_message_at,
                   (SELECT count(*) FROM exceptions e WHERE e.return_id = r.id AND e.closed_at IS NULL)
            FROM returns r WHERE r.linked_to_id IS NULL
              AND (%s = '' OR r.id = %s OR %s = ANY(r.orders) OR %s = ANY(r.skus)
              OR EXISTS (SELECT 1 FROM identities i WHERE i.return_id = r.id AND i.value = %s))
            ORDER BY r.last_message_at DESC LIMIT %s
            """,
            (find, find, find, find, find, limit),
        )
        names = ("id", "label", "orders", "skus", "stage", "squared", "closed", "last message", "exceptions")
        _show(names, found, json)
    finally:
        home.close()


def exceptions(
    retry: Annotated[str | None, typer.Option(help="try again what this key stands for")] = None,
    waive: Annotated[str | None, typer.Option(help="close this key for good; needs --reason")] = None,
    reason: str = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """List open exceptions by cause with their value at risk, or resolve one."""
    home, deployment = open_home(config)
    from backhaul.flows import resolve
    from backhaul.store.sql import rows

    try:
        key = retry or waive
        if key is not None:
            owner = rows("SELECT merchant_id FROM exceptions WHERE key = %s", (key,))
            if not owner:
                raise typer.BadParameter(f"there is no exception {key}")
            try:
                said = (
                    resolve.retry(deployment, owner[0][0], key, "command line")
                    if retry is not None
                    else resolve.waive(deployment, owner[0][0], key, "command line", reason)
                )
            except resolve.CannotResolve as error:
                raise typer.BadParameter(str(error)) from None
            console.print(said, markup=False)
            return
        found = rows(
            """
            SELECT key, kind, owner, cause, value, due_at FROM exceptions WHERE closed_at IS NULL
            ORDER BY kind, opened_at
            """
        )
        table = [
            (name, kind, owner, cause, ", ".join(str(Money(**one)) for one in json_.loads(value)), due)
            for name, kind, owner, cause, value, due in found
        ]
        _show(("key", "kind", "owner", "cause", "value at risk", "due"), table, json)
    finally:
        home.close()


def messages(
    state: Annotated[str, typer.Option(help="waiting, read, unreadable, unplaced, dismissed")] = "",
    replay: Annotated[int | None, typer.Option(help="read this message again")] = None,
    limit: int = 30,
    json: Json = False,
    config: Config = None,
) -> None:
    """List messages, newest first, or have one read again."""
    home, deployment = open_home(config)
    from backhaul.flows.replay import replay_messages
    from backhaul.store.sql import rows

    try:
        if replay is not None:
            done = sum(replay_messages(deployment, merchant_id, [replay]) for merchant_id in deployment.policies)
            if not done:
                raise typer.BadParameter(f"there is no message {replay}")
            console.print(f"Message {replay} is read again now.")
            return
        found = rows(
            """
            SELECT m.id, c.name, m.kind, m.state, m.received_at, m.seen, m.why FROM messages m
            JOIN connections c ON c.id = m.connection_id WHERE %s = '' OR m.state = %s ORDER BY m.id DESC LIMIT %s
            """,
            (state, state, limit),
        )
        _show(("id", "connection", "kind", "state", "received", "seen", "why"), found, json)
    finally:
        home.close()


def _show(names: tuple[str, ...], found: Sequence[tuple[object, ...]], as_json: bool) -> None:
    if as_json:
        for row in found:
            typer.echo(json_.dumps(dict(zip(names, row, strict=True)), default=str))
        return
    table = Table(*names)
    for row in found:
        table.add_row(
            *(
                ", ".join(cell)
                if isinstance(cell, list)
                else f"{cell:%Y-%m-%d %H:%M}"
                if hasattr(cell, "hour")
                else str(cell)
                for cell in row
            )
        )
    console.print(table)
    console.print(f"{len(found)} shown")


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (returns, exceptions, messages):
        app.command()(command)
