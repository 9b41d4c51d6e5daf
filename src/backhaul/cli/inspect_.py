"""Commands that show returns, exceptions and messages on the terminal, and act on them."""

from __future__ import annotations

import json as json_
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from backhaul.cli.opened import Config, open_home

if TYPE_CHECKING:
    from backhaul.flows.deployment import Deployment

console = Console(highlight=False)
Json = Annotated[bool, typer.Option("--json", help="as JSON lines")]
Limit = Annotated[int, typer.Option(min=1, help="how many at most; of each merchant where there are several")]
Merchant = Annotated[str, typer.Option(help="only this merchant's; default: all of them")]


def returns(
    find: Annotated[str, typer.Argument(help="any identity, order or SKU")] = "",
    merchant: Merchant = "",
    limit: Limit = 30,
    json: Json = False,
    config: Config = None,
) -> None:
    """List returns, newest first; with a word, those that have it as identity, order or SKU."""
    home, deployment = open_home(config)
    from backhaul.store.browse.returns import Wanted
    from backhaul.store.browse.returns import returns as browse

    try:
        found = [
            row for id_ in chosen_merchants(deployment, merchant) for row in browse(id_, Wanted(find), size=limit).rows
        ]
        show(
            (
                {
                    "id": row.id,
                    "label": row.label,
                    "orders": ", ".join(row.orders),
                    "skus": ", ".join(row.skus),
                    "stage": row.stage,
                    "squared": row.squared,
                    "exceptions": row.exceptions,
                    "last message": row.last_message_at,
                }
                for row in found
            ),
            json,
        )
    finally:
        home.close()


def exceptions(
    retry: Annotated[str | None, typer.Option(help="try again what this key stands for")] = None,
    replay: Annotated[str | None, typer.Option(help="have the stranded object of this key done again, alone")] = None,
    looked: Annotated[bool, typer.Option("--looked", help="you looked: what may have been sent is not there")] = False,
    waive: Annotated[str | None, typer.Option(help="close this key for good; needs --reason")] = None,
    reason: Annotated[str, typer.Option(help="why it is waived: kept with it")] = "",
    merchant: Merchant = "",
    limit: Limit = 100,
    json: Json = False,
    config: Config = None,
) -> None:
    """List open exceptions with their value at risk, the one due first coming first; or resolve one."""
    home, deployment = open_home(config)
    from backhaul.flows import resolve
    from backhaul.store.browse.exceptions import WantedExceptions, one_exception
    from backhaul.store.browse.exceptions import exceptions as browse

    try:
        merchants = chosen_merchants(deployment, merchant)
        key = retry or replay or waive
        if key is not None:
            owner = next((id_ for id_ in merchants if one_exception(id_, key) is not None), None)
            if owner is None:
                raise typer.BadParameter(f"there is no exception {key}; `backhaul exceptions` lists them")
            try:
                if retry is not None:
                    console.print(resolve.retry(deployment, owner, key, "command line"), markup=False)
                elif replay is not None:
                    said = resolve.replay(deployment, owner, key, "command line", looked=looked)
                    console.print(said, markup=False)
                else:
                    console.print(resolve.waive(deployment, owner, key, "command line", reason), markup=False)
            except resolve.CannotResolve as error:
                raise typer.BadParameter(str(error)) from None
            return
        found = [row for id_ in merchants for row in browse(id_, WantedExceptions(), size=limit).rows]
        show(
            (
                {
                    "key": row.key,
                    "kind": row.kind,
                    "owner": row.owner,
                    "cause": row.cause,
                    "value at risk": ", ".join(map(str, row.value)),
                    "due": row.due_at,
                }
                for row in found
            ),
            json,
        )
    finally:
        home.close()


def messages(
    state: Annotated[str, typer.Option(help="waiting, read, unreadable, unplaced, dismissed")] = "",
    replay: Annotated[int | None, typer.Option(help="read this message again")] = None,
    merchant: Merchant = "",
    limit: Limit = 30,
    json: Json = False,
    config: Config = None,
) -> None:
    """List messages, newest first, or have one read again."""
    home, deployment = open_home(config)
    from backhaul.flows.replay import replay_messages
    from backhaul.store.browse.messages import WantedMessages
    from backhaul.store.browse.messages import messages as browse

    try:
        merchants = chosen_merchants(deployment, merchant)
        if replay is not None:
            if not sum(replay_messages(deployment, id_, [replay]) for id_ in merchants):
                raise typer.BadParameter(f"there is no message {replay}")
            console.print(f"Message {replay} is read again now.")
            return
        found = [row for id_ in merchants for row in browse(id_, WantedMessages(state), size=limit).rows]
        show(
            (
                {
                    "id": row.id,
                    "connection": row.connection,
                    "kind": row.kind,
                    "state": row.state,
                    "received": row.received_at,
                    "seen": row.seen,
                    "why": row.why,
                }
                for row in found
            ),
            json,
        )
    finally:
        home.close()


def chosen_merchants(deployment: Deployment, name: str) -> list[int]:
    """The merchant of that name, or all of them."""
    from backhaul.project.people import merchant_of

    return [merchant_of(name)] if name else sorted(deployment.policies)


def show(found: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """Print rows as a table or as JSON lines."""
    shown = list(found)
    if as_json:
        for row in shown:
            typer.echo(json_.dumps(row, default=str))
        return
    if shown:
        table = Table(*shown[0])
        for row in shown:
            table.add_row(*(f"{cell:%Y-%m-%d %H:%M}Z" if hasattr(cell, "hour") else str(cell) for cell in row.values()))
        console.print(table)
    console.print(f"{len(shown)} shown")


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (returns, exceptions, messages):
        app.command()(command)
