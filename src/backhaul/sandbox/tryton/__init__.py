"""A real Tryton with a seeded shop, as a program of its own, for the demo, for trying things out and for tests."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backhaul.sandbox.tryton import database, server
from backhaul.sandbox.tryton.server import TrytonFailed
from backhaul.sandbox.tryton.shop import TrytonShop, read_shop

__all__ = ["TrytonFailed", "TrytonShop", "copy", "down", "prepare", "reset", "up"]


def _silent(_what: str) -> None:
    return None


def up(
    directory: Path,
    port: int = 18000,
    orders: int = 60,
    progress: Callable[[str], None] = _silent,
    home: Path | None = None,
) -> TrytonShop:
    """Install, seed (the first time, one to two minutes) and start Tryton; a running one is answered at once.

    All it writes is under ``directory``, the programs in ``home`` (default: there as well). Raises TrytonFailed.
    """
    directory = directory.resolve()
    with _alone(directory):
        _prepare(directory, orders, progress, home)
        return _serve(directory, port, progress)


def prepare(
    directory: Path, orders: int = 60, progress: Callable[[str], None] = _silent, home: Path | None = None
) -> None:
    """Install and seed without starting a server: what ``copy`` copies. Raises TrytonFailed."""
    directory = directory.resolve()
    with _alone(directory):
        _prepare(directory, orders, progress, home)


def _prepare(directory: Path, orders: int, progress: Callable[[str], None], home: Path | None) -> None:
    home = (home or directory / "venv").resolve()
    database.install(home, progress)
    (directory / "home").write_text(str(home))
    if not database.is_seeded(directory, orders):
        server.stop(directory)
    database.seed(directory, home, orders, progress)


def down(directory: Path) -> None:
    """Stop the server of this directory; its data stay."""
    directory = directory.resolve()
    with _alone(directory):
        server.stop(directory)


def reset(directory: Path) -> TrytonShop:
    """Put the freshly seeded database back and start again, on the port used last."""
    directory = directory.resolve()
    with _alone(directory):
        port = server.running_port(directory) or int((directory / "port").read_text())
        server.stop(directory)
        database.copy_database(directory / "seed/shop.sqlite", directory / "db/shop.sqlite")
        return _serve(directory, port, _silent)


def copy(seeded: Path, other: Path, port: int) -> TrytonShop:
    """A fresh server from the database seeded by ``up(seeded)``, in about two seconds."""
    seeded, other = seeded.resolve(), other.resolve()
    with _alone(other):
        server.stop(other)
        database.copy_database(seeded / "seed/shop.sqlite", other / "seed/shop.sqlite")
        (other / "seed/seed.json").write_bytes((seeded / "seed/seed.json").read_bytes())
        (other / "seed/seed.json").chmod(0o600)
        (other / "home").write_bytes((seeded / "home").read_bytes())
        database.copy_database(other / "seed/shop.sqlite", other / "db/shop.sqlite")
        return _serve(other, port, _silent)


def _serve(directory: Path, port: int, progress: Callable[[str], None]) -> TrytonShop:
    if server.running_port(directory) != port:
        server.stop(directory)
        if not (directory / "db/shop.sqlite").exists():
            database.copy_database(directory / "seed/shop.sqlite", directory / "db/shop.sqlite")
        progress("starting Tryton")
        server.start(directory, Path((directory / "home").read_text()) / "bin/trytond", port)
        (directory / "port").write_text(str(port))
    shop = read_shop(directory / "seed/seed.json", url=f"http://127.0.0.1:{port}")
    shop.write(directory / "env.json")
    return shop


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
