"""The command that answers a shopper who asks where the refund is."""

from __future__ import annotations

import json as json_
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from backhaul.cli.inspect_ import Merchant, chosen_merchants, console
from backhaul.cli.opened import Config, open_home

if TYPE_CHECKING:
    from backhaul.flows.find_refund import Answer

_HEADS = {
    "goods": "Goods",
    "awaited": "Awaited",
    "money": "Money",
    "exchanges": "Exchanges",
    "in_the_way": "In the way",
}


def where(
    order: Annotated[str, typer.Argument(help="the order number as the shopper has it; a return's name will do, too")],
    merchant: Merchant = "",
    json: Annotated[bool, typer.Option("--json", help="as one JSON document for each merchant")] = False,
    config: Config = None,
) -> None:
    """Say where the refund of an order is, over all its returns. Ends with 1 when nothing is known of the order."""
    home, deployment = open_home(config)
    from backhaul.flows.find_refund import find_refund

    try:
        answers = [find_refund(deployment, id_, order) for id_ in chosen_merchants(deployment, merchant)]
    finally:
        home.close()
    found = [one for one in answers if one.found or one.in_the_way] or answers
    for answer in found:
        if json:
            typer.echo(json_.dumps(asdict(answer), ensure_ascii=False))
        else:
            _say(answer)
    if not any(one.found for one in found):
        raise typer.Exit(1)


def _say(answer: Answer) -> None:
    console.print(answer.says, markup=False)
    for line in answer.in_the_way:
        console.print(f"  - {line}", markup=False)
    for one in answer.returns:
        console.print(f"\nReturn {one.label} ({one.return_id})", markup=False)
        for name, head in _HEADS.items():
            for place, line in enumerate(getattr(one.telling, name)):
                console.print(f"  {head if place == 0 else '':<11}{line}", markup=False)


def tell(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(where)
