"""A simulation that is ended in the middle leaves no server behind, however it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from backhaul.project.embedded import Embedded
from backhaul.simulation.ground import clear_orphans

LIMIT_S = 60.0


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of its own, where root's PostgreSQL account may pass, too."""
    path = Path(tempfile.gettempdir()) / f"backhaul-test-{uuid.uuid4().hex[:8]}"
    path.mkdir(mode=0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    for left in path.iterdir():
        Embedded(left).remove()
    path.rmdir()


@pytest.fixture
def playing(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`backhaul fuzz` in the middle of a day, in a group of programs of its own."""
    words = [sys.executable, "-m", "backhaul", "fuzz", "--seeds", "1000", "--workers", "2"]
    program = subprocess.Popen(words, env={**os.environ, "TMPDIR": str(place)}, start_new_session=True)
    until(lambda: len(players(program)) == 2, "two programs that play")
    yield program
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def until(condition: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.1)


def players(program: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Its programs that hold a connection to a database already: they are in the middle of something."""
    return [one for one in psutil.Process(program.pid).children() if one.net_connections("unix")]


def servers(place: Path) -> list[psutil.Process]:
    """The parts of PostgreSQL that run below the folder."""
    return [
        one
        for one in psutil.process_iter(["cwd", "status"])
        if (one.info["cwd"] or "").startswith(str(place)) and one.info["status"] != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_told_to_end_it_takes_its_server_along(
    how: signal.Signals, playing: subprocess.Popen[bytes], place: Path
) -> None:
    assert servers(place)
    playing.send_signal(how)
    assert playing.wait(LIMIT_S) == 128 + how
    assert (servers(place), list(place.iterdir())) == ([], [])


@pytest.mark.slow
def test_killed_alone_its_programs_take_the_server_along(playing: subprocess.Popen[bytes], place: Path) -> None:
    playing.kill()
    until(lambda: not list(place.iterdir()), "the last of its programs to clear up")
    assert servers(place) == []


def test_killed_with_all_its_programs_the_next_one_clears_up(playing: subprocess.Popen[bytes], place: Path) -> None:
    assert clear_orphans() == []
    os.killpg(playing.pid, signal.SIGKILL)
    playing.wait()
    (left,) = place.iterdir()
    until(lambda: clear_orphans() == [left], "nobody to be present there")
    assert (servers(place), list(place.iterdir())) == ([], [])
