"""Commands for trying Backhaul: the demo, the stand-ins and the simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    once: Annotated[bool, typer.Option("--once", help="end after the summary")] = False,
    json: Annotated[Path, typer.Option(help="where --once writes the summary")] = Path("demo-summary.json"),
    directory: Annotated[Path | None, typer.Option(help="where the demo keeps its things")] = None,
) -> None:
    """Play a day of returns against a real ERP and prove every document."""
    from backhaul.demo import play

    raise typer.Exit(play(once=once, json_file=json, directory=directory))


def sandbox(context: typer.Context, what: str) -> None:
    """Start a stand-in or a test system: ``happy-returns`` or ``tryton``; its own --help follows."""
    import importlib

    module = {"happy-returns": "happy_returns", "tryton": "tryton"}.get(what)
    if module is None:
        raise typer.BadParameter(f"{what!r} is none of happy-returns, tryton")
    importlib.import_module(f"backhaul.sandbox.{module}.__main__").main(context.args)


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(sandbox)
