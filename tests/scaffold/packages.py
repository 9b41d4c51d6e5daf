"""Packages as `backhaul connector new` writes them, and tools run on them as their owner would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import backhaul
from backhaul.cli import scaffold

SOURCE = Path(backhaul.__file__).parents[1]


def run(folder: Path, *words: str, beside: Path | None = None) -> str:
    """What ``python -m …`` prints in that folder, with Backhaul installed and perhaps a package beside it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "COLUMNS": "300",
        "PYTHONPATH": os.pathsep.join(map(str, filter(None, (SOURCE, beside)))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a stranger has none of ours
        # mypy knows nothing of PYTHONPATH.
        "MYPYPATH": str(SOURCE),
    }
    ended = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, f"{' '.join(words)} in {folder.name}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def write(folder: Path, name: str, kind: str) -> Path:
    """The package of a new connector."""
    scaffold.write(name, kind, folder / name, {})
    return folder / name


def built(package: Path) -> Path:
    """Its wheel: what is on the path of whoever installed it, with its entry point."""
    run(package, "hatchling", "build", "-t", "wheel")
    (wheel,) = (package / "dist").glob("*.whl")
    return wheel
