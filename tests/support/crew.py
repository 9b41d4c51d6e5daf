"""Workers as real programs on a test's database: hired, killed, stopped and sent on like anybody's processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backhaul.sandbox.fault_proxy import Request, Rule
from backhaul.store.sql import rows
from tests.support.database import Database
from tests.support.house import MASTER, SECRET, House


@dataclass
class Outside(House):
    """The world around a deployment that works by itself: messages come in, and nobody is woken for them."""

    def work(self, rounds: int = 50) -> None:
        """Workers do it."""


@dataclass
class Crew:
    """Workers of one deployment."""

    folder: Path
    database: Database
    erp: Mapping[str, Any]
    hired: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "backhaul.toml").write_text(_configuration(self.database.url, self.erp))

    def hire(self) -> subprocess.Popen[bytes]:
        """Start a worker; it is at work a few seconds later."""
        environment = {
            **os.environ,
            "PYTHONFAULTHANDLER": "1",
            "BACKHAUL_MASTER_KEY": MASTER.hex(),
            "DATABASE_URL": self.database.url,
        }
        with (self.folder / "workers.log").open("ab") as log:
            words = [sys.executable, "-m", "backhaul", "worker", "--config", str(self.folder / "backhaul.toml")]
            worker = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        self.hired.append(worker)
        return worker

    def dismiss(self, after_s: float = 0) -> None:
        """Nobody is left."""
        time.sleep(after_s)
        for worker in self.hired:
            if worker.poll() is None:
                worker.kill()
            worker.wait()

    def give_up(self) -> str:
        """What is not done, what the workers logged, and what each of them was doing when it was told to die."""
        undone = rows("SELECT key, standing, attempts, not_before, why FROM effects WHERE standing <> 'done'")
        states = rows("SELECT state, count(*) FROM messages GROUP BY state")
        hints = rows("SELECT task_name, status::text, worker_id FROM procrastinate_jobs")
        ended = [worker.poll() for worker in self.hired]
        for worker in self.hired:
            if worker.poll() is None:
                worker.send_signal(signal.SIGABRT)
        self.dismiss(after_s=2)
        return f"{undone}\n{states}\n{hints}\nended with {ended}\n" + (self.folder / "workers.log").read_text()[-12000:]


@dataclass(slots=True)
class Signals(Rule):
    """Sends a signal to workers when the nth change passes on to the server; the change itself is passed on."""

    nth: int = 0
    number: signal.Signals = signal.SIGKILL
    to: Callable[[], list[subprocess.Popen[bytes]]] = list

    def strikes(self, request: Request, dice: random.Random) -> bool:
        if request.method == "GET":
            return False
        self.seen += 1
        if self.seen == self.nth + 1:
            self.struck += 1
            for worker in self.to():
                worker.send_signal(self.number)
        return False


def until(met: Callable[[], bool], what: str, limit_s: float = 120.0, crew: Crew | None = None) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + limit_s
    while not met():
        assert time.monotonic() < end, f"{what} did not happen in {limit_s:g} s\n{crew.give_up() if crew else ''}"
        time.sleep(0.1)


def _configuration(url: str, erp: Mapping[str, Any]) -> str:
    settings = "\n".join(f"{name} = {_value(value)}" for name, value in erp["settings"].items())
    signed = f'signature_secrets = ["{SECRET}"]'
    return f"""
[backhaul]
database_url = "{url}"
[backhaul.times]
lease_seconds = 1
retry_first_seconds = 0.2
retry_most_seconds = 2
[merchants.acme]
title = "Acme"
timezone = "America/New_York"
flush_every_minutes = 0.05
[merchants.acme.connections.happy-returns]
connector = "happy-returns"
settings = {{ retailer_id = "modern-retailer", {signed} }}
[merchants.acme.connections.money]
connector = "neutral-money"
settings = {{ {signed} }}
[merchants.acme.connections.warehouse]
connector = "neutral-warehouse"
settings = {{ {signed} }}
[merchants.acme.connections.erp]
connector = "tryton"
go_live_at = {erp["go_live_at"].isoformat()}
[merchants.acme.connections.erp.settings]
{settings}
"""


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
