"""A warehouse that speaks in files: told what should arrive, heard about what arrived, each file once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backhaul.connectors import warehouse_files
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.flows.deployment import Link
from backhaul.flows.dispatch import dispatch
from backhaul.flows.poll import poll
from backhaul.flows.replay import replay_message
from backhaul.store import merchants
from backhaul.store.models import Message
from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.exchange import announced, by_folder, by_sftp
from tests.support.shop import MORNING, Shop, Town
from tests.support.sshd import Sshd

HEADING = "return_ref,sku,received_total"


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def connect(shop: Shop, settings: FilesSettings) -> Link:
    """The shop's warehouse speaks in files from now on, and is told what was dropped off."""
    name = f"{shop.name}-files"
    row = merchants.keep_connection(shop.merchant_id, name, "warehouse-files", MORNING - timedelta(days=90))
    no_wire: Any = lambda: None  # noqa: E731  files know no HTTP
    link = Link(row, name, shop.merchant_id, warehouse_files.connector, settings, no_wire, shop.links["acme-happy"].id)
    shop.links[name] = shop.deployment.links[name] = link  # type: ignore[index]
    policies = shop.deployment.policies.said  # type: ignore[attr-defined]
    policies[shop.merchant_id] = replace(policies[shop.merchant_id], announce_on="drop-off")
    return link


@pytest.fixture
def files(shop: Shop, tmp_path: Path) -> Iterator[Link]:
    constants = {"warehouse": "BER1", "return_ref_kind": "express"}
    link = connect(shop, by_folder(tmp_path, constants=constants))
    yield link
    link.system.close()


def looks(shop: Shop, link: Link, times: int = 3) -> None:
    for _ in range(times):
        poll(shop.deployment, link, now_already=True)
        shop.read()


def on_its_way(shop: Shop, number: int = 1001) -> Parcel:
    one = parcel(shop, number, "MUG", "SHIRT-M")
    one.said("started")
    one.said("dropped off")
    return one


def open_kinds() -> list[str]:
    return [kind for (kind,) in rows("SELECT kind FROM exceptions WHERE closed_at IS NULL ORDER BY kind")]


def received() -> set[tuple[str, int]]:
    found = rows("SELECT body->'unit'->>'sku', (body->>'total')::int FROM facts WHERE kind = 'ItemReceived'")
    return {(sku, total) for sku, total in found}


def test_what_was_announced_comes_back_received(shop: Shop, files: Link, tmp_path: Path) -> None:
    on_its_way(shop)
    shop.work()
    dispatch(shop.deployment, files, "test", width=1)
    (told,) = announced(tmp_path)
    lines = [f"{row['return_ref']},{row['sku']},{row['expected_total']}" for row in told]
    (tmp_path / "inbox" / "day1.csv").write_text("\n".join([HEADING, *lines]))
    looks(shop, files)
    shop.work()
    assert received() == {("MUG", 1), ("SHIRT-M", 1)}
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["day1.csv"]
    assert [key for key in shop.books.made if key.startswith("receive-return")]
    assert Message.objects.get(kind="warehouse-file").headers == {"file": "day1.csv"}
    assert open_kinds() == []


def test_the_same_file_again_is_no_news(shop: Shop, files: Link, tmp_path: Path) -> None:
    one = on_its_way(shop)
    for name in ("day1.csv", "day1-again.csv"):
        (tmp_path / "inbox" / name).write_text(f"{HEADING}\n{one.express},MUG,1\n")
        looks(shop, files)
    assert Message.objects.filter(kind="warehouse-file").count() == 1
    assert len(list((tmp_path / "archive").iterdir())) == 2


def test_rows_that_cannot_be_read_wait_for_the_fix_and_a_replay_reads_them(
    shop: Shop, files: Link, tmp_path: Path
) -> None:
    one = on_its_way(shop)
    rows_ = [f"{one.express},MUG,1,express", f"{one.express},SHIRT-M,1,Retourennummer"]
    (tmp_path / "inbox" / "day1.csv").write_text("\n".join([f"{HEADING},return_ref_kind", *rows_]))
    looks(shop, files)
    assert (received(), open_kinds()) == ({("MUG", 1)}, ["unreadable-rows"])
    files.settings = files.settings.model_copy(update={"words": {"Retourennummer": "express"}})
    message = Message.objects.get(kind="warehouse-file")
    assert message.why.splitlines()[1].startswith("line 3: return_ref/kind has the unknown word 'retourennummer'")
    replay_message(shop.deployment, shop.merchant_id, message.pk, "warehouse")
    shop.read()
    assert (received(), open_kinds()) == ({("MUG", 1), ("SHIRT-M", 1)}, [])


def test_rows_of_orders_whose_returns_come_later_are_each_read_when_theirs_comes(
    shop: Shop, files: Link, tmp_path: Path
) -> None:
    """The file waits for three orders, and the returns come in another order than its rows."""
    numbers = (1001, 1002, 1003)
    heading = "order_number,sku,received_total"
    (tmp_path / "inbox" / "day1.csv").write_text("\n".join([heading, *(f"ACME-{number},MUG,1" for number in numbers)]))
    looks(shop, files)
    for count, number in enumerate((1003, 1001, 1002), 1):
        on_its_way(shop, number)
        shop.read()
        assert len(rows("SELECT id FROM facts WHERE kind = 'ItemReceived'")) == count
    assert Message.objects.get(kind="warehouse-file").state == "read"
    assert open_kinds() == []


def test_two_dispatchers_write_each_file_once(shop: Shop, files: Link, tmp_path: Path) -> None:
    for number in range(1001, 1009):
        on_its_way(shop, number)
    for _ in range(3):
        shop.work()
    together = threading.Barrier(2)

    def work(holder: str) -> None:
        together.wait(10)
        for _ in range(5):
            dispatch(shop.deployment, files, holder)
        connection.close()

    threads = [threading.Thread(target=work, args=(f"dispatcher-{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told[0]["order_number"] for told in announced(tmp_path)) == [f"ACME-{n}" for n in range(1001, 1009)]
    tries = "SELECT count(*) FROM attempts a JOIN effects e ON e.id = a.effect_id WHERE e.verb = 'announce-return'"
    assert rows(tries) == [(8,)]


def test_over_sftp_a_cut_session_loses_nothing_and_doubles_nothing(shop: Shop, session_sshd: Sshd) -> None:
    below = f"flows-{shop.merchant_id}-{id(shop)}"
    link = connect(shop, by_sftp(session_sshd, below, constants={"warehouse": "BER1", "return_ref_kind": "express"}))
    home = session_sshd.home / below
    one = on_its_way(shop)
    shop.work()
    (home / "inbox" / "day1.csv").write_text(f"{HEADING}\n{one.express},MUG,1\n")
    looks(shop, link, 1)
    session_sshd.cut_sessions()
    for _ in range(3):
        dispatch(shop.deployment, link, "test", width=1)
        shop.clock.at += timedelta(minutes=11)
    assert len(announced(home)) == 1
    session_sshd.cut_sessions()
    looks(shop, link, 4)
    assert (received(), [path.name for path in (home / "archive").iterdir()]) == ({("MUG", 1)}, ["day1.csv"])
    link.system.close()


def test_a_folder_that_is_away_is_written_to_when_it_is_back(shop: Shop, files: Link, tmp_path: Path) -> None:
    (tmp_path / "announcements").rmdir()
    (tmp_path / "announcements").symlink_to(tmp_path / "inbox" / "missing")
    on_its_way(shop)
    shop.work()
    dispatch(shop.deployment, files, "test", width=1)
    assert rows("SELECT standing FROM effects WHERE verb = 'announce-return'") == [("unsure",)]
    (tmp_path / "announcements").unlink()
    (tmp_path / "announcements").mkdir()
    shop.clock.at += timedelta(minutes=11)
    dispatch(shop.deployment, files, "test", width=1)
    assert len(announced(tmp_path)) == 1
