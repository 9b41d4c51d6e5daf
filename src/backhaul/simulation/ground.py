"""A PostgreSQL to simulate on: a migrated database copied afresh for each seed, thrown away afterwards."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from backhaul.project.embedded import Embedded

TEMPLATE = "template_simulation"
_FOLDER = "backhaul-fuzz-"
# Nobody expects a simulated day to survive a power cut, and syncing it costs most of the time.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "50"}


@dataclass(frozen=True, slots=True)
class Ground:
    """A server with a migrated, empty database called ``template`` on it."""

    server: Embedded
    template: str = TEMPLATE

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A database of its own, Django pointed at it; gone afterwards, with its backup."""
        try:
            point_django_at(self.server.create_database(name, template=self.template))
            yield name
        finally:
            from django.db import connection

            connection.close()
            for each in (name, f"{name}_backup"):
                self.server.drop_database(each)

    def copy(self, name: str, to: str) -> None:
        """A backup of this moment."""
        from django.db import connection

        connection.close()
        self.server.create_database(to, template=name)

    def replace(self, name: str, by: str) -> None:
        """Put a backup in the database's place."""
        from django.db import connection

        connection.close()
        self.server.drop_database(name)
        self.server.create_database(name, template=by)


def point_django_at(url: str) -> None:
    """This process uses that database from now on."""
    from django.db import connections

    from backhaul.project.settings import database

    connections["default"].close()
    connections.settings["default"].update(database(url))
    os.environ["DATABASE_URL"] = url


def set_up_django(url: str) -> None:
    """Django for a program that has no configuration: the simulation's."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "backhaul.project.settings"
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("BACKHAUL_SECRET_KEY", uuid.uuid4().hex * 2)
    import django

    django.setup()


@contextmanager
def ground() -> Iterator[Ground]:
    """A server of the simulation's own, in a temporary folder; those that killed simulations left are cleared away."""
    clear_orphans()
    path = Path(tempfile.gettempdir()) / f"{_FOLDER}{os.getpid()}-{uuid.uuid4().hex[:8]}"
    server = Embedded(path, settings=_FAST)
    try:
        server.start()
        url = server.create_database(TEMPLATE)
        set_up_django(url)
        from django.core.management import call_command
        from django.db import connection

        point_django_at(url)
        call_command("migrate", verbosity=0)
        connection.close()
        yield Ground(server)
        connection.close()
    finally:
        server.remove()


def clear_orphans() -> list[Path]:
    """Stop and remove what simulations left that were killed before they could; answers their folders.

    The folder's name tells whose it is: one that is being made has nobody present in it yet.
    """
    found = sorted(Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"))
    return [path for path in found if not _lives(path) and Embedded(path).remove()]


def _lives(path: Path) -> bool:
    """Whether the program that made the folder is still there."""
    number = path.name.removeprefix(_FOLDER).partition("-")[0]
    return number.isdigit() and psutil.pid_exists(int(number))
