"""The demo as a newcomer runs it, with twenty-five returns: it proves its day, and nothing of it is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backhaul.demo.cast import returns, tales
from backhaul.project.embedded import Embedded
from backhaul.sandbox.medusa import Medusa

pytestmark = pytest.mark.real
_LIMIT_S = 280


@pytest.fixture
def directory(seeded_tryton: Path) -> Iterator[Path]:
    """A folder for one demo, its Tryton seeded already; where root's PostgreSQL account may pass."""
    path = Path(tempfile.gettempdir()) / f"backhaul-demo-{uuid.uuid4().hex[:8]}"
    path.mkdir()
    (path / "tryton").symlink_to(seeded_tryton)
    yield path
    if (path / "postgres").exists():
        with Embedded(path / "postgres"):
            pass  # whoever was left running is stopped with the last who leaves
    shutil.rmtree(path, ignore_errors=True)


def demo(directory: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "backhaul", "demo", "--short", "--directory", str(directory), *more]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BACKHAUL_", "DATABASE_"))}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean)


def programs_of(directory: Path) -> list[str]:
    """What still runs that names the folder, but for those who wait for the tests themselves."""
    found = []
    for each in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(each.info["cmdline"] or ())
        if str(directory) in line and each.info["status"] != psutil.STATUS_ZOMBIE and each.pid != os.getpid():
            found.append(line)
    return found


def gone(directory: Path, within_s: float = 40.0) -> list[str]:
    end = time.monotonic() + within_s
    while (left := programs_of(directory)) and time.monotonic() < end:
        time.sleep(0.2)
    return left


def read_until(program: subprocess.Popen[str], text: str) -> None:
    assert program.stdout is not None
    said = []
    for line in program.stdout:
        said.append(line)
        if text in line:
            return
    raise AssertionError("".join(said))


@pytest.mark.timeout(_LIMIT_S + 60)
def test_the_day_is_played_and_every_document_is_right_in_tryton(directory: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    program = demo(directory, "--once", "--json", str(summary))
    said, _ = program.communicate(timeout=_LIMIT_S)
    assert program.returncode == 0, said
    told = json.loads(summary.read_text())
    day = tales(short=True)
    assert told["right"]
    assert told["findings"] == []
    assert told["returns"] == returns(day) == 25
    assert told["documents"]["credit notes"] == sum(tale.paid_back for tale in day)
    assert told["faults"]["cut"] >= 1
    assert programs_of(directory) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_with_a_real_medusa_as_the_storefront_the_day_is_as_right(
    directory: Path, tmp_path: Path, medusa: Medusa
) -> None:
    (directory / "medusa").symlink_to(medusa.cache)
    summary = tmp_path / "summary.json"
    program = demo(directory, "--once", "--json", str(summary), "--storefront", "medusa")
    said, _ = program.communicate(timeout=800)
    assert program.returncode == 0, said
    told = json.loads(summary.read_text())
    assert told["right"]
    own = [tale for tale in tales(short=True) if tale.merchant == "boutique"]
    assert told["documents"]["storefront refunds"] == sum(tale.paid_back for tale in own)
    assert told["documents"]["storefront exchange orders"] == sum(tale.swap is not None for tale in own)
    assert gone(directory) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_ended_in_the_middle_leaves_nothing_running(directory: Path, how: signal.Signals) -> None:
    with demo(directory) as program:
        read_until(program, "shoppers start")
        time.sleep(3)  # in the middle of calls to Tryton
        program.send_signal(how)
        program.communicate(timeout=60)
    assert gone(directory) == []


@pytest.mark.slow
def test_a_killed_worker_ends_the_demo_and_is_named(directory: Path) -> None:
    program = demo(directory)
    read_until(program, "shoppers start")
    for each in psutil.process_iter(["cmdline"]):
        if str(directory) in " ".join(each.info["cmdline"] or ()) and "worker" in (each.info["cmdline"] or ()):
            each.kill()
    said, _ = program.communicate(timeout=90)
    assert program.returncode == 2
    assert "worker ended by itself" in said
    assert gone(directory) == []
