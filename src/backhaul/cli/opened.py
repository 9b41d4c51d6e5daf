"""Opens a deployment for the commands that work on it; the others start, and stay, without all that it loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backhaul.flows.deployment import Deployment
    from backhaul.project.home import Home

Config = Annotated[Path | None, typer.Option("--config", "-c", help="backhaul.toml; default: the working directory's")]


def open_home(config: Path | None) -> tuple[Home, Deployment]:
    """The deployment of a configuration file, its database reached and brought up to date."""
    from backhaul.project import deployment

    return deployment.open_home(config)
