"""A file with rows that nobody can read: the others count, the bad ones are told by their line, a replay reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pydantic import Field

from backhaul.domain import facts as f
from backhaul.flows.deployment import Link
from backhaul.flows.replay import replay_message
from backhaul.flows.resolve import waive
from backhaul.sdk.connector import Connector, Reads, Settings
from backhaul.sdk.messages import Message, Name, Reading, RowProblem, Told
from backhaul.store import merchants
from backhaul.store.models import Message as Row
from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.shop import MORNING, Shop, Town

_OPEN = "SELECT kind, cause FROM exceptions WHERE closed_at IS NULL ORDER BY key"
FILE = b"{express} MUG 1\n{express} PLATE one\n{express} CUP zwei\n"


class FileSettings(Settings):
    numbers: dict[str, int] = Field(default_factory=dict)


def read_file(message: Message, settings: FileSettings) -> Told:
    told: list[Reading | RowProblem] = []
    for line, text in enumerate(message.body.decode().splitlines(), 1):
        express, sku, total = text.split()
        count = settings.numbers.get(total, int(total) if total.isdigit() else None)
        if count is None:
            told.append(RowProblem(line, f"{total!r} is no number"))
        else:
            received = f.ItemReceived(f.UnitName("", sku=sku), "BER1", count)
            told.append(Reading((Name("express", express),), None, (received,)))
    return tuple(told)


def files_connector(read: Callable[[Message, FileSettings], Told] = read_file) -> Connector:
    return Connector("files", FileSettings, (Reads("file", read),), identify=lambda _message, _settings: "file")


def of_files(shop: Shop) -> Link:
    connector, name = files_connector(), f"{shop.name}-files"
    row = merchants.keep_connection(shop.merchant_id, name, connector.name, MORNING)
    no_wire: Callable[[], Any] = lambda: None  # noqa: E731  it only receives
    link = Link(row, name, shop.merchant_id, connector, FileSettings(), no_wire, shop.links["acme-happy"].id)
    shop.links[name] = link
    shop.deployment.links[name] = link  # type: ignore[index]
    return link


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


@pytest.fixture
def files(shop: Shop) -> Link:
    return of_files(shop)


@pytest.fixture
def one(shop: Shop, files: Link) -> Parcel:
    one = parcel(shop, 1001, "MUG", "PLATE", "CUP")
    one.said("started")
    shop.tell("files", None, raw=FILE.replace(b"{express}", one.express.encode()))
    return one


def open_exceptions() -> list[tuple[str, str]]:
    return [(kind, cause) for kind, cause in rows(_OPEN)]


def received() -> set[str]:
    return {body["unit"]["sku"] for (body,) in rows("SELECT body::json FROM facts WHERE kind = 'ItemReceived'")}


def the_file() -> Row:
    return Row.objects.get(kind="file")


def test_the_rows_that_can_be_read_count_and_the_others_are_one_exception(one: Parcel) -> None:
    cause = "2 rows could not be read: line 2: 'one' is no number; line 3: 'zwei' is no number"
    assert received() == {"MUG"}
    assert open_exceptions() == [("unreadable-rows", cause)]
    assert the_file().state == "read"


def test_a_replay_after_the_fix_reads_the_rest_and_only_then_the_exception_closes(
    shop: Shop, files: Link, one: Parcel
) -> None:
    for known, left in (({"one": 1}, 1), ({"one": 1, "zwei": 2}, 0)):
        files.settings = FileSettings(numbers=known)
        replay_message(shop.deployment, shop.merchant_id, the_file().pk, "engineer")
        shop.read()
        assert len([kind for kind, _ in open_exceptions() if kind == "unreadable-rows"]) == left
    assert received() == {"MUG", "PLATE", "CUP"}
    assert the_file().why == ""


def test_waived_rows_stay_waived_and_the_message_stays_read(shop: Shop, one: Parcel) -> None:
    waive(shop.deployment, shop.merchant_id, f"rows:{the_file().pk}", "warehouse", "typed by hand")
    replay_message(shop.deployment, shop.merchant_id, the_file().pk, "warehouse")
    shop.read()
    assert open_exceptions() == []
    assert the_file().state == "read"


def test_rows_of_a_return_nobody_knows_wait_beside_those_that_cannot_be_read(shop: Shop, files: Link) -> None:
    files.connector = files_connector(lambda _message, _settings: (RowProblem(1, "no number"), _of_order("1001")))
    shop.tell("files", None, raw=b"whatever")
    assert [kind for kind, _ in open_exceptions()] == ["ambiguous-return", "unreadable-rows"]
    parcel(shop, 1001, "MUG").said("started")
    shop.read()
    assert [kind for kind, _ in open_exceptions()] == ["unreadable-rows"]


def _of_order(number: str) -> Reading:
    return Reading((), f"ACME-{number}", (f.ItemReceived(f.UnitName(f"ACME-{number}", sku="MUG"), "BER1", 1),))


def test_every_row_is_on_the_message_page_and_in_the_api(shop: Shop, one: Parcel) -> None:
    token = shop.person("engineer")
    browser, program = Client(), Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})
    engineer = User.objects.get(username="engineer")
    browser.force_login(engineer, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/m/acme/messages/{the_file().pk}/", headers={"host": "localhost"}).content.decode()
    assert "line 2: &#x27;one&#x27; is no number\nline 3: &#x27;zwei&#x27; is no number" in page
    said = program.get(f"/api/v1/messages/{the_file().pk}").json()["row"]["why"]
    assert said.splitlines()[1:] == ["line 2: 'one' is no number", "line 3: 'zwei' is no number"]
