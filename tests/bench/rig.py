"""One embedded PostgreSQL with its product settings (fsync on), and deployments of their own for each measurement."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from backhaul.project.embedded import Embedded
from tests.bench.mix import RETAILER
from tests.support.ports import free_port

SECRET = "a-secret-for-benchmarks"
_START_S = 60.0
_CONFIGURATION = """
[backhaul]
listen = "127.0.0.1:{port}"
base_url = "http://127.0.0.1:{port}"
[merchants.shop]
[merchants.shop.connections.happy-returns]
connector = "happy-returns"
settings = {{ retailer_id = "{retailer}", signature_secrets = ["{secret}"] }}
[merchants.shop.connections.money]
connector = "neutral-money"
settings = {{ signature_secrets = ["{secret}"] }}
[merchants.shop.connections.warehouse]
connector = "neutral-warehouse"
settings = {{ signature_secrets = ["{secret}"] }}
"""


class Rig:
    """Everything that is started is stopped at the end, and nothing of it is left."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="backhaul-bench-"))
        self.folder.chmod(0o711)  # where we are root, PostgreSQL runs under another account and passes through here
        self.server = Embedded(self.folder / "postgres")
        self.port = free_port()
        self.config = self.folder / "backhaul.toml"
        self.config.write_text(_CONFIGURATION.format(port=self.port, retailer=RETAILER, secret=SECRET))
        self.postmaster = 0

    def __enter__(self) -> Self:
        self.server.start()
        [note] = (self.folder / "postgres").glob("*/postmaster.pid")
        self.postmaster = int(note.read_text().splitlines()[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, name: str) -> str:
        """A fresh database."""
        return self.server.create_database(name)

    def environment(self, database: str) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": database, "BACKHAUL_LOG_LEVEL": "WARNING"}

    @contextmanager
    def running(self, database: str, *words: str) -> Iterator[int]:
        """A program of ours on that database; answers its process id."""
        log = (self.folder / "programs.log").open("ab")
        program = subprocess.Popen(
            [sys.executable, "-m", *words], env=self.environment(database), stdout=log, stderr=log
        )
        try:
            yield program.pid
        finally:
            program.terminate()
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                for one in psutil.Process(program.pid).children(recursive=True):
                    one.kill()
                program.kill()
                program.wait()
            log.close()

    @contextmanager
    def web(self, database: str) -> Iterator[int]:
        """The web server as the product starts it, once it answers."""
        with self.running(database, "backhaul", "web", "--config", str(self.config)) as pid:
            self._wait_for_web()
            yield pid

    def _wait_for_web(self) -> None:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "programs.log").read_text()[-3000:])
