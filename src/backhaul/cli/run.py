"""Commands that run Backhaul: web, worker, and both in one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer

from backhaul.cli.opened import Config, open_home
from backhaul.project.home import find
from backhaul.project.logs import set_up_logs


def web(
    config: Config = None,
    threads: Annotated[int, typer.Option(min=1, help="how many requests may wait for the database at once")] = 64,
) -> None:
    """Serve webhooks, the console and the REST API."""
    set_up_logs()
    home = find(config)
    home.set_environment()
    # A program of its own: this one only waits from now on, and would hold all that was loaded for it.
    brought = subprocess.run([sys.executable, "-m", "backhaul", "migrate", "--config", str(home.path)], check=False)
    if brought.returncode:
        home.close()
        raise typer.Exit(brought.returncode)
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


def migrate(config: Config = None) -> None:
    """Bring the database up to date with this version; web and worker do it by themselves when they start."""
    home, _ = open_home(config)
    home.close()


def worker(
    config: Config = None,
    concurrency: Annotated[int, typer.Option(min=1, help="how many flows and polls may run at once")] = 8,
) -> None:
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
    for command in (serve, web, worker, migrate):
        app.command()(command)
