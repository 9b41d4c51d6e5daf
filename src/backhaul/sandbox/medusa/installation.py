"""Installs Medusa's packages below a cache folder, once for each version of the pinned list."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .node import Node, find_node
from .running import run

Progress = Callable[[str], None]
APP = Path(__file__).parent / "app"
PINS = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Installation:
    """``app`` is the folder Medusa is started in: its packages, its configuration and our subscriber."""

    app: Path
    node: Node

    def medusa(self, *words: str) -> list[str]:
        """The words that start Medusa's own command."""
        leash = str(self.app / "leash.cjs")
        return [self.node.program, "-r", leash, str(self.app / "node_modules/@medusajs/cli/cli.js"), *words]


def install(cache: Path, progress: Progress) -> Installation:
    """Medusa as ``app`` pins it: one to two minutes and 800 MB the first time. Raises MedusaFailed.

    The caller holds the cache's lock. An installation that was cut short is begun again.
    """
    node = find_node(cache)
    app = cache / f"app-{_fingerprint()}"
    if not app.exists():
        for old in (*cache.glob("app-*"), *cache.glob("installing-*")):
            shutil.rmtree(old, ignore_errors=True)
        progress("installing Medusa (one to two minutes, 800 MB, once)")
        work = Path(tempfile.mkdtemp(prefix="installing-", dir=cache))
        work.chmod(0o755)
        shutil.copytree(APP, work, dirs_exist_ok=True)
        words = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        quiet = {**os.environ, "npm_config_update_notifier": "false"}
        run(words, cache / "npm.log", "npm could not install Medusa", cwd=work, environment=quiet)
        work.rename(app)
    return Installation(app, node)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(file for file in APP.rglob("*") if file.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
