"""Writes the reference page of the command line; a test keeps it equal to the program."""

import html
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from backhaul.cli import app

PAGE = Path(__file__).parents[1] / "docs/reference/command-line.md"


def text() -> str:
    """The page, from the help texts of the commands."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="backhaul")
    return html.unescape(get_docs_for_click(obj=command, ctx=context, name="backhaul", title="The command line"))


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
