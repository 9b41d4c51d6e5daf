"""Installs Tryton and makes the seeded database, each once; what was cut short is begun again."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from backhaul.sandbox.tryton.server import TrytonFailed, write_conf

Progress = Callable[[str], None]
HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"
MODULES = (
    "sale",
    "sale_discount",
    "stock",
    "account",
    "account_invoice",
    "account_invoice_stock",
    "product_kit",
)


def install(home: Path, progress: Progress) -> None:
    """A virtual environment with the pinned Tryton at ``home``."""
    wanted = REQUIREMENTS.read_text() + sys.version
    mark = home / ".installed"
    if mark.exists() and mark.read_text() == wanted:
        return
    progress("installing Tryton (once)")
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    venv.create(home, with_pip=True)
    pip: list[str | Path] = [home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--prefer-binary", "-r", REQUIREMENTS], home / "install.log")
    mark.write_text(wanted)


def seed(directory: Path, home: Path, orders: int, progress: Progress) -> None:
    """The seeded database at ``directory``/seed/shop.sqlite, with seed.json beside it."""
    if is_seeded(directory, orders):
        return
    # A folder of its own each time: what a killed run left behind may still be writing into the last one.
    for old in (directory / "seed", directory / "db", *directory.glob("seeding-*")):
        shutil.rmtree(old, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="seeding-", dir=directory))
    _fill(work, home, orders, progress)
    (work / "fingerprint").write_text(_fingerprint(orders))
    shutil.rmtree(work / "db")
    work.rename(directory / "seed")


def _fill(work: Path, home: Path, orders: int, progress: Progress) -> None:
    progress("creating the Tryton database (about half a minute, once)")
    database = work / "db/shop.sqlite"
    database.parent.mkdir()
    database.touch(0o600)
    conf = write_conf(work, work / "seed.conf", port=0, worker=True)
    password = work / "admin.password"
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24) + "\n")
    admin: list[str | Path] = [home / "bin/trytond-admin", "-c", conf, "-d", "shop", "--activate-dependencies"]
    _run(
        [*admin, "--email", "admin@example.invalid", "-u", *MODULES],
        work / "init.log",
        {"TRYTONPASSFILE": str(password)},
    )
    progress(f"selling {orders} orders in Tryton (once)")
    run: list[str | Path] = [home / "bin/python", HERE / "seed/run.py", conf, "shop", str(orders), work / "seed.json"]
    _run(run, work / "seed.log")
    copy_database(database, work / "shop.sqlite")


def is_seeded(directory: Path, orders: int) -> bool:
    """Whether the seeded database there is whole and of this version of the seed."""
    mark = directory / "seed/fingerprint"
    return mark.exists() and mark.read_text() == _fingerprint(orders)


def copy_database(source: Path, target: Path) -> None:
    """A copy that holds all that is committed, also what still lies in SQLite's write-ahead log."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    target.touch(0o600)
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there)
    finally:
        here.close()
        there.close()


def _fingerprint(orders: int) -> str:
    digest = hashlib.sha256(f"{orders} {MODULES}".encode())
    for path in (REQUIREMENTS, *sorted((HERE / "seed").glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run(command: Sequence[str | Path], log: Path, more: dict[str, str] | None = None) -> None:
    with log.open("wb") as out:
        ended = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **(more or {})},
            check=False,
        )
    if ended.returncode:
        raise TrytonFailed(f"{Path(str(command[0])).name} failed; see {log}")
