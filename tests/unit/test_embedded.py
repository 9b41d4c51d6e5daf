"""The embedded PostgreSQL survives what happens to it on a newcomer's machine: kills, races, long paths, root."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from backhaul.project.embedded import Embedded, EmbeddedFailed, bundled_program, default_directory
from backhaul.project.embedded.account import Account
from backhaul.project.embedded.programs import MAJOR, Programs, _copied

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


@pytest.fixture
def directory() -> Iterator[Path]:
    """A folder that does not exist yet, where root's PostgreSQL account may pass, too (pytest's own are closed)."""
    path = Path(tempfile.gettempdir()) / f"backhaul-test-{uuid.uuid4().hex[:8]}"
    yield path
    leftover = Embedded(path) if (path / str(MAJOR)).exists() else None
    if leftover is not None:
        leftover.start()
        leftover.stop()
    shutil.rmtree(path, ignore_errors=True)


def postmaster(directory: Path) -> int:
    return int((directory / str(MAJOR) / "postmaster.pid").read_text().splitlines()[0])


def lives(number: int) -> bool:
    """A killed server may stay among the unburied where the machine's first program buries nobody."""
    return psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found
    return int(found[0])


def test_it_serves_a_database_of_an_ordinary_role_and_keeps_what_it_was_told(directory: Path) -> None:
    with Embedded(directory) as first:
        assert rows(first.url()) == 1
        with psycopg.connect(first.url()) as connection:
            asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            assert connection.execute(asked).fetchone() == (False,)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        number = postmaster(directory)
    assert not lives(number)
    with Embedded(directory) as again:
        assert rows(again.url()) == 2


def test_after_a_kill_the_next_start_recovers_what_was_committed(directory: Path) -> None:
    before = Embedded(directory)
    assert rows(before.start()) == 1
    os.kill(postmaster(directory), signal.SIGKILL)
    after = Embedded(directory)
    assert rows(after.start()) == 2
    after.stop()
    before.stop()
    assert not (directory / str(MAJOR) / "postmaster.pid").exists()


def test_a_note_whose_number_now_belongs_to_a_stranger_does_not_block_the_start(directory: Path) -> None:
    with Embedded(directory) as first:
        assert rows(first.url()) == 1
        note = directory / str(MAJOR) / "postmaster.pid"
        kept = note.read_text()
    first_line, _, rest = kept.partition("\n")
    assert first_line.isdigit()
    note.write_text(f"{os.getppid()}\n{rest}")
    with Embedded(directory) as after_the_reboot:
        assert rows(after_the_reboot.url()) == 2
    assert lives(os.getppid())


def test_many_starters_at_once_share_one_server_and_the_last_to_leave_stops_it(directory: Path) -> None:
    starters = [Embedded(directory) for _ in range(6)]
    with ThreadPoolExecutor(6) as crowd:
        urls = set(crowd.map(Embedded.start, starters))
    assert len(urls) == 1
    number = postmaster(directory)
    for one in starters[:-1]:
        one.stop()
    assert rows(urls.pop()) == 1
    assert lives(number)
    starters[-1].stop()
    assert not lives(number)


def test_a_killed_command_counts_as_gone(directory: Path) -> None:
    program = (
        "import sys, pathlib; from backhaul.project.embedded import Embedded;"
        "print(Embedded(pathlib.Path(sys.argv[1])).start(), flush=True); input()"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", program, str(directory)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert command.stdout
    assert command.stdin
    with command.stdout, command.stdin:
        url = command.stdout.readline().strip()
        number = postmaster(directory)
        command.kill()
        command.wait()
        with Embedded(directory) as joined:
            assert joined.url() == url
            assert postmaster(directory) == number
    assert not lives(number)


def test_a_long_path_moves_the_socket_to_a_short_private_place(directory: Path) -> None:
    deep = directory / ("d" * 50) / ("e" * 50)
    directory.mkdir(mode=0o711)
    with Embedded(deep) as server, Embedded(deep) as joined:
        assert rows(server.url()) == 1
        assert joined.url() == server.url()
        socket = Path((deep / str(MAJOR) / "postmaster.pid").read_text().splitlines()[4])
        assert len(str(socket)) < 90
        assert socket.stat().st_mode & 0o077 == 0
    shutil.rmtree(socket)


def test_a_folder_with_something_else_in_it_is_left_alone(directory: Path) -> None:
    directory.mkdir()
    (directory / "thesis.txt").write_text("Chapter 1")
    mode = directory.stat().st_mode
    with pytest.raises(EmbeddedFailed, match=r"holds something else.*Name an empty or a new folder"):
        Embedded(directory).start()
    assert [path.name for path in directory.iterdir()] == ["thesis.txt"]
    assert directory.stat().st_mode == mode


def test_the_data_of_another_version_is_never_hidden_behind_an_empty_database(directory: Path) -> None:
    with Embedded(directory):
        pass
    (directory / str(MAJOR)).rename(directory / "17")
    with pytest.raises(EmbeddedFailed, match=f"written by PostgreSQL 17 and this Backhaul brings {MAJOR}"):
        Embedded(directory).start()
    (directory / "17").rename(directory / str(MAJOR))


def test_a_database_can_be_copied_from_a_template_and_dropped_again(directory: Path) -> None:
    with Embedded(directory, settings={"fsync": "off"}) as server:
        assert rows(server.create_database("mould")) == 1
        assert rows(server.create_database("cast", template="mould")) == 2
        assert server.create_database("cast") == server.url("cast")
        server.drop_database("cast")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(server.url("cast"))


def test_a_server_that_cannot_start_says_why_and_what_to_do(directory: Path) -> None:
    with pytest.raises(EmbeddedFailed, match=r"did not start.*Mend what its log says(?s:.*)shared_buffers"):
        Embedded(directory, settings={"shared_buffers": "1kB"}).start()
    with Embedded(directory) as mended:
        assert rows(mended.url()) == 1


@pytest.mark.parametrize("name", ["psql", "pg_dump", "pg_restore", "pgbench"])
def test_the_programs_an_operator_needs_are_carried_along(name: str) -> None:
    told = subprocess.run([bundled_program(name), "--version"], check=True, capture_output=True, text=True).stdout
    assert f"(PostgreSQL) {MAJOR}." in told


def test_an_ordinary_users_folder_follows_the_xdg_data_home(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        assert default_directory() == Path("/var/lib/backhaul/postgres")
    else:
        monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
        assert default_directory() == Path("/somewhere/backhaul/postgres")


@as_root
def test_root_never_loosens_a_folder_above_its_own(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedFailed, match="cannot enter a folder above"):
        Embedded(closed / "postgres").start()
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_serves_as_another_account_that_alone_may_read_the_data(directory: Path) -> None:
    with Embedded(directory):
        number = postmaster(directory)
        account = pwd.getpwnam("backhaul")
        assert psutil.Process(number).uids().effective == account.pw_uid != 0
        for part in (str(MAJOR), "socket", "log"):
            about = (directory / part).stat()
            assert (about.st_uid, about.st_mode & 0o777) == (account.pw_uid, 0o700)


@as_root
def test_programs_the_account_may_not_reach_are_copied_with_their_libraries(directory: Path) -> None:
    directory.mkdir(mode=0o755)
    account = pwd.getpwnam("backhaul")
    copy = _copied(bundled_program("postgres").parent, directory)
    assert _copied(bundled_program("postgres").parent, directory) == copy
    programs = Programs(copy, Account(account.pw_uid, account.pw_gid))
    for name in ("postgres", "psql", "pg_dump"):
        assert str(MAJOR) in programs.run(name, "--version", limit_seconds=30).stdout
