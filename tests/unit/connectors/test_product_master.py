"""A product master's messages and files say what is known of each SKU; a bad row keeps no other from being read."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backhaul.connectors.product_master import connector
from backhaul.connectors.product_master.messages import ProductMasterSettings
from backhaul.domain.money import Money
from backhaul.domain.products import Product, ProductComponent
from backhaul.sdk.connector import PollRequest
from backhaul.sdk.messages import RowProblem, Told, UnknownValue, Unreadable, problems_of, products_of
from backhaul.sdk.outcomes import Rejected
from tests.contract.fixtures import examples
from tests.unit.connectors.told import NOW, message

SETTINGS = ProductMasterSettings()
SHIRT = Product(
    "SHIRT-M", datetime(2026, 11, 2, 6, tzinfo=UTC), "Shirt, medium", "apparel", Money(800, "USD"), Money(2000, "USD"),
    ("SHIRT-MEDIUM", "0400000000017"),
)  # fmt: skip
SET = Product(
    "SET", SHIRT.at, "Starter set", "bundle", components=(ProductComponent("SHIRT-M", 1), ProductComponent("SOCK", 2))
)


def read(content: Any) -> Told:
    given = message(content)
    assert connector.identify is not None
    reads = connector.reader(connector.identify(given, SETTINGS))
    assert reads is not None
    return reads.read(given, SETTINGS)


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def test_a_message_says_what_is_known_of_each_sku() -> None:
    assert read(examples("product_master")["products"]) == (SHIRT, SET)


def test_a_file_says_the_same_as_a_message_as_of_when_it_came() -> None:
    told = products_of(read(examples("product_master")["products-csv"]))
    assert [one.at for one in told] == [NOW, NOW]
    assert [(one.sku, one.title, one.sku_class, one.unit_cost, one.stand_alone) for one in told] == [
        (one.sku, one.title, one.sku_class, one.unit_cost, one.stand_alone) for one in (SHIRT, SET)
    ]
    assert [(one.aliases, one.components) for one in told] == [(one.aliases, one.components) for one in (SHIRT, SET)]


def test_a_row_may_say_from_when_on_it_is_so() -> None:
    (told,) = read(csv("sku,as_of", "A,2026-11-01T08:00:00+02:00"))
    assert told == Product("A", datetime(2026, 11, 1, 6, tzinfo=UTC))


def test_rows_that_cannot_be_read_are_told_by_their_line_and_the_others_count() -> None:
    told = read(
        csv(
            "sku,unit_cost_minor,currency,components,as_of",
            "GOOD,100,USD,,",
            ",100,USD,,",
            "COSTLY,12.50,USD,,",
            "NO-CURRENCY,100,,,",
            "SHORT,100",
            "LOOP,,,LOOP:1,",
            "PART,,,SOCK,",
            "TIME,,,,2026-11-01",
            "GOOD,200,USD,,",
            "FAR,,,,0001-01-01T00:00:00+23:00",
            "ALSO-GOOD,,,A:B:2,",
        )
    )
    assert [one.sku for one in products_of(told)] == ["GOOD", "ALSO-GOOD"]
    assert products_of(told)[1].components == (ProductComponent("A:B", 2),)
    assert [one.line for one in problems_of(told)] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    why = " / ".join(one.why for one in problems_of(told))
    for said in ("'12.50', which is no whole number", "needs a currency", "5 columns", "in itself", "SKU:quantity",
                 "needs its offset", "GOOD a second time"):  # fmt: skip
        assert said in why


def test_an_entry_of_a_message_that_cannot_be_read_is_told_by_its_number() -> None:
    told = read(
        {
            "kind": "products", "message_id": "m", "occurred_at": "2026-11-02T06:00:00Z",
            "products": [{"sku": "A"}, {"sku": "B", "colour": "red"}, "C", {"sku": "D", "as_of": "now"}],
        }
    )  # fmt: skip
    assert [one.sku for one in products_of(told)] == ["A"]
    assert [one.line for one in told if isinstance(one, RowProblem)] == [2, 3, 4]


def test_a_file_without_skus_or_with_a_column_nobody_knows_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match="no column sku"):
        read(csv("title", "Shirt"))
    with pytest.raises(UnknownValue, match="colour"):
        read(csv("sku,colour", "A,red"))
    with pytest.raises(Unreadable, match="UTF-8"):
        read(b"sku\n\xff")


def test_a_file_in_the_folder_is_taken_when_it_is_new_or_was_replaced(tmp_path: Path) -> None:
    (poll,) = connector.polls
    settings = ProductMasterSettings(folder=tmp_path)

    def names(cursor: str) -> tuple[list[bytes], str]:
        answer = poll.poll(settings, PollRequest(NOW, cursor))
        return [one.body for one in answer.messages], answer.cursor

    assert names("") == ([], "{}")
    (tmp_path / "a.csv").write_bytes(b"sku\nA\n")
    (tmp_path / "b.csv.part").write_bytes(b"sku\nB")
    came, cursor = names("{}")
    assert came == [b"sku\nA\n"]
    assert names(cursor) == ([], cursor)
    (tmp_path / "a.csv").write_bytes(b"sku\nC\n")
    os.utime(tmp_path / "a.csv", ns=(1, 1))
    came, cursor = names(cursor)
    assert came == [b"sku\nC\n"]


def test_a_folder_that_is_not_there_is_said_and_none_is_no_mistake(tmp_path: Path) -> None:
    (poll,) = connector.polls
    assert connector.check is not None
    lost = ProductMasterSettings(folder=tmp_path / "lost")
    assert "there is no folder" in connector.check(lost)[0]
    with pytest.raises(Rejected, match="no such folder"):
        poll.poll(lost, PollRequest(NOW, ""))
    assert connector.check(SETTINGS) == ()
    assert poll.poll(SETTINGS, PollRequest(NOW, "")).messages == ()
