"""Commands for trying Backhaul: the demo, the stand-ins and the simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backhaul.demo import StorefrontKind

_SANDBOXES = ("happy-returns", "medusa", "patchworks", "shopify", "tryton")


def demo(
    once: Annotated[bool, typer.Option("--once", help="end after the summary")] = False,
    json: Annotated[Path, typer.Option(help="where --once writes the summary")] = Path("demo-summary.json"),
    directory: Annotated[Path | None, typer.Option(help="where the demo keeps its things")] = None,
    short: Annotated[bool, typer.Option("--short", help="a dozen returns instead of fifty")] = False,
    storefront: Annotated[
        StorefrontKind, typer.Option(help="one merchant's: a stand-in of Shopify, or a real Medusa (1 GB of disk)")
    ] = StorefrontKind.SHOPIFY,
) -> None:
    """Play a day of returns against a real ERP and a storefront, and prove every document."""
    from backhaul.demo import play

    raise typer.Exit(play(once=once, json_file=json, directory=directory, short=short, storefront=storefront))


def sandbox(context: typer.Context, what: str) -> None:
    """Start a stand-in (``happy-returns``, ``shopify``, ``patchworks``) or a real system (``medusa``, ``tryton``).

    Its own --help follows.
    """
    import importlib

    if what not in _SANDBOXES:
        raise typer.BadParameter(f"{what!r} is none of {', '.join(_SANDBOXES)}")
    module = importlib.import_module(f"backhaul.sandbox.{what.replace('-', '_')}.__main__")
    raise typer.Exit(module.main(context.args))


def fuzz(
    seeds: Annotated[int, typer.Option(min=1, help="how many bad days to play")] = 100,
    first: Annotated[int, typer.Option("--from", min=0, help="the first seed")] = 1,
    workers: Annotated[int, typer.Option(min=0, help="how many at once; 0: one per core")] = 0,
) -> None:
    """Play bad days on pretended systems, one per seed, and compare everything with everything afterwards."""
    from rich.console import Console
    from rich.progress import track

    from backhaul.simulation.fuzz import fuzz as play_all

    console = Console(soft_wrap=True, highlight=False)
    played = list(
        track(
            play_all(range(first, first + seeds), workers), f"{seeds} bad days", total=seeds, console=console,
            disable=not console.is_terminal,
        )
    )  # fmt: skip
    wrong = [one for one in played if one.failure]
    for one in wrong:
        console.print(one.failure, markup=False)
        console.print(f"again: backhaul fuzz --from {one.seed} --seeds 1", markup=False)
    documents, kills = sum(one.documents for one in played), sum(one.kills for one in played)
    console.print(
        f"{len(played)} seeds: {documents} documents made, programs killed {kills} times, {len(wrong)} seeds went wrong"
    )
    if wrong:
        raise typer.Exit(1)


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)
    app.command()(fuzz)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(sandbox)
