"""The start scripts of the real Tryton: fresh again, found again, and never a stranger stopped."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backhaul.sandbox import tryton as sandbox
from backhaul.sandbox.tryton import TrytonFailed, TrytonShop, database, server
from tests.support.ports import free_port
from tests.support.tryton_story import Story, connect

pytestmark = [pytest.mark.real]


@pytest.fixture
def directory(seeded_tryton: Path, tmp_path: Path) -> Iterator[Path]:
    """A directory as a finished first `up` leaves it, without the minutes that takes."""
    shutil.copytree(seeded_tryton / "seed", tmp_path / "seed")
    shutil.copy(seeded_tryton / "home", tmp_path / "home")
    yield tmp_path
    sandbox.down(tmp_path)


def up(directory: Path, port: int | None = None) -> TrytonShop:
    return sandbox.up(directory, port or free_port(), home=Path((directory / "home").read_text()))


def sales_of(shop: TrytonShop) -> int:
    with closing(connect(shop)) as system:
        return len(system.search("sale.sale", [], ["id"]))


def test_the_shop_has_what_the_seed_promises(directory: Path) -> None:
    shop = up(directory)
    assert len(shop.orders) == 60
    assert {order["state"] for order in shop.orders.values()} == {"done"}
    assert shop.orders["SHOP-1002"]["total"] == "71.28"
    with closing(connect(shop)) as system:
        assert {one["state"] for one in system.search("account.invoice", [], ["state"])} == {"paid"}


def test_the_keys_are_for_their_owner_only(directory: Path) -> None:
    shop = up(directory)
    assert stat.S_IMODE((directory / "env.json").stat().st_mode) == 0o600
    assert shop.key not in repr(shop)
    assert shop.password not in repr(shop)
    assert json.loads((directory / "env.json").read_text())["key"] == shop.key


def test_a_running_shop_is_answered_at_once_and_a_reset_makes_it_fresh(directory: Path) -> None:
    shop = up(directory)
    pid = (directory / "server.pid").read_text()
    port = int(shop.url.rpartition(":")[2])
    assert up(directory, port) == shop
    assert (directory / "server.pid").read_text() == pid
    with closing(connect(shop)) as system:
        system.create("sale.sale", {"party": shop.customers["C-1001"], "reference": "mine"})
    assert sales_of(shop) == 61
    assert sandbox.reset(directory) == shop
    assert sales_of(shop) == 60


def test_a_session_that_tryton_forgot_is_opened_again(directory: Path) -> None:
    with closing(connect(up(directory))) as system:
        story = Story(system, "SHOP-1001", "forgotten")
        line = story.line("SHIRT-M", 1)
        system.log_in()
        sandbox.reset(directory)
        opened = story.authorisation(line)
        story.done(opened)
        note = story.credit(opened, "re_forgotten", line)
        story.done(note)
        story.done(story.refund(note))


def test_what_was_done_is_still_there_after_down_and_up(directory: Path) -> None:
    shop = up(directory)
    with closing(connect(shop)) as system:
        system.create("sale.sale", {"party": shop.customers["C-1001"], "reference": "mine"})
    sandbox.down(directory)
    assert server.running_port(directory) is None
    assert sales_of(up(directory)) == 61


def test_a_stale_pid_file_never_stops_a_stranger(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (tmp_path / "server.pid").write_text(f"{stranger.pid} 1 18999")
        assert server.running_port(tmp_path) is None
        sandbox.down(tmp_path)
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_taken_port_is_named(directory: Path, tryton: TrytonShop) -> None:
    port = int(tryton.url.rpartition(":")[2])
    with pytest.raises(TrytonFailed, match=f"port {port} is taken"):
        up(directory, port)


def test_a_seed_of_another_version_is_not_taken_for_this_one(directory: Path) -> None:
    assert database.is_seeded(directory, 60)
    assert not database.is_seeded(directory, 61)
    (directory / "seed/fingerprint").unlink()
    assert not database.is_seeded(directory, 60)


@pytest.mark.slow
def test_a_first_run_that_was_killed_is_begun_again(seeded_tryton: Path, tmp_path: Path) -> None:
    home = (seeded_tryton / "home").read_text()
    (tmp_path / "venv").symlink_to(home)
    port = free_port()
    command = [sys.executable, "-m", "backhaul.sandbox.tryton", "up", str(tmp_path), "--port", str(port)]
    with subprocess.Popen([*command, "--orders", "1"], stderr=subprocess.DEVNULL) as first:
        while not list(tmp_path.glob("seeding-*/db/shop.sqlite")):
            assert first.poll() is None
            time.sleep(0.05)
        first.kill()
    assert not database.is_seeded(tmp_path, 1)
    try:
        shop = sandbox.up(tmp_path, port, orders=1)
        assert list(shop.orders) == ["SHOP-1001"]
        assert list(tmp_path.glob("seeding-*")) == []
    finally:
        sandbox.down(tmp_path)


def test_the_commands_of_the_page_work(directory: Path) -> None:
    program = [sys.executable, "-m", "backhaul.sandbox.tryton"]
    (directory / "venv").symlink_to((directory / "home").read_text())
    port = str(free_port())
    for command in (["up", directory, "--port", port], ["reset", directory], ["down", directory]):
        subprocess.run([*program, *map(str, command)], check=True, capture_output=True, timeout=60)
    assert server.running_port(directory) is None
