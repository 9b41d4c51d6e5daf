"""Commands for the versions of a policy: listed, shown, compared, and a new one made to count after a look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backhaul.cli.inspect_ import Json, console, show
from backhaul.cli.opened import Config, open_home
from backhaul.cli.replay import Limit, Merchant, compare, one_merchant, policy_in, say

if TYPE_CHECKING:
    from backhaul.domain.policy_versions import AppliesTo, PolicyVersion
    from backhaul.flows.deployment import Deployment

app = typer.Typer(
    name="policy", help="Versions of a merchant's policy, and which of them counts.", no_args_is_help=True
)
_BY = "command line"
File = Annotated[Path, typer.Argument(help="the policy's table, or a whole backhaul.toml", exists=True, dir_okay=False)]
Scope = Annotated[str, typer.Option(help="new: returns that begin from now on; open: the open ones, too")]
Number = Annotated[int, typer.Argument(help="a version's number, as `list` shows it")]


@app.command("list")
def list_(merchant: Merchant = "", json: Json = False, config: Config = None) -> None:
    """List the versions, the newest first; it counts for what begins now."""
    with _opened(config, merchant) as (_, _, versions):
        show(
            (
                {
                    "version": one.id, "at": one.at, "applies to": one.applies_to, "author": one.author,
                    "note": one.note, "digest": one.policy.version,
                }
                for one in reversed(versions)
            ),
            json,
        )  # fmt: skip


@app.command("show")
def show_(version: Number, merchant: Merchant = "", json: Json = False, config: Config = None) -> None:
    """Show what a version says, one line per choice."""
    from backhaul.domain.policy_versions import said

    with _opened(config, merchant) as (_, _, versions):
        one = _version(versions, version)
        show(({"choice": name, "says": text} for name, text in said(one.policy).items()), json)


@app.command()
def diff(
    older: Number,
    newer: Annotated[int | None, typer.Argument(help="the other version; default: the newest")] = None,
    merchant: Merchant = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Show each choice in which two versions differ."""
    from backhaul.domain.policy_versions import changes

    with _opened(config, merchant) as (_, _, versions):
        was, becomes = _version(versions, older), versions[-1] if newer is None else _version(versions, newer)
        found = changes(was.policy, becomes.policy)
        show(({"choice": name, "was": old, "becomes": new} for name, old, new in found), json)


@app.command()
def apply(
    file: File,
    applies_to: Scope = "new",
    note: Annotated[str, typer.Option(help="why: kept with it")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    merchant: Merchant = "",
    limit: Limit = 20,
    config: Config = None,
) -> None:
    """Show what another policy would change, ask, and have it count from now on."""
    with _opened(config, merchant) as (deployment, merchant_id, versions):
        from backhaul.domain.policy_versions import changes
        from backhaul.flows.change_policy import CannotChange, change_policy

        chosen, scope = policy_in(file, deployment, merchant_id), _applies_to(applies_to)
        was = versions[-1].policy if versions else deployment.effective.said[merchant_id]
        for name, old, new in changes(was, chosen):
            console.print(f"{name}: {old or 'nothing'} -> {new or 'nothing'}", markup=False)
        if scope == "open":
            say(compare(deployment, merchant_id, chosen), limit)
        else:
            console.print("Returns that have begun keep their version; this one is for those to come.", markup=False)
        if not yes:
            typer.confirm("Apply it?", abort=True)
        try:
            done = change_policy(deployment, merchant_id, chosen, scope, _BY, note)
        except CannotChange as error:
            raise typer.BadParameter(str(error)) from None
        later = f", {done.left} more within seconds" if done.left else ""
        console.print(f"Version {done.id} counts. {done.decided} open returns were decided anew{later}.", markup=False)


def _applies_to(name: str) -> AppliesTo:
    from backhaul.domain.policy_versions import APPLIES_TO

    known = next((one for one in APPLIES_TO if one == name), None)
    if known is None:
        raise typer.BadParameter(f"--applies-to {name!r} is none of {', '.join(APPLIES_TO)}")
    return known


def _version(versions: tuple[PolicyVersion, ...], number: int) -> PolicyVersion:
    found = next((one for one in versions if one.id == number), None)
    if found is None:
        raise typer.BadParameter(f"there is no version {number}; `backhaul policy list` shows those there are")
    return found


@contextmanager
def _opened(config: Path | None, merchant: str) -> Iterator[tuple[Deployment, int, tuple[PolicyVersion, ...]]]:
    """The deployment, the merchant asked for, and the versions of their policy."""
    home, deployment = open_home(config)
    from backhaul.store.policies import versions_of

    try:
        merchant_id = one_merchant(deployment, merchant)
        yield deployment, merchant_id, versions_of(merchant_id)
    finally:
        home.close()


def tell(to: typer.Typer) -> None:
    """Add these commands."""
    to.add_typer(app)
