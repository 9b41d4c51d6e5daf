"""Commands that run Backhaul: web, worker, and both in one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from backhaul.project.deployment import open_home
from backhaul.project.logs import set_up_logs

Config = Annotated[Path | None, typer.Option("--config", "-c", help="backhaul.toml; default: the working directory's")]


def web(config: Config = None, threads: int = 64) -> None:
    """Serve webhooks, the console and the REST API."""
    set_up_logs()
    home, _ = open_home(config)
    from granian import Granian  # after the environment is prepared: it is handed on to granian's processes
    from granian.constants import Interfaces

    host, _, port = home.configuration.backhaul.listen.rpartition(":")
    try:
        Granian(
            "backhaul.web.wsgi:application",
            address=host or "127.0.0.1",
            port=int(port),
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=threads,
            backpressure=512,
            log_enabled=True,
            log_access=False,
        ).serve()
    finally:
        home.close()


def worker(config: Config = None, concurrency: int = 8) -> None:
    """Read messages, decide, and do what is owed. Run as many as you like on as many machines."""
    set_up_logs()
    home, deployment = open_home(config)
    from backhaul.project.collector import spare_the_collector
    from backhaul.project.worker import work

    spare_the_collector()
    try:
        work(deployment, concurrency=concurrency)
    finally:
        home.close()


def serve(config: Config = None) -> None:
    """Everything on one machine: database, web and worker, until Ctrl-C."""
    set_up_logs()
    home, _ = open_home(config)
    with_config = ["--config", str(home.path)]
    environment = {**os.environ, "DATABASE_URL": home.database_url()}
    parts = [
        subprocess.Popen([sys.executable, "-m", "backhaul", part, *with_config], env=environment)
        for part in ("web", "worker")
    ]
    typer.echo(f"Backhaul is at {home.configuration.backhaul.base_url}   Ctrl-C ends it")
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while not stopping and all(part.poll() is None for part in parts):
            time.sleep(0.2)
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            try:
                part.wait(30)
            except subprocess.TimeoutExpired:
                part.kill()
        home.close()
    if not stopping:
        raise typer.Exit(1)


def tell(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (serve, web, worker):
        app.command()(command)
