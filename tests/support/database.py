"""A PostgreSQL for the whole run and a freshly migrated database for each test that asks, copied from a template."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import pytest

from backhaul.project.embedded import Embedded

os.environ["DJANGO_SETTINGS_MODULE"] = "backhaul.project.settings"
os.environ.setdefault("BACKHAUL_SECRET_KEY", "only-for-tests-" + "0" * 48)
django.setup()

from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connections  # noqa: E402

from backhaul.project import queue  # noqa: E402
from backhaul.project.settings import database as settings_of  # noqa: E402

TEMPLATE = "template_backhaul"
# Nobody expects a test's rows to survive a power cut, and syncing them costs most of the time.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "256MB",
}
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated database, empty but for the deployment's row. ``url`` also serves threads and other programs."""

    url: str
    name: str


def point_django_at(url: str) -> None:
    """Threads begun from now on use that database too; this thread's old connection is closed."""
    connections["default"].close()
    queue.close()
    connections.settings["default"].update(settings_of(url))
    os.environ["DATABASE_URL"] = url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Embedded]:
    """The run's PostgreSQL, with a migrated database to copy."""
    path = Path(tempfile.gettempdir()) / f"backhaul-test-{uuid.uuid4().hex[:8]}"
    with Embedded(path, settings=FAST) as server:
        point_django_at(server.create_database(TEMPLATE))
        call_command("migrate", verbosity=0)
        connections["default"].close()
        yield server
        connections["default"].close()
    shutil.rmtree(path)


@pytest.fixture
def db(postgres: Embedded) -> Iterator[Database]:
    """A database of its own for one test, and Django pointed at it. Commits are real: nothing is rolled back."""
    name = f"test_{next(_numbers)}"
    url = postgres.create_database(name, template=TEMPLATE)
    point_django_at(url)
    yield Database(url, name)
    connections["default"].close()
    os.environ.pop("DATABASE_URL", None)
    postgres.drop_database(name)
