"""Starts and stops one Medusa as a child that ends with us: it watches a pipe that only we hold open."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from backhaul.sandbox.ports import free_port, taken

from .failure import MedusaFailed
from .installation import Installation
from .postgres import Postgres

START_S = 120.0
STOP_S = 15.0


class Server:
    """One Medusa on 127.0.0.1. ``log`` keeps what it says."""

    def __init__(self, installation: Installation, log: Path) -> None:
        self.log = log
        self.port = 0
        self._installation = installation
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, postgres: Postgres, database: str, port: int = 0, told: Mapping[str, str] | None = None) -> None:
        """Starts it on ``port`` (0: a free one) and waits until it answers. Raises MedusaFailed.

        ``told`` is added to its environment. Should we be killed, it ends, and takes ``postgres`` with it.
        """
        environment = {
            **surroundings(self.log.parent, postgres.url(database), told),
            "BACKHAUL_LEASH": str(postgres.running()),
        }
        if port and taken(port):
            raise MedusaFailed(f"port {port} is taken by another program; choose another one")
        for attempt in range(3):
            self.port = port or free_port()
            self._child = self._spawn(environment)
            if self._answers_in_time():
                return
            self.stop()
            if port or attempt == 2 or "EADDRINUSE" not in self.log.read_text(errors="replace"):
                raise MedusaFailed(f"Medusa did not start on port {self.port}", self.log)

    def stop(self) -> None:
        """Stops it if it runs. Twice is once."""
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdin:
            child.stdin.close()

    def runs(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _spawn(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            return subprocess.Popen(
                self._installation.medusa("start", "-H", "127.0.0.1", "-p", str(self.port)),
                cwd=self._installation.app,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
            )

    def _answers_in_time(self) -> bool:
        until = time.monotonic() + START_S
        with httpx.Client(trust_env=False, timeout=5) as client:
            while self.runs() and time.monotonic() < until:
                try:
                    if client.get(f"{self.url}/health").is_success:
                        return self.runs()
                except httpx.TransportError:
                    time.sleep(0.05)
        return False


def surroundings(directory: Path, database_url: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every command of Medusa is told: nothing of ours but the database, secrets and ``more``.

    Its own notes go below ``directory`` and not to the user's, and say that it is to report to nobody: the variable for
    that still has it start a program at its end, which outlives it.
    """
    notes = directory / "config" / "medusa" / "config.json"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text(json.dumps({"telemetry": {"enabled": False}}))
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    return {
        **kept,
        "NODE_ENV": "development",
        "MEDUSA_DISABLE_TELEMETRY": "1",
        "XDG_CONFIG_HOME": str(directory / "config"),
        "LOG_LEVEL": "info",
        "DATABASE_URL": database_url,
        "JWT_SECRET": secrets.token_hex(16),
        "COOKIE_SECRET": secrets.token_hex(16),
        **(more or {}),
    }
