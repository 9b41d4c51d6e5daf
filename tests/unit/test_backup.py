"""A backup comes back whole, or not at all, and never over something by accident."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backhaul.project.backup import BackupFailed, backup, restore
from backhaul.project.embedded import Embedded

SHOP = """
    CREATE SCHEMA queue;
    CREATE TABLE facts (id bigserial PRIMARY KEY, said text NOT NULL);
    CREATE TABLE entries (id bigserial PRIMARY KEY, fact bigint REFERENCES facts, minor_units bigint NOT NULL);
    CREATE TABLE queue.hints (id bigserial PRIMARY KEY);
    CREATE TABLE epochs (current int NOT NULL);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse();
    INSERT INTO epochs VALUES (1);
    INSERT INTO facts (said) SELECT 'Zürich ' || n FROM generate_series(1, 1000) n;
    INSERT INTO entries (fact, minor_units) SELECT id, id * 100 FROM facts;
"""
RAISE_EPOCH = "UPDATE epochs SET current = current + 1"


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    path = Path(tempfile.gettempdir()) / f"backhaul-test-{uuid.uuid4().hex[:8]}"
    with Embedded(path, settings={"fsync": "off"}) as server:
        yield server
    shutil.rmtree(path)


@pytest.fixture
def shop(server: Embedded) -> str:
    """The URL of a small shop's database."""
    url = server.create_database(f"shop_{uuid.uuid4().hex[:8]}")
    with psycopg.connect(url) as connection:
        connection.execute(SHOP)
    return url


@pytest.fixture
def empty(server: Embedded) -> str:
    return server.create_database(f"empty_{uuid.uuid4().hex[:8]}")


def contents(url: str) -> tuple[object, ...]:
    asked = """SELECT (SELECT count(*) FROM facts WHERE said LIKE 'Zürich%'), (SELECT sum(minor_units) FROM entries),
        (SELECT count(*) FROM queue.hints), (SELECT current FROM epochs), (SELECT last_value FROM facts_id_seq)"""
    with psycopg.connect(url) as connection:
        found = connection.execute(asked).fetchone()
    assert found
    return found


def nothing_more() -> None:
    """What to do after a restore, when there is nothing."""


def test_everything_comes_back_and_the_epoch_is_raised_with_it(shop: str, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "yesterday" / "shop.backup"
    backup(shop, file)
    called: list[str] = []
    restore(empty, file, last_statement=RAISE_EPOCH, after=lambda: called.append("after"))
    assert contents(empty) == (1000, 50_050_000, 0, 2, 1000)
    assert called == ["after"]
    assert file.stat().st_mode & 0o777 == 0o600
    with psycopg.connect(empty) as connection, pytest.raises(psycopg.errors.RaiseException, match="append only"):
        connection.execute("DELETE FROM entries")


def test_how_full_its_tables_are_is_known_after_a_restore(shop: str, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    backup(shop, file)
    restore(empty, file, after=nothing_more)
    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT reltuples FROM pg_class WHERE relname = 'entries'").fetchone()
    assert found == (1000,)


def test_a_database_that_holds_something_is_replaced_only_by_force(shop: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    backup(shop, file)
    with psycopg.connect(shop) as connection:
        connection.execute("INSERT INTO facts (said) VALUES ('Zürich, later')")
        connection.execute("CREATE TABLE of_later (id int)")
    with pytest.raises(BackupFailed, match=r"holds something.*--force"):
        restore(shop, file, after=nothing_more)
    assert contents(shop)[0] == 1001
    for _ in range(2):
        restore(shop, file, force=True, after=nothing_more)
        assert contents(shop) == (1000, 50_050_000, 0, 1, 1000)
    with psycopg.connect(shop) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("TABLE of_later")


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_a_backup_that_breaks_off_changes_nothing(shop: str, tmp_path: Path, kept: float) -> None:
    file = tmp_path / "shop.backup"
    backup(shop, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    before = contents(shop)
    with pytest.raises(BackupFailed):
        restore(shop, file, force=True, after=lambda: pytest.fail("it was not restored"))
    assert contents(shop) == before


def test_a_last_statement_that_fails_undoes_the_restore(shop: str, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    backup(shop, file)
    with pytest.raises(BackupFailed, match=r'nothing was changed.*"no_such_table" does not exist'):
        restore(empty, file, last_statement="TABLE no_such_table", after=lambda: pytest.fail("it was not restored"))
    restore(empty, file, after=nothing_more)
    assert contents(empty)[0] == 1000


def test_nothing_is_restored_under_the_feet_of_a_running_worker(shop: str, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    backup(shop, file)
    with psycopg.connect(empty), pytest.raises(BackupFailed, match=r"1 others use this.*Stop web and workers"):
        restore(empty, file, force=True, after=nothing_more)


def test_a_backup_never_overwrites_another(shop: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    file.write_text("the only good one")
    with pytest.raises(BackupFailed, match="never overwrites"):
        backup(shop, file)
    assert file.read_text() == "the only good one"


def test_a_failed_backup_leaves_no_half_file(server: Embedded, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match='"no_such_database" does not exist'):
        backup(server.url("no_such_database"), tmp_path / "shop.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused_before_anything_is_touched(empty: str, tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("Chapter 1")
    with pytest.raises(BackupFailed, match="no backup of ours"):
        restore(empty, file, after=nothing_more)
