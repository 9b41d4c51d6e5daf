"""The figures as a table: what was measured, the floor below which it is a fault, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; right is at least ``floor``, or at most ``ceiling``."""

    what: str
    figure: float
    unit: str
    limited_by: str
    floor: float = 0.0
    ceiling: float = inf

    @property
    def held(self) -> bool:
        return self.floor <= self.figure <= self.ceiling

    @property
    def bound(self) -> str:
        return f"≥ {self.floor:,g}" if self.floor else f"≤ {self.ceiling:,g}"


def lines(figures: dict[str, Any]) -> list[Line]:
    """Every figure that has a bound."""
    inserts, flat = figures["inserts"], figures["acknowledge"]["flat_out"]
    calm, whole = figures["acknowledge"]["offered_500"], figures["whole"]
    read, done = figures["flows"]["interpret"], figures["flows"]["dispatch"]
    memory = whole["memory"]["together"]
    share = f"{flat['per_second'] / inserts['per_second']:.0%} of the database's own inserts"
    crowd = f"p50 {flat['p50_ms']} ms on {flat['connections']} connections"
    pages = f"{memory['pss_mb']} MB with shared pages counted once"
    return [
        Line("acknowledgements", flat["per_second"], "/s", f"{share}; {_cores(flat)}", floor=1000),
        Line("p99 flat out", flat["p99_ms"], "ms", crowd, ceiling=250),
        Line("p99 at 500/s", calm["p99_ms"], "ms", f"p50 {calm['p50_ms']} ms; {_cores(calm)}", ceiling=50),
        Line("messages interpreted", read["per_second"], "/s", _cores(read), floor=1500),
        Line("effects done", done["per_second"], "/s", _cores(done), floor=800),
        Line("CPU per webhook", whole["cpu_ms_per_webhook"], "ms", _each(whole["cpu_ms_by_program"]), ceiling=3),
        Line("memory, web and worker", memory["rss_mb"], "MB", pages, ceiling=400),
    ]


def show(figures: dict[str, Any], console: Console) -> None:
    """Print the table."""
    console.print(f"[bold]Backhaul on {figures['machine']}[/bold]")
    console.print(figures["mix"])
    inserts = figures["inserts"]
    table = Table("", "figure", "bound", "what it used, what limits it")
    table.add_row(
        "pgbench, single-row inserts", f"{inserts['per_second']:,.0f} /s", "",
        f"{inserts['clients']} clients, mean {inserts['mean_ms']} ms; {_cores(inserts)}",
    )  # fmt: skip
    for line in lines(figures):
        mark = "" if line.held else " [red]missed[/red]"
        figure = f"{line.figure:,.0f}" if line.figure >= 100 else f"{line.figure:,.2f}"
        table.add_row(line.what, f"{figure} {line.unit}{mark}", line.bound, line.limited_by)
    console.print(table)


def _cores(result: dict[str, Any]) -> str:
    return "cores: " + _each(result["cores"])


def _each(numbers: dict[str, float]) -> str:
    return ", ".join(f"{name} {number:.2f}" for name, number in numbers.items())
