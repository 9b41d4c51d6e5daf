"""Commands for mappings: what a source's word leads to; listed, made, ended, suggested, checked, and as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from backhaul.cli.inspect_ import Json, show
from backhaul.cli.opened import Config, open_home

if TYPE_CHECKING:
    from backhaul.domain.mappings import ValueMapping
    from backhaul.flows.deployment import Deployment
    from backhaul.flows.usable import Change

console = Console(highlight=False)
app = typer.Typer(
    name="mappings", help="Say what a source's word leads to; see the reference of mappings.", no_args_is_help=True
)
_BY = "command line"
Kind = Annotated[str, typer.Argument(help="disposition, place, reason, sku-alias, sku-class, location, tender, …")]
Value = Annotated[str, typer.Argument(help="the source's word; * for any, where the kind has that")]
Site = Annotated[str, typer.Option(help="only at this site: for a disposition or a place")]
Class = Annotated[str, typer.Option("--class", help="only of this SKU class: for a place")]
Why = Annotated[str, typer.Option(help="why: kept with it")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]
Merchant = Annotated[str, typer.Option(help="whose; needed where there are several")]


@app.command("list")
def list_(kind: Annotated[str, typer.Option(help="only this kind")] = "", merchant: Merchant = "", json: Json = False,
          config: Config = None) -> None:  # fmt: skip
    """List what is mapped, with who did it and when."""
    with _opened(config, merchant) as (_, merchant_id):
        from backhaul.store.mappings import active

        show(
            (
                {
                    "kind": kept.mapping.kind, "value": kept.mapping.value, "site": kept.mapping.site,
                    "class": kept.mapping.sku_class, "target": kept.mapping.target, "by": kept.set_by,
                    "at": kept.set_at, "why": kept.why,
                }
                for kept in active(merchant_id)
                if kind in ("", kept.mapping.kind)
            ),
            json,
        )  # fmt: skip


@app.command("set")
def set_(
    kind: Kind,
    value: Value,
    target: Annotated[str, typer.Argument(help="what it leads to")],
    site: Site = "*",
    sku_class: Class = "*",
    why: Why = "",
    yes: Yes = False,
    merchant: Merchant = "",
    config: Config = None,
) -> None:
    """Map a value. Says how much waits for it, asks, and has all of it decided anew."""
    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.flows.usable import Change

        _make(deployment, merchant_id, [Change(_mapping(kind, value, target, site, sku_class))], why, yes)


@app.command()
def remove(
    kind: Kind,
    value: Value,
    site: Site = "*",
    sku_class: Class = "*",
    why: Why = "",
    yes: Yes = False,
    merchant: Merchant = "",
    config: Config = None,
) -> None:
    """End a mapping: the value leads where the policy leads it, or nowhere."""
    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.flows.usable import Change

        _make(deployment, merchant_id, [Change(_mapping(kind, value, "", site, sku_class), ends=True)], why, yes)


@app.command()
def undo(
    kind: Kind,
    value: Value,
    site: Site = "*",
    sku_class: Class = "*",
    why: Why = "",
    merchant: Merchant = "",
    config: Config = None,
) -> None:
    """Put back what a value was mapped to before."""
    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.domain.mappings import tidied
        from backhaul.flows import map_values
        from backhaul.flows.usable import CannotMap

        try:
            name = tidied(_mapping(kind, value, "", site, sku_class)).name
            console.print(str(map_values.undo(deployment, merchant_id, name, _BY, why)), markup=False)
        except CannotMap as error:
            raise typer.BadParameter(str(error)) from None


@app.command()
def suggest(kind: Kind, value: Value, merchant: Merchant = "", json: Json = False, config: Config = None) -> None:
    """Show what a value could be meant to be, the nearest first. Nothing is mapped by it."""
    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.flows import suggest as flow

        found = flow.suggest(deployment, merchant_id, _mapping(kind, value, "").kind, value)
        show(({"target": one.target, "score": one.score, "because": one.because} for one in found), json)


@app.command()
def lint(
    days: Annotated[int, typer.Option(min=1, help="look at returns that were told something in so many days")] = 90,
    merchant: Merchant = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """List values that messages carried and that lead nowhere. Ends with 1 when anything waits for one."""
    from datetime import timedelta

    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.flows.find_gaps import find_gaps

        gaps = find_gaps(deployment, merchant_id, timedelta(days=days))
        show(
            (
                {
                    "kind": gap.kind, "value": gap.value, "site": gap.site, "seen": gap.count, "first": gap.first_at,
                    "last": gap.last_at, "waits": gap.waits,
                }
                for gap in gaps
            ),
            json,
        )  # fmt: skip
    if any(gap.waits for gap in gaps):
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="where to write it; default: the terminal")] = None,
    merchant: Merchant = "",
    config: Config = None,
) -> None:
    """Write all mappings as a CSV sheet."""
    with _opened(config, merchant) as (_, merchant_id):
        from backhaul.flows.read_sheet import sheet
        from backhaul.store.mappings import active

        text = sheet(active(merchant_id))
        if file is None:
            typer.echo(text, nl=False)
        else:
            file.write_text(text, encoding="utf-8")
            console.print(f"Wrote {file}.", markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="a sheet that `export` wrote, edited", exists=True, dir_okay=False)],
    apply: Annotated[bool, typer.Option("--apply", help="make it so; without it nothing is written")] = False,
    keep_others: Annotated[bool, typer.Option("--keep-others", help="end no mapping that is not in the sheet")] = False,
    why: Why = "",
    merchant: Merchant = "",
    config: Config = None,
) -> None:
    """Show what a CSV sheet would change, line by line, and what waits for it; with --apply, do it: all or nothing."""
    with _opened(config, merchant) as (deployment, merchant_id):
        from backhaul.flows import read_sheet
        from backhaul.flows.map_values import map_values, preview
        from backhaul.flows.usable import CannotMap
        from backhaul.store.mappings import active

        try:
            now = active(merchant_id)
            changes, lines = read_sheet.changes(
                read_sheet.read_sheet(file.read_text(encoding="utf-8")), now, keep_others=keep_others
            )
            former = {kept.mapping.name: kept.mapping.target for kept in now}
            for change, line in zip(changes, lines, strict=True):
                was = former.get(change.mapping.name)
                what = "removed" if change.ends else "added" if was is None else f"changed from {was}"
                where = f"line {line}: " if line else ""
                to = "" if change.ends else f" -> {change.mapping.target}"
                console.print(f"{where}{change.mapping}{to} ({what})", markup=False)
            if apply:
                done = map_values(deployment, merchant_id, changes, _BY, why or f"sheet {file.name}")
                console.print(str(done), markup=False)
            else:
                console.print(str(preview(deployment, merchant_id, changes)), markup=False)
                console.print("Nothing was written: this was a look. With --apply it is done.", markup=False)
        except UnicodeDecodeError:
            raise typer.BadParameter(f"{file} is not written in UTF-8; save it as CSV in UTF-8") from None
        except read_sheet.BadSheet as error:
            raise typer.BadParameter(f"nothing was changed:\n{error}") from None
        except CannotMap as error:
            said = [f"line {lines[at]}: {text}" if at >= 0 and lines[at] else text for at, text in error.wrong]
            raise typer.BadParameter("nothing was changed:\n" + "\n".join(said)) from None


def _make(deployment: Deployment, merchant_id: int, changes: Sequence[Change], why: str, yes: bool) -> None:
    from backhaul.flows.map_values import map_values, preview
    from backhaul.flows.usable import CannotMap

    try:
        expected = preview(deployment, merchant_id, changes)
        console.print(str(expected), markup=False)
        if expected.fresh:
            if not yes:
                typer.confirm("Map it?", abort=True)
            console.print(str(map_values(deployment, merchant_id, changes, _BY, why)), markup=False)
    except CannotMap as error:
        raise typer.BadParameter(str(error)) from None


def _mapping(kind: str, value: str, target: str, site: str = "*", sku_class: str = "*") -> ValueMapping:
    from backhaul.domain.mappings import KINDS, ValueMapping

    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise typer.BadParameter(f"kind {kind!r} is none of {', '.join(KINDS)}")
    return ValueMapping(known, value, target, site, sku_class)


@contextmanager
def _opened(config: Path | None, merchant: str) -> Iterator[tuple[Deployment, int]]:
    """The deployment and the merchant asked for."""
    home, deployment = open_home(config)
    from backhaul.project.people import merchant_of

    try:
        if not merchant and len(deployment.policies) != 1:
            raise typer.BadParameter("there are several merchants: name one with --merchant")
        yield deployment, merchant_of(merchant) if merchant else next(iter(deployment.policies))
    finally:
        home.close()


def tell(to: typer.Typer) -> None:
    """Add these commands."""
    to.add_typer(app)
