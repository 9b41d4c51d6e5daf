"""The command line: ``backhaul init | check | serve | web | worker | demo | sandbox | returns | exceptions | …``."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from backhaul.cli import catalogue, connector, demonstrate, inspect_, keep, mapped, policy, replay, run, set_up, where
from backhaul.project.backup import BackupFailed
from backhaul.project.configuration import BadConfiguration
from backhaul.project.embedded import EmbeddedFailed

app = typer.Typer(
    name="backhaul",
    help="Make the books agree with the returns.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
set_up.tell(app)
run.tell(app)
inspect_.tell(app)
where.tell(app)
catalogue.tell(app)
mapped.tell(app)
replay.tell(app)
policy.tell(app)
connector.tell(app)
keep.tell(app)
demonstrate.tell(app)


def main() -> None:
    """Run a command; a mistake the user can mend is one message, not a traceback."""
    try:
        app()
    except (BadConfiguration, EmbeddedFailed, BackupFailed) as error:
        Console(stderr=True).print(f"[red]backhaul:[/red] {error}", markup=True, highlight=False)
        sys.exit(2)
