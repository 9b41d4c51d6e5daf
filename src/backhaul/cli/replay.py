"""The command that tells what another policy would do, and does nothing."""

from __future__ import annotations

import csv
import json as json_
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backhaul.cli.inspect_ import console
from backhaul.cli.opened import Config, open_home

if TYPE_CHECKING:
    from backhaul.domain.policy import Policy
    from backhaul.flows.compare_policies import Comparison
    from backhaul.flows.deployment import Deployment

Merchant = Annotated[str, typer.Option(help="whose; needed where there are several")]
Limit = Annotated[int, typer.Option(min=0, help="how many returns are listed on the terminal")]
_HEADS = (
    "return", "label", "what", "document or exception", "order", "differs in", "was", "becomes", "currency", "key",
)  # fmt: skip


def replay(
    policy: Annotated[
        Path, typer.Option(help="the other policy: its table, or a whole backhaul.toml", exists=True, dir_okay=False)
    ],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="returns that began since; default: the open ones")
    ] = None,
    merchant: Merchant = "",
    to_csv: Annotated[Path | None, typer.Option("--csv", help="write every difference into this file")] = None,
    json: Annotated[bool, typer.Option("--json", help="as one JSON document")] = False,
    limit: Limit = 20,
    config: Config = None,
) -> None:
    """Tell what another policy would make of the returns, in documents and money; nothing is written or sent."""
    home, deployment = open_home(config)
    try:
        merchant_id = one_merchant(deployment, merchant)
        chosen, zone = policy_in(policy, deployment, merchant_id), deployment.policies[merchant_id].timezone
        begun = since.replace(tzinfo=ZoneInfo(zone)) if since is not None else None
        found = compare(deployment, merchant_id, chosen, begun)
    finally:
        home.close()
    if to_csv is not None:
        with to_csv.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file)
            write.writerow(_HEADS)
            write.writerows(_lines(found))
    if json:
        typer.echo(json_.dumps(as_json(found), ensure_ascii=False))
    else:
        say(found, limit)
        if to_csv is not None:
            console.print(f"Every difference is in {to_csv}.", markup=False)


def one_merchant(deployment: Deployment, name: str) -> int:
    """The merchant asked for, or the only one."""
    from backhaul.project.people import merchant_of

    if not name and len(deployment.policies) != 1:
        raise typer.BadParameter("there are several merchants: name one with --merchant")
    return merchant_of(name) if name else next(iter(deployment.policies))


def policy_in(path: Path, deployment: Deployment, merchant_id: int) -> Policy:
    """The policy of a file. Raises BadConfiguration, naming each key that cannot be used."""
    from backhaul.project.policies import read_policy_file
    from backhaul.store.merchants import name_of

    return read_policy_file(path, name_of(merchant_id), deployment.policies[merchant_id].timezone)


def compare(deployment: Deployment, merchant_id: int, chosen: Policy, since: datetime | None = None) -> Comparison:
    """The comparison, with a bar on the terminal while it takes long."""
    from backhaul.flows.compare_policies import compare_policies

    with _bar() as progress:
        task = progress.add_task("Returns compared", total=None)
        return compare_policies(
            deployment, merchant_id, chosen, since, lambda done, of: progress.update(task, completed=done, total=of)
        )


@contextmanager
def _bar() -> Iterator[Progress]:
    # On standard error: what was found is often piped on.
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress


def say(found: Comparison, limit: int) -> None:
    """The totals first, then the returns that differ, as many as asked for."""
    for line in totals(found):
        console.print(line, markup=False)
    for one in found.returns[:limit]:
        console.print(f"\n{one.label} ({one.return_id})", markup=False)
        for _, _, what, name, order, parts, was, becomes, currency, _ in _lines_of(one):
            money = f": {was or 'nothing'} -> {becomes or 'nothing'} {currency}" if was or becomes else ""
            about = f" of order {order}" if order else ""
            console.print(f"  {what} {name}{about}{money}{f' ({parts})' if parts else ''}", markup=False)
    if len(found.returns) > limit:
        console.print(f"\n… and {len(found.returns) - limit} returns more; --csv writes them all.", markup=False)


def totals(found: Comparison) -> list[str]:
    """What all of it comes to, in lines."""
    from backhaul.domain.money import Money

    sums = found.totals
    said = [f"{sums.returns} returns compared, {sums.changed} would differ. Nothing was written."]
    words = {"more": "owed in addition", "less": "owed no longer", "otherwise": "owed otherwise"}
    for how, counted in sums.documents.items():
        said += [f"  {many} × {verb} {words[how]}" for verb, many in sorted(counted.items())]
    for currency in sorted({*sums.before_minor, *sums.after_minor}):
        was, becomes = (Money(one[currency], currency) for one in (sums.before_minor, sums.after_minor))
        said.append(f"  credit notes {was} -> {becomes} ({(becomes - was).decimal:+} {currency})")
    for what, counted in (("opened", sums.opened), ("closed", sums.closed), ("another owner's", sums.handed_over)):
        said += [f"  {many} × exception {kind} {what}" for kind, many in sorted(counted.items())]
    at_risk = [Money(minor, currency) for currency, minor in sorted(sums.at_risk_minor.items()) if minor]
    return [*said, *(f"  value at risk {one.decimal:+} {one.currency}" for one in at_risk)]


def as_json(found: Comparison) -> dict[str, Any]:
    """The totals and every difference, amounts in minor units."""
    sums = found.totals
    return {
        "returns": sums.returns,
        "changed": sums.changed,
        "documents": {how: dict(counted) for how, counted in sums.documents.items()},
        "credit_notes": [
            {"currency": one, "before_minor": sums.before_minor[one], "after_minor": sums.after_minor[one]}
            for one in sorted({*sums.before_minor, *sums.after_minor})
        ],
        "exceptions": {name: dict(getattr(sums, name)) for name in ("opened", "closed", "handed_over")},
        "differences": [dict(zip(_HEADS, line, strict=True)) for line in _lines(found)],
    }


def _lines(found: Comparison) -> Iterator[tuple[str, ...]]:
    for one in found.returns:
        yield from _lines_of(one)


def _lines_of(one: Any) -> Iterator[tuple[str, ...]]:
    differs, name = one.difference, (one.return_id, one.label)
    for each in differs.documents:
        currency = next((money.currency for money in (each.was, each.becomes) if money is not None), "")
        was, becomes = (str(money.decimal) if money is not None else "" for money in (each.was, each.becomes))
        yield *name, each.how, each.verb, each.order, ", ".join(each.parts), was, becomes, currency, each.key
    for what, raised in (("opens", differs.opened), ("closes", differs.closed), ("hands over", differs.handed_over)):
        for each in raised:
            yield *name, what, each.kind, "", f"owner {each.owner}", "", "", "", each.key
    for what, kinds in (("awaits", differs.awaited), ("awaits no more", differs.awaited_no_more)):
        for kind in kinds:
            yield *name, what, kind, "", "", "", "", "", ""


def tell(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(replay)
