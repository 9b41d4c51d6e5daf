"""Commands that keep and bring back a deployment's data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from backhaul.cli.run import Config
from backhaul.project import backup as backups
from backhaul.project.home import find

NEW_EPOCH = "UPDATE public.deployments SET epoch = epoch + 1, restored_at = now()"


def backup(file: Path, config: Config = None) -> None:
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
    file: Path,
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
    typer.echo("Restored. A new recovery epoch has begun: every effect is looked for before it is done.")


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (backup, restore):
        app.command()(command)
