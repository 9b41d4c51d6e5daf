"""Registers the fixtures that every folder of tests may ask for, and has what takes longest begin first."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.database", "tests.support.sshd", "tests.support.town"]

# The first of the real tests seeds a shop, which the others wait for: the simulated days go on beside it meanwhile.
_BEGIN = (
    "real/test_kills",
    "simulation/test_first",
    "simulation/test_second",
    "real/",
    "docs/test_tutorial",
    "bench/",
    "simulation/",
    "browser/",
    "web/",
)
_MEMORY, _ROOM_BYTES = "/dev/shm", 4 * 1024**3  # noqa: S108  what it is for

# Every test that asks has a database and perhaps a shop of its own: making their files costs most where a disk keeps
# them. Here, before anybody asks for a folder; the processes of a run take it over from the first.
if "TMPDIR" not in os.environ and Path(_MEMORY).is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
    os.environ["TMPDIR"] = _MEMORY
    tempfile.tempdir = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files are handed out in this order, so that none of the long ones is left to a single process at the end."""
    items.sort(key=lambda item: next((at for at, name in enumerate(_BEGIN) if name in item.nodeid), len(_BEGIN)))
