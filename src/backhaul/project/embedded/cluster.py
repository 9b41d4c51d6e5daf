"""One PostgreSQL data folder: made, started, stopped, and brought back after a kill."""

import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from backhaul.project.embedded.failure import EmbeddedFailed
from backhaul.project.embedded.folder import Folder
from backhaul.project.embedded.programs import MAJOR, Programs

SUPERUSER = "postgres"
START_LIMIT_SECONDS = 120
STOP_LIMIT_SECONDS = 60
ORPHANS_LEAVE_SECONDS = 5
LOG_LIMIT_BYTES = 10_000_000

# Given on the command line, so that no file of ours has to be kept in step with PostgreSQL's.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # our statements are many and small: compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data folder of one installation with the programs that serve it."""

    folder: Folder
    programs: Programs

    @property
    def path(self) -> Path:
        return self.folder.cluster(MAJOR)

    def create(self) -> None:
        """Makes the data folder if there is none: beside its place first, so that a kill leaves no half of one."""
        if (self.path / "PG_VERSION").exists():
            return
        others = [path.name for path in self.folder.top.iterdir() if path.name.isdigit()]
        if others:
            raise EmbeddedFailed(
                f"The data here was written by PostgreSQL {others[0]} and this Backhaul brings {MAJOR}",
                self.folder.top,
                "Make a backup with the Backhaul that wrote it, move this folder aside, and restore the backup.",
            )
        fresh = self.path.with_name(f"{MAJOR}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.folder.own(fresh)
        words = ("-D", str(fresh), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--locale-provider=builtin")
        access = ("--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject")
        made = self.programs.run("initdb", *words, *access, limit_seconds=START_LIMIT_SECONDS)
        if made.returncode != 0:
            raise EmbeddedFailed(f"initdb failed: {made.stderr.strip()}", self.folder.top, "Mend that and try again.")
        fresh.rename(self.path)

    def socket(self) -> Path | None:
        """The folder of the running server's socket, None when it does not run: read from its own note, so that
        whoever joins finds it whatever their environment says."""
        note = self._note()
        return Path(note[4]) if self._runs(note) else None

    def start(self, socket: Path, settings: Mapping[str, str]) -> None:
        """Starts the server and waits until it answers; after a kill that includes its recovery."""
        self._clear_after_a_kill(socket)
        log = self.folder.log
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        chosen = {**SETTINGS, **settings, "unix_socket_directories": str(socket)}
        options = shlex.join(word for name, value in chosen.items() for word in ("-c", f"{name}={value}"))
        words = ("-D", str(self.path), "-l", str(log), "-o", options, "-w", "-t", str(START_LIMIT_SECONDS), "start")
        started = self.programs.run("pg_ctl", *words, limit_seconds=START_LIMIT_SECONDS + 10)
        if started.returncode != 0:
            raise EmbeddedFailed("PostgreSQL did not start", self.folder.top, "Mend what its log says.", log)

    def stop(self) -> None:
        """Stops the server in order; one that does not obey is stopped hard and recovers at the next start."""
        for mode in ("fast", "immediate"):
            words = ("-D", str(self.path), "-m", mode, "-w", "-t", str(STOP_LIMIT_SECONDS), "stop")
            try:
                self.programs.run("pg_ctl", *words, limit_seconds=STOP_LIMIT_SECONDS + 10)
            except subprocess.TimeoutExpired:
                continue
            if self.socket() is None:
                return
        raise EmbeddedFailed("PostgreSQL did not stop", self.folder.top, "Mend what its log says.", self.folder.log)

    def _note(self) -> list[str]:
        """postmaster.pid as PostgreSQL writes it: its own id, folder, start, port, socket folder, …; empty if none."""
        try:
            return (self.path / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _runs(self, note: list[str]) -> bool:
        """Whether the one who wrote the note lives: after a reboot its number may be some other program's."""
        return len(note) > 4 and any(one.pid == int(note[0]) for one in self._living())

    def _living(self) -> Iterator[psutil.Process]:
        """Everything PostgreSQL runs on this data folder: each of its parts works inside it."""
        here = str(self.path.resolve())
        for one in psutil.process_iter(["cwd", "name"]):
            if one.info["cwd"] == here and (one.info["name"] or "").startswith("postgres"):
                yield one

    def _clear_after_a_kill(self, socket: Path) -> None:
        """Waits for what a killed server left behind, and removes its notes only when nothing is left.

        They guard the shared memory: removed too early, two servers could write one folder. Left there, a new server
        would refuse to start wherever the number in them is taken, be it by a stranger or by the unburied dead.
        """
        _, stubborn = psutil.wait_procs(list(self._living()), timeout=ORPHANS_LEAVE_SECONDS)
        for one in stubborn:
            one.kill()
        psutil.wait_procs(stubborn, timeout=ORPHANS_LEAVE_SECONDS)
        until = time.monotonic() + ORPHANS_LEAVE_SECONDS
        while any(self._living()):
            if time.monotonic() > until:
                what = "A killed PostgreSQL still has parts running"
                raise EmbeddedFailed(what, self.folder.top, "Restart the machine, or end them by hand.")
            time.sleep(0.05)
        for note in (self.path / "postmaster.pid", socket / ".s.PGSQL.5432.lock", socket / ".s.PGSQL.5432"):
            note.unlink(missing_ok=True)
