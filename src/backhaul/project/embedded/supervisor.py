"""Starts, shares and stops the embedded PostgreSQL for every Backhaul command on this machine."""

import contextlib
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from backhaul.project.embedded.account import needed_account
from backhaul.project.embedded.cluster import START_LIMIT_SECONDS, STOP_LIMIT_SECONDS, SUPERUSER, Cluster
from backhaul.project.embedded.failure import EmbeddedFailed
from backhaul.project.embedded.folder import MARK, Folder, default_directory
from backhaul.project.embedded.locks import Presence, changing
from backhaul.project.embedded.programs import Programs, programs_for

ROLE = "backhaul"
DATABASE = "backhaul"
TURN_LIMIT_SECONDS = START_LIMIT_SECONDS + STOP_LIMIT_SECONDS


class Embedded:
    """One embedded PostgreSQL, found by its folder.

    Commands that run at the same time share it: whoever comes first starts it, whoever leaves last stops it.
    A command that is killed counts as gone; the server it left running is joined by the next one.
    """

    def __init__(self, directory: Path | None = None, *, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are PostgreSQL's own and count for the one who starts it (tests turn fsync off with them)."""
        self.directory = (directory or default_directory()).absolute()
        self._settings = dict(settings or {})
        self._cluster: Cluster | None = None
        self._socket: Path | None = None
        self._presence: Presence | None = None

    def start(self) -> str:
        """The URL of the database `backhaul`, with a server that answers behind it. Twice is once.

        Raises EmbeddedFailed.
        """
        if self._presence is None:
            account = needed_account(self.directory)
            folder = Folder(self.directory, account)
            folder.prepare()
            self._cluster = Cluster(folder, programs_for(account))
            with changing(self.directory, TURN_LIMIT_SECONDS):
                self._presence = Presence(self.directory)
                try:
                    self._socket = self._started(self._cluster)
                    self._wait_until_it_answers()
                    self._provide_role_and_database()
                except BaseException:
                    self._leave(self._cluster)
                    raise
        return self.url()

    def stop(self) -> None:
        """Leaves; stops the server if nobody else of us uses it. Twice is once."""
        if self._presence is not None and self._cluster is not None:
            with changing(self.directory, TURN_LIMIT_SECONDS):
                self._leave(self._cluster)

    def remove(self) -> bool:
        """Takes the whole folder away, data and all, with a server that killed commands left running in it.

        False, and nothing is done, where another command of ours uses it or where the folder is none of ours.
        """
        self.stop()
        if not (self.directory / MARK).exists():
            return False
        account = needed_account(self.directory)
        cluster = Cluster(Folder(self.directory, account), programs_for(account))
        # Of several that remove it at once the first has taken away what the others want to lock.
        with contextlib.suppress(FileNotFoundError), changing(self.directory, TURN_LIMIT_SECONDS):
            presence = Presence(self.directory)
            try:
                if not presence.is_last():
                    return False
                if cluster.socket() is not None:
                    cluster.stop()
                shutil.rmtree(self.directory)
            finally:
                presence.leave()
        return not self.directory.exists()

    def url(self, database: str = DATABASE, *, user: str = ROLE) -> str:
        """The libpq URL of one of its databases. `postgres` as the user is its superuser."""
        if self._socket is None:
            raise EmbeddedFailed("It has not been started", self.directory, "Call start() first.")
        return f"postgresql://{user}@/{quote(database, safe='')}?host={quote(str(self._socket), safe='')}"

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Its URL; an existing one is left as it is. A `template` is a database to copy, nobody connected to it."""
        with self._superuser() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                command = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
                parts = (name, ROLE, template or "template1")
                connection.execute(command.format(*map(sql.Identifier, parts)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Takes a database away with all it holds, whoever is connected to it."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def psql_path(self) -> Path:
        return self.bin("psql")

    def bin(self, name: str) -> Path:
        """One of PostgreSQL's programs, of the same version as the server: psql, pg_dump, pg_restore, pgbench."""
        return self._programs().folder / name

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _programs(self) -> Programs:
        return self._cluster.programs if self._cluster else programs_for(needed_account(self.directory))

    def _started(self, cluster: Cluster) -> Path:
        running = cluster.socket()
        if running is not None:
            return running
        cluster.create()
        socket = cluster.folder.socket()
        cluster.start(socket, self._settings)
        return socket

    def _leave(self, cluster: Cluster) -> None:
        presence, self._presence, self._socket = self._presence, None, None
        if presence is None:
            return
        try:
            if presence.is_last() and cluster.socket() is not None:
                cluster.stop()
        finally:
            presence.leave()

    def _superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url("postgres", user=SUPERUSER), autocommit=True, connect_timeout=10)

    def _wait_until_it_answers(self) -> None:
        """A server that was already there may still be recovering from a crash of one of its parts."""
        until = time.monotonic() + START_LIMIT_SECONDS
        while True:
            try:
                self._superuser().close()
            except psycopg.OperationalError as error:
                if time.monotonic() > until:
                    what = f"PostgreSQL runs but does not answer: {error}"
                    raise EmbeddedFailed(what, self.directory, "Look at log/postgres.log there.") from error
                time.sleep(0.1)
            else:
                return

    def _provide_role_and_database(self) -> None:
        """The role is no superuser: what works here works on a managed PostgreSQL too."""
        with self._superuser() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
        self.create_database(DATABASE)
