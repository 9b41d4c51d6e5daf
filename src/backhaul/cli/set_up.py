"""Commands that set a deployment up: write it, check it, let people in."""

from __future__ import annotations

import secrets
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backhaul.cli.opened import Config, open_home
from backhaul.project.configuration import BadConfiguration

console = Console(highlight=False)


def init(
    path: Annotated[Path, typer.Argument(help="where to write backhaul.toml")] = Path("backhaul.toml"),
    admin: Annotated[str, typer.Option(help="name of the first person")] = "admin",
    password: Annotated[
        str | None, typer.Option(help="default: one is made and shown once", envvar="BACKHAUL_ADMIN_PASSWORD")
    ] = None,
) -> None:
    """Write a commented backhaul.toml, make the database, and let the first person in."""
    if path.exists():
        raise BadConfiguration(f"{path} exists already; edit it, or name another file")
    template = files("backhaul.cli").joinpath("backhaul.toml.template").read_text(encoding="utf-8")
    secret = secrets.token_urlsafe(32)
    path.write_text(template.replace("@SECRET@", secret), encoding="utf-8")
    path.chmod(0o600)
    home, deployment = open_home(path)
    try:
        shown = password or secrets.token_urlsafe(12)
        from backhaul.project.people import let_in

        for merchant_id in deployment.policies:
            let_in(admin, shown, merchant_id, superuser=True)
        console.print(f"Wrote {path}: read it, it explains itself.")
        console.print(f"Sign in as [b]{admin}[/b]" + ("" if password else f" with [b]{shown}[/b] (shown only now)"))
        console.print("Next: [b]backhaul check[/b], then [b]backhaul serve[/b].")
    finally:
        home.close()


def check(config: Config = None) -> None:
    """Read configuration and policy, try every connection, and say what to mend. Ends with 1 when there is anything."""
    home, deployment = open_home(config)
    from backhaul.project.check import notes, problems

    found = 0
    try:
        for what, lines in problems(deployment):
            found += len(lines)
            console.print(f"[green]ok[/green]    {what}" if not lines else f"[red]mend[/red]  {what}")
            for line in lines:
                console.print(f"        {line}", markup=False)
        for note in notes(deployment):
            console.print(f"note  {note}", markup=False)
    finally:
        home.close()
    if found:
        raise typer.Exit(1)


def user(
    name: Annotated[str, typer.Argument(help="the name to sign in with")],
    merchant: Annotated[str, typer.Option(help="whose returns this person sees")],
    read_only: Annotated[bool, typer.Option("--read-only", help="may look, and neither retry nor waive")] = False,
    config: Config = None,
) -> None:
    """Let a person in, or give one a new password; it is shown once."""
    home, _ = open_home(config)
    from backhaul.project.people import let_in, merchant_of

    try:
        shown = secrets.token_urlsafe(12)
        let_in(name, shown, merchant_of(merchant), may_resolve=not read_only)
        console.print(f"{name} signs in with [b]{shown}[/b] (shown only now)")
    finally:
        home.close()


def token(
    name: Annotated[str, typer.Argument(help="whose token: an existing person")],
    merchant: Annotated[str, typer.Option(help="whose returns it reaches")],
    label: Annotated[str, typer.Option(help="what it is for: kept with it")] = "command line",
    config: Config = None,
) -> None:
    """Make a token for the REST API; it is shown once."""
    home, _ = open_home(config)
    from backhaul.project.people import make_token, merchant_of

    try:
        console.print(make_token(name, merchant_of(merchant), label), markup=False)
    finally:
        home.close()


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (init, check, user, token):
        app.command()(command)
