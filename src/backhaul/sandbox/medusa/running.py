"""Runs a program to its end with what it says kept in a log, so that a failure can be shown."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .failure import MedusaFailed

LIMIT_S = 1200.0


def run(
    words: Sequence[str],
    log: Path,
    failed: str,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Raises MedusaFailed with ``failed`` and the end of the log where it ends otherwise than well."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        try:
            ended = subprocess.run(
                words,
                cwd=cwd,
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                timeout=LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MedusaFailed(f"{failed}: {error}", log) from error
    if ended.returncode:
        raise MedusaFailed(f"{failed} (it ended with {ended.returncode})", log)
