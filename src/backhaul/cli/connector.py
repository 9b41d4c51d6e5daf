"""Commands for connectors: which there are and whose, what one still lacks, and the package of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from backhaul.cli.inspect_ import Json, show

if TYPE_CHECKING:
    from backhaul.project.connectors import Candidate

console = Console(highlight=False, soft_wrap=True)
app = typer.Typer(
    name="connector", help="See which connectors there are, and begin one of your own.", no_args_is_help=True
)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="what it is called in backhaul.toml, as in acme-shop")],
    directory: Annotated[
        Path | None, typer.Option(help="the folder to write, new or empty; default: NAME-backhaul, here")
    ] = None,
    kind: Annotated[str, typer.Option(help="what it speaks to: storefront, erp, warehouse or platform")] = "storefront",
) -> None:
    """Write a package of your own with a connector that works, for an imagined system, and its tests."""
    from backhaul.cli.scaffold import CannotWrite, write
    from backhaul.project.connectors import candidates

    folder = directory or Path(f"{name}-backhaul")
    try:
        written = write(name, kind, folder, {one.name: one.origin for one in candidates()})
    except CannotWrite as error:
        raise typer.BadParameter(str(error)) from None
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be written: {error}; name another folder with --directory") from None
    console.print(f"Wrote {len(written)} files to {folder}: its README.md says what is where.", markup=False)
    console.print(f"Next, in {folder}: pip install -e . pytest && python -m pytest", markup=False)
    console.print(f"Then: backhaul connector check {name}", markup=False)


@app.command("list")
def list_(json: Json = False) -> None:
    """List the connectors that there are: what each reads and does, and where it comes from."""
    from backhaul.project.connectors import candidates

    show((_row(candidate) for candidate in candidates()), json)


@app.command()
def check(name: Annotated[str, typer.Argument(help="a connector, as `list` names it")]) -> None:
    """Load a connector and say what it lacks before it can be used. Ends with 1 when there is anything."""
    from backhaul.project.connectors import candidates
    from backhaul.sdk.lacking import lacking

    every = list(candidates())
    named = [one for one in every if one.name == name]
    if not named:
        known = ", ".join(one.name for one in every)
        raise typer.BadParameter(
            f"there is no connector {name!r}; there are {known}. One of your own is there once its package is "
            "installed beside Backhaul: `pip install -e .` in its folder"
        )
    if len(named) > 1:
        whose = " and ".join(one.origin for one in named)
        raise typer.BadParameter(f"{whose} both bring a connector {name!r}; uninstall one of them")
    connector = named[0].load()
    found = list(lacking(connector))
    console.print(f"[red]mend[/red]  {name}" if found else f"[green]ok[/green]    {name}")
    for line in found:
        console.print(f"        {line}", markup=False)
    for what, said in _row(named[0]).items():
        console.print(f"note  {what}: {said or 'nothing'}", markup=False)
    if found:
        raise typer.Exit(1)


def _row(candidate: Candidate) -> Mapping[str, Any]:
    from backhaul.project.connectors import DoesNotLoad

    row = {"connector": candidate.name, "from": candidate.origin}
    try:
        connector = candidate.load()
    except DoesNotLoad as error:
        return {**row, "reads": "", "does": str(error)}
    return {
        **row,
        "reads": ", ".join(reads.kind for reads in connector.reads),
        "does": ", ".join(performs.effect.verb for performs in connector.performs),
    }


def tell(to: typer.Typer) -> None:
    """Add these commands."""
    to.add_typer(app)
