"""`backhaul backup` and `backhaul restore`: the whole database into one file and back, all of it or nothing."""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from backhaul.project.embedded import bundled_program

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
SCHEMAS = """
    SELECT nspname, EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid)
    FROM pg_namespace n WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
"""


class BackupFailed(RuntimeError):
    """A backup was not written, or nothing of it was restored; the message says why and what to do now."""


def backup(url: str, file: Path) -> None:
    """Writes one moment of the database into `file`, readable by its owner only. It appears whole or not at all.

    Web and workers may go on running. Raises BackupFailed.
    """
    if file.exists():
        raise BackupFailed(f"{file} exists already. Name a new file: a backup never overwrites another.")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    target, environment = _target(url)
    words = [str(bundled_program("pg_dump")), "--format=custom", "--no-owner", "--no-privileges", f"--dbname={target}"]
    try:
        partial.touch(mode=0o600)
        made = subprocess.run(
            [*words, f"--file={partial}"], env=environment, capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            raise BackupFailed(f"{file} was not written. Mend what pg_dump says: {made.stderr.strip()}")
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


def restore(
    url: str, file: Path, *, after: Callable[[], None], force: bool = False, last_statement: str = "SELECT"
) -> None:
    """Puts a backup back, in one database transaction: it fails whole, and then nothing has changed.

    `last_statement` runs inside that transaction (what must never be missed after a restore, such as raising the
    recovery epoch, belongs there); `after` is called when it is committed. A database that holds anything is refused
    unless `force`, which replaces all of it; one that others are connected to is always refused. Raises BackupFailed.
    """
    read = subprocess.run([bundled_program("pg_restore"), "--list", file], capture_output=True, text=True, check=False)
    if read.returncode != 0:
        raise BackupFailed(f"{file} is no backup of ours. Name another: {read.stderr.strip()}")
    _play(url, file, _preamble(url, force), last_statement)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")  # a backup does not say how full the tables are: what follows is planned blindly
    after()


def _others(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """How many others use the database; one that has just left may still be counted for a moment."""
    others = 0
    for attempt in range(20):
        if attempt:
            time.sleep(0.1)
            connection.rollback()  # within a transaction the counts are those of its first look
        (connected,) = connection.execute(OTHERS).fetchone() or (1,)
        others = int(connected) - 1
        if others <= 0:
            break
    return others


def _preamble(url: str, force: bool) -> str:
    with psycopg.connect(url) as connection:
        others = _others(connection)
        if others > 0:
            raise BackupFailed(f"{others} others use this database. Stop web and workers, then restore again.")
        schemas = connection.execute(SCHEMAS).fetchall()
        if any(holds_something for _, holds_something in schemas) and not force:
            raise BackupFailed("This database holds something. Restore into an empty one, or replace all with --force.")
        drop = sql.SQL("DROP SCHEMA {} CASCADE;")
        drops = [drop.format(sql.Identifier(name)).as_string(connection) for name, _ in schemas]
    return "\n".join(["BEGIN;", "SET LOCAL lock_timeout = '10s';", *drops, "CREATE SCHEMA public;", ""])


def _play(url: str, file: Path, preamble: str, last_statement: str) -> None:
    target, environment = _target(url)
    words = [str(bundled_program("psql")), "-X", "--quiet", "-v", "ON_ERROR_STOP=1", f"--dbname={target}"]
    unpack = [str(bundled_program("pg_restore")), "--no-owner", "--no-privileges", "--file=-", str(file)]
    exit_, entry = os.pipe()
    with tempfile.TemporaryFile() as complaints:
        player = subprocess.Popen(words, stdin=exit_, stdout=subprocess.DEVNULL, stderr=complaints, env=environment)
        os.close(exit_)
        unpacked = False
        # psql stops reading at the first error, and its complaint says more than the pipe's.
        with contextlib.suppress(BrokenPipeError), os.fdopen(entry, "wb") as script:
            script.write(preamble.encode())
            script.flush()
            unpacked = subprocess.run(unpack, stdout=script, stderr=complaints, check=False).returncode == 0
            # Without COMMIT all of it is rolled back, so a file that breaks off in the middle changes nothing.
            if unpacked:
                script.write(f"\nRESET ALL;\n{last_statement};\nCOMMIT;\n".encode())
        player.wait()
        complaints.seek(0)
        told = complaints.read().decode(errors="replace").strip()
    if player.returncode != 0 or not unpacked:
        raise BackupFailed(f"Nothing of {file} was restored and nothing was changed. Mend this and try again: {told}")


def _target(url: str) -> tuple[str, dict[str, str]]:
    """Where to connect, and the environment with the password in it: on a command line everybody could read it."""
    parts = conninfo.conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    return conninfo.make_conninfo("", **parts), environment
