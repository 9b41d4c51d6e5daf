"""Commands that keep and bring back a deployment's data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from backhaul.cli.opened import Config, open_home
from backhaul.project import backup as backups
from backhaul.project.home import find
from backhaul.store.restored import NEW_EPOCH


def backup(file: Annotated[Path, typer.Argument(help="where to write it")], config: Config = None) -> None:
    """Write the whole database into one file. Web and workers may go on running.

    The keys in .backhaul are not in it: keep a copy of them elsewhere, or nobody can read the messages.
    """
    home = find(config)
    try:
        backups.backup(home.database_url(), file)
    finally:
        home.close()
    typer.echo(f"Wrote {file}. Keep a copy of {home.keys} as well, in another place.")


def restore(
    file: Annotated[Path, typer.Argument(help="a backup that `backhaul backup` wrote")],
    force: Annotated[bool, typer.Option("--force", help="replace what the database holds")] = False,
    config: Config = None,
) -> None:
    """Put a backup back. From then on everything is looked for before it is done, so that nothing is made twice."""
    home = find(config)
    try:
        url = os.environ["DATABASE_URL"] = home.database_url()
        backups.restore(url, file, after=lambda: None, force=force, last_statement=NEW_EPOCH)
    finally:
        home.close()
    typer.echo(
        "Restored. A new recovery epoch has begun: every effect is looked for before it is done. `backhaul exceptions` "
        "shows what is left to look at by hand."
    )


def erase(
    return_id: Annotated[str, typer.Argument(help="our id of the return, as `backhaul returns` shows it")],
    merchant: Annotated[str, typer.Option(help="whose return it is")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    config: Config = None,
) -> None:
    """Make a return's messages unreadable for ever, for a shopper who asks. Facts and ledger name nobody and stay."""
    home, deployment = open_home(config)
    from backhaul.flows import erase as flow
    from backhaul.project.people import merchant_of

    try:
        if not yes:
            typer.confirm(f"Nobody will ever read the messages of {return_id} again. Erase them?", abort=True)
        count = flow.erase(deployment, merchant_of(merchant), return_id)
    except flow.CannotErase as error:
        raise typer.BadParameter(str(error)) from None
    finally:
        home.close()
    typer.echo(f"Erased: {count} messages of {return_id} can be read by nobody any more.")


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (backup, restore, erase):
        app.command()(command)
