"""Files in a folder and over a real sshd: whole or not there, never over another, once each, also killed midway."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from backhaul.connectors.warehouse_files import connector
from backhaul.connectors.warehouse_files.announcing import Exchange, announce, connect, file_name, find_announcement
from backhaul.connectors.warehouse_files.drives import Folder, part_of
from backhaul.connectors.warehouse_files.inbox import poll_inbox
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.domain.effects import AnnouncedLine, AnnounceReturn, key
from backhaul.sdk import lease
from backhaul.sdk.connector import PollRequest
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, NotSent, Rejected, Task, Unsure
from tests.support.exchange import announced, by_folder, by_sftp
from tests.support.sshd import Sshd, sshd
from tests.unit.connectors.told import NOW

_numbers = itertools.count(1)


def task(order: str = "SHOP/1001", site: str = "LAX1") -> Task:
    line = AnnouncedLine("1", "SHIRT-M", ("u1", "u2"), "777", "", "RS-7")
    day = date(2026, 11, 3)
    names = (("bag", "HR2A"), ("bag", "HR2B"), ("express", "HR1"))
    effect = AnnounceReturn("r1", order, site, "HR1", names, ("1Z9",), (line,), day, date(2026, 11, 24))
    return Task(key(effect), effect)


@dataclass
class Place:
    """One connection's folders, and where they lie on this machine."""

    home: Path
    exchange: Exchange
    cursor: str = ""

    def look(self) -> list[bytes]:
        """One look into the inbox, its cursor kept as the flow keeps it."""
        answer = poll_inbox(self.exchange, PollRequest(NOW, self.cursor))
        self.cursor = answer.cursor
        return [one.body for one in answer.messages]

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.home / folder).iterdir())


@pytest.fixture(params=["folder", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "folder":
        yield Place(tmp_path, connect(by_folder(tmp_path), None))  # type: ignore[arg-type]
        return
    server: Sshd = request.getfixturevalue("session_sshd")
    below = f"shop-{os.getpid()}-{next(_numbers)}"
    exchange = connect(by_sftp(server, below), None)  # type: ignore[arg-type]
    yield Place(server.home / below, exchange)
    exchange.close()


def test_what_should_arrive_is_a_file_of_its_rows(place: Place) -> None:
    assert find_announcement(task(), place.exchange) == Absent()
    done = announce(task(), place.exchange, Absent())
    ((row,),) = announced(place.home)
    assert isinstance(done, Done)
    assert find_announcement(task(), place.exchange) == done
    assert row["message_id"] == task().key
    assert (row["warehouse"], row["sku"], row["line_ref"], row["expected_total"]) == ("LAX1", "SHIRT-M", "777", "2")
    assert (row["authorisation"], row["bags"], row["shipments"]) == ("RS-7", "HR2A HR2B", "1Z9")
    assert (row["expected_from"], row["expected_to"], row["condition"]) == ("2026-11-03", "2026-11-24", "unknown")
    assert place.names("announcements") == [file_name(task())]


@pytest.mark.parametrize("where", ["taken/{name}", "taken/{name}.done", "announcements/{name}.done"])
def test_one_that_the_warehouse_has_taken_is_found_where_it_put_it(place: Place, where: str) -> None:
    announce(task(), place.exchange, Absent())
    name = file_name(task())
    (place.home / "announcements" / name).rename(place.home / where.format(name=name))
    assert isinstance(find_announcement(task(), place.exchange), Done)


def test_a_file_of_that_name_with_something_else_in_it_is_for_a_person(place: Place) -> None:
    announce(task(), place.exchange, Absent())
    (place.home / "announcements" / file_name(task())).write_text("somebody wrote over it")
    assert isinstance(find_announcement(task(), place.exchange), Ambiguous)


def test_two_that_write_the_same_at_once_leave_one_file(place: Place) -> None:
    announce(task(), place.exchange, Absent())
    before = (place.home / "announcements" / file_name(task())).stat().st_ino
    with pytest.raises(Unsure):
        announce(task(), place.exchange, Absent())
    assert (place.home / "announcements" / file_name(task())).stat().st_ino == before
    assert isinstance(find_announcement(task(), place.exchange), Done)


def test_with_a_lease_too_short_nothing_is_announced(place: Place) -> None:
    with lease.under(lease.Lease(10.0, lambda: 0.0)), pytest.raises(NotSent):
        announce(task(), place.exchange, Absent())
    assert file_name(task()) not in place.names("announcements")


_KILLED = """
import itertools, os, signal, sys
from backhaul.connectors.warehouse_files.announcing import announce, connect
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.sdk import lease
from backhaul.sdk.outcomes import Absent
from tests.unit.connectors.test_warehouse_files_exchange import task
from tests.support.exchange import by_folder, by_sftp
looks = itertools.count(1)
def clock():
    if next(looks) == {look}:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0.0
settings = FilesSettings.model_validate_json(sys.stdin.read())
with lease.under(lease.Lease(1e9, clock)):
    announce(task(), connect(settings, None), Absent())
"""


def told_again(settings: FilesSettings) -> str:
    """The settings with their secrets, for another program of the test's."""
    plain = settings.model_dump(mode="json")
    if settings.sftp is not None and settings.sftp.private_key is not None:
        plain["sftp"]["private_key"] = settings.sftp.private_key.get_secret_value()
    return json.dumps(plain)


def test_killed_before_it_has_its_name_it_is_written_again_and_is_one_file(place: Place) -> None:
    """The lease is looked at last before the file gets its name: there the writer is killed."""
    look = 1 if isinstance(place.exchange.drive, Folder) else 2
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED.format(look=look)],
        input=told_again(place.exchange.settings).encode(),
        check=False,
        capture_output=True,
        cwd=Path(__file__).parents[3],
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert place.names("announcements") == [Path(part_of(f"announcements/{file_name(task())}")).name]
    assert find_announcement(task(), place.exchange) == Absent()
    assert isinstance(announce(task(), place.exchange, Absent()), Done)
    assert place.names("announcements") == [file_name(task())]


def arrives(place: Place, name: str, text: str) -> None:
    (place.home / "inbox" / name).write_text(text)


def test_a_file_is_read_when_it_has_come_to_rest_and_archived_when_it_is_kept(place: Place) -> None:
    arrives(place, "r1.csv", "first")
    assert [place.look(), place.names("inbox")] == [[], ["r1.csv"]]
    assert [place.look(), place.names("inbox")] == [[b"first"], ["r1.csv"]]
    assert [place.look(), place.names("inbox"), place.names("archive")] == [[], [], ["r1.csv"]]
    assert place.look() == []


def test_a_file_somebody_is_writing_is_left_alone(place: Place) -> None:
    arrives(place, "r1.csv", "half of")
    arrives(place, ".r2.csv", "hidden")
    arrives(place, "r3.csv.part", "being written")
    arrives(place, "readme.txt", "not for us")
    place.look()
    arrives(place, "r1.csv", "half of it and the rest")
    assert place.look() == []
    assert place.look() == [b"half of it and the rest"]
    place.look()
    assert place.names("inbox") == [".r2.csv", "r3.csv.part", "readme.txt"]


def test_killed_before_its_cursor_was_kept_it_brings_the_same_again(place: Place) -> None:
    arrives(place, "r1.csv", "first")
    place.look()
    before = place.cursor
    assert place.look() == [b"first"]
    place.cursor = before
    assert place.look() == [b"first"]


def test_what_was_written_over_the_kept_file_is_read_before_anything_is_archived(place: Place) -> None:
    arrives(place, "r1.csv", "first")
    place.look()
    place.look()
    kept = (place.home / "inbox" / "r1.csv").stat()
    arrives(place, "r1.csv", "other")
    os.utime(place.home / "inbox" / "r1.csv", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert [place.look(), place.names("archive")] == [[], []]
    assert place.look() == [b"other"]


def test_a_name_that_is_archived_already_gets_another_there(place: Place) -> None:
    (place.home / "archive" / "r1.csv").write_text("of last week")
    arrives(place, "r1.csv", "first")
    for _ in range(3):
        place.look()
    archived = place.names("archive")
    assert (place.home / "archive" / "r1.csv").read_text() == "of last week"
    assert len(archived) == 2
    assert all(name.startswith("r1.csv") for name in archived)


def test_a_link_out_of_the_inbox_is_not_followed(place: Place, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not theirs")
    (place.home / "inbox" / "r1.csv").symlink_to(secret)
    assert [place.look(), place.look(), place.look()] == [[], [], []]


def test_a_folder_that_is_not_there_is_named(place: Place) -> None:
    (place.home / "inbox").rmdir()
    with pytest.raises(Rejected, match="inbox is not there"):
        place.look()
    assert connector.check is not None
    with pytest.raises(Rejected):
        connector.check(place.exchange)


def test_a_share_that_is_not_mounted_is_away(tmp_path: Path) -> None:
    settings = FilesSettings.model_validate({"folder": tmp_path / "nowhere"})
    with pytest.raises(NotSent, match="is it mounted"):
        announce(task(), connect(settings, None), Absent())  # type: ignore[arg-type]


def test_a_letter_that_the_encoding_has_not_is_for_a_person(tmp_path: Path) -> None:
    exchange = connect(by_folder(tmp_path, encoding="latin-1"), None)  # type: ignore[arg-type]
    outcome = announce(task(site="Łódź"), exchange, Absent())
    assert "latin-1 has no 'Ł'" in str(outcome)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sshd]:
    """A server that this test may kill."""
    with sshd(tmp_path) as server:
        yield server


@pytest.fixture
def reached(own: Sshd) -> Iterator[Callable[..., Exchange]]:
    made: list[Exchange] = []

    def reach(**sftp: object) -> Exchange:
        made.append(connect(by_sftp(own, "shop", sftp), None))  # type: ignore[arg-type]
        return made[-1]

    yield reach
    for exchange in made:
        exchange.close()


def test_a_session_that_was_cut_is_opened_anew(own: Sshd, reached: Callable[..., Exchange]) -> None:
    exchange = reached()
    assert isinstance(announce(task(), exchange, Absent()), Done)
    own.cut_sessions()
    try:
        found = find_announcement(task(), exchange)
    except Unsure:  # unless the cut was noticed before the question was asked
        found = find_announcement(task(), exchange)
    assert isinstance(found, Done)


def test_a_server_that_is_away_was_sent_nothing_and_is_reached_when_it_is_back(
    own: Sshd, reached: Callable[..., Exchange]
) -> None:
    exchange = reached()
    own.stop()
    with pytest.raises(NotSent):
        announce(task(), exchange, Absent())
    own.start()
    assert isinstance(announce(task(), exchange, Absent()), Done)


def test_a_server_with_another_key_than_the_pinned_one_is_told_nothing(
    own: Sshd, reached: Callable[..., Exchange]
) -> None:
    exchange = reached(host_keys=[own.host_key("other")])
    with pytest.raises(NotSent, match="another key than the pinned"):
        announce(task(), exchange, Absent())
    assert list((own.home / "shop" / "announcements").iterdir()) == []


def test_who_is_not_let_in_is_told_so(own: Sshd, reached: Callable[..., Exchange]) -> None:
    stranger = (own.folder / "other").read_text()
    with pytest.raises(Rejected) as refused:
        announce(task(), reached(private_key=stranger), Absent())
    assert refused.value.status_code == 401
    with pytest.raises(Rejected):
        announce(task(), reached(private_key="no key at all"), Absent())
