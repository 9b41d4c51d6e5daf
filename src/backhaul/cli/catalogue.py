"""The command that shows what the product master says, and takes one of its files by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backhaul.cli.inspect_ import Json, Limit, Merchant, chosen_merchants, console, show
from backhaul.cli.opened import Config, open_home

if TYPE_CHECKING:
    from backhaul.flows.deployment import Deployment, Link

_FILE = "products-csv"


def products(
    find: Annotated[str, typer.Argument(help="a part of the SKU, or another name of it")] = "",
    take: Annotated[
        Path | None, typer.Option("--import", help="read this CSV file first", exists=True, dir_okay=False)
    ] = None,
    merchant: Merchant = "",
    limit: Limit = 30,
    json: Json = False,
    config: Config = None,
) -> None:
    """List what the product master says now of each SKU; with --import, take a file of it by hand first."""
    home, deployment = open_home(config)
    try:
        take_and_list(deployment, find, take, merchant, limit, as_json=json)
    finally:
        home.close()


def take_and_list(
    deployment: Deployment, find: str, take: Path | None, merchant: str, limit: int, *, as_json: bool
) -> None:
    """Take the file, if there is one; then list what was asked for, or everything."""
    from backhaul.store.products import newest

    merchants = chosen_merchants(deployment, merchant)
    if take is not None:
        _take(deployment, _master(deployment, merchants), take)
        if not find:
            return
    found = [one for id_ in merchants for one in newest(id_, find, limit)]
    show(
        (
            {
                "sku": one.sku,
                "title": one.title,
                "class": one.sku_class,
                "unit cost": one.unit_cost or "",
                "stand-alone price": one.stand_alone or "",
                "aliases": ", ".join(one.aliases),
                "components": ", ".join(f"{part.quantity} x {part.sku}" for part in one.components),
                "as of": one.at,
            }
            for one in found
        ),
        as_json,
    )


def _master(deployment: Deployment, merchants: list[int]) -> Link:
    links = [one for one in deployment.links.values() if one.connector.file_kind == _FILE]
    mine = [one for one in links if one.merchant_id in merchants]
    if len(mine) != 1:
        raise typer.BadParameter(
            "several connections take such a file; name the merchant with --merchant"
            if mine
            else "no connection takes such a file; add one to backhaul.toml"
        )
    return mine[0]


def _take(deployment: Deployment, link: Link, path: Path) -> None:
    from backhaul.flows.take_file import take_file
    from backhaul.store.browse.messages import one_message

    message_id = take_file(deployment, link, _FILE, path.read_bytes())
    kept = one_message(link.merchant_id, message_id)
    if kept is None or kept.row.state != "read":
        why = kept.row.why if kept is not None else "it is gone"
        raise typer.BadParameter(f"{path} was kept as message {message_id} and could not be read: {why}")
    console.print(f"{path} was read as message {message_id}.", markup=False)
    if kept.row.why:
        console.print(kept.row.why, markup=False)


def tell(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(products)
