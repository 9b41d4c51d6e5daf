"""What the demo says while it works: steps with their seconds and a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Say = Callable[[str], None]
Advance = Callable[[int, str], None]


class Telling:
    """Writes to one console; everything given to it is plain text unless a method says markup."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    def title(self, text: str) -> None:
        self.console.print()
        if self.console.is_terminal:
            self.console.rule(f"[bold]{escape(text)}[/bold]", align="left", style="dim")
        else:
            self.console.print(f"== {text}", markup=False)

    def line(self, markup: str) -> None:
        """One line of Rich markup, wrapped by the terminal only."""
        self.console.print(markup, soft_wrap=True)

    @contextmanager
    def step(self, what: str) -> Iterator[Say]:
        """A step and how long it took; what is given to the yielded function is shown meanwhile."""
        begun = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(escape(what)) as shown:
                yield lambda more: shown.update(escape(f"{what}: {more}"))
        else:
            yield lambda more: self.console.print(f"   {what}: {more}", markup=False, soft_wrap=True)
        self.line(f"[green]✓[/green]  {escape(what)} [dim]({time.monotonic() - begun:.1f} s)[/dim]")

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator[Advance]:
        """A bar up to ``total``; the yielded function takes how many there are now and what happens just now."""
        if not self.console.is_terminal:
            yield self._plain_bar(what, total)
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[now]}"),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(escape(what), total=total, now="")
            yield lambda done, now: progress.update(task, completed=min(done, total), now=escape(now))

    def _plain_bar(self, what: str, total: int) -> Advance:
        shown, begun = "", time.monotonic()

        def advance(_done: int, now: str) -> None:
            nonlocal shown
            if now != shown:
                shown = now
                seconds = time.monotonic() - begun
                self.console.print(f"   {seconds:4.0f} s  {now}", markup=False, soft_wrap=True)

        self.console.print(f"   {what}, {total} expected", markup=False, soft_wrap=True)
        return advance
