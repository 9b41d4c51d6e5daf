"""Prints the summary: what was seen per scenario, documents, exceptions by owner, and where to look now."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from backhaul.demo.ground import PASSWORD, PERSON, Ground
from backhaul.demo.summary import Summary
from backhaul.demo.telling import Telling
from backhaul.sandbox.tryton import TrytonShop


def show(telling: Telling, summary: Summary) -> None:
    """The whole summary."""
    telling.title("What was seen")
    for chapter in summary.chapters:
        mark = "[red]✗[/red]" if chapter.wrong else "[green]✓[/green]"
        wrong = f"[red]{chapter.wrong} wrong[/red], " if chapter.wrong else ""
        telling.line(f"{mark}  [b]{escape(chapter.name)}[/b]")
        telling.line(
            f"      {wrong}{chapter.squared} of {chapter.returns} returns squared. [dim]{escape(chapter.seen)}.[/dim]"
        )
    for one in summary.witnessed:
        telling.line(
            f"[green]✓[/green]  {escape(one.what)}"
            if one.so
            else f"[red]✗  {escape(one.what)}[/red]: {escape(one.but)}"
        )
    _figures(telling, summary)
    for finding in summary.findings:
        telling.line(f"[red]✗  {escape(str(finding))}[/red]")
    _verdict(telling, summary)


def _figures(telling: Telling, summary: Summary) -> None:
    telling.title("In Tryton's and the storefront's own books, and in ours")
    documents = Table("document", "number", box=None, pad_edge=False, header_style="dim")
    documents.columns[1].justify = "right"
    for kind, count in summary.documents.items():
        documents.add_row(kind, str(count))
    telling.console.print(documents)
    telling.console.print()
    exceptions = Table("waits for", "open", "at risk", "what", box=None, pad_edge=False, header_style="dim")
    exceptions.columns[1].justify = exceptions.columns[2].justify = "right"
    for owner in summary.exceptions:
        value = ", ".join(_money(minor, currency) for currency, minor in owner.value_minor.items())
        kinds = ", ".join(f"{count} {kind}" for kind, count in owner.kinds.items())
        exceptions.add_row(owner.owner, str(owner.count), value, kinds)
    telling.console.print(exceptions)
    telling.console.print()
    faults = ", ".join(f"{count} {fault}" for fault, count in summary.faults.items()) or "none"
    telling.line(f"[dim]{summary.messages} messages, told again {summary.messages_again} times[/dim]")
    telling.line(f"[dim]calls to Tryton that suffered: {escape(faults)}[/dim]")


def _verdict(telling: Telling, summary: Summary) -> None:
    papers = sum(summary.documents.values())
    colour = "green" if summary.right else "red"
    squared = f"{summary.squared} of {summary.returns} returns squared, {summary.squared_expected} had to be"
    told = "every document exactly once, right to the cent and to the unit" if not summary.findings else (
        f"{len(summary.findings)} things missing, doubled or wrong"
    )  # fmt: skip
    telling.line("")
    telling.line(f"[{colour} bold]{papers} documents in Tryton and the storefront: {told}; {squared}.[/{colour} bold]")
    telling.line(f"[dim]Set-up {summary.set_up_seconds:.0f} s, the day {summary.play_seconds:.0f} s.[/dim]")


def show_where_to_look(telling: Telling, ground: Ground, shop: TrytonShop) -> None:
    """Addresses, and what to try next by hand."""
    telling.title("Look around")
    console, page = ground.backhaul_url, ground.platform_url()
    others = f"the outlet's is {ground.platform_url('outlet')}, the boutique's {ground.platform_url('boutique')}"
    telling.line(f"Console            [link]{console}[/link]   sign in as [b]{PERSON}[/b] / [b]{PASSWORD}[/b]")
    telling.line(f"Happy Returns      [link]{page}[/link]   the stand-in's page; {others}")
    telling.line(
        f"Tryton             {shop.url}, database [b]{shop.database}[/b], user [b]{shop.login}[/b]; "
        f"password and key in {ground.tryton / 'env.json'}"
    )
    telling.line(f"Logs               {ground.run}")
    telling.title("Try it by hand")
    telling.line("1. On the stand-in's page choose order SHOP-1055, one unit, [b]Start the return[/b], then scan it.")
    telling.line("2. In the console open [b]Returns[/b]: its authorisation stands in Tryton seconds later.")
    telling.line("3. Open [b]Exceptions[/b]: the haunted mug waits for the warehouse; decide what it is, see it go on.")
    telling.line("")
    telling.line("[dim]Runs on until Ctrl-C.[/dim]")


def _money(minor_units: int, currency: str = "USD") -> str:
    return f"{minor_units / 100:,.2f} {currency}"
