"""What a warehouse's file says row by row, in whatever it is written, and which rows cannot be read and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from backhaul.connectors.warehouse_files import connector
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.domain import facts as f
from backhaul.sdk.messages import Name, Unreadable, problems_of, readings_of
from tests.unit.connectors.told import NOW, message

HEADING = "warehouse,return_ref_kind,return_ref,order_number,line_ref,sku,received_total,disposition,inspected_total"


def settings(**more: Any) -> FilesSettings:
    return FilesSettings.model_validate({"folder": "/exchange", **more})


def read(text: str | bytes, **more: Any) -> tuple[list[f.Fact], list[str]]:
    """The facts of all returns, and what is wrong with the other rows."""
    body = text if isinstance(text, bytes) else text.encode()
    told = connector.reads[0].read(message(body), settings(**more))
    return [fact for reading in readings_of(told) for fact in reading.facts], [str(one) for one in problems_of(told)]


def rows(*lines: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *lines, ""])


def received(total: int, sku: str = "SHIRT-M", at: datetime = NOW, sequence: int | None = None) -> f.ItemReceived:
    return f.ItemReceived(f.UnitName("1001", "777", 0, None, sku), "LAX1", total, sequence, at)


ROW = "LAX1,express,HR1,1001,777,SHIRT-M,2,,"


def test_a_row_says_what_a_line_of_a_message_says() -> None:
    assert read(rows(ROW)) == ([received(2)], [])


def test_one_row_may_say_what_arrived_and_how_it_was_found() -> None:
    facts, problems = read(rows("LAX1,express,HR1,1001,777,SHIRT-M,2,damaged,1"))
    found = f.ItemInspected(f.UnitName("1001", "777", 0, None, "SHIRT-M"), "LAX1", "damaged", 1, None, NOW)
    assert (facts, problems) == ([received(2), found], [])


def test_rows_of_one_return_are_one_reading() -> None:
    told = connector.reads[0].read(
        message(rows(ROW, "LAX1,express,HR2,1002,888,MUG,1,,", "LAX1,express,HR1,1001,779,MUG,1,,").encode()),
        settings(),
    )
    first, second = readings_of(told)
    assert (first.names, len(first.facts)) == ((Name("express", "HR1"),), 2)
    assert (second.names, second.order, len(second.facts)) == ((Name("express", "HR2"),), "1002", 1)


@pytest.mark.parametrize(
    ("encoding", "written"), [("utf-8", "utf-8-sig"), ("utf-8", "utf-8"), ("latin-1", "latin-1"), ("utf-16", "utf-16")]
)
def test_it_is_read_as_it_is_written(encoding: str, written: str) -> None:
    text = rows("LAX1,express,HR1,1001,777,GRÖSSE-M,2,,")
    assert read(text.encode(written), encoding=encoding) == ([received(2, "GRÖSSE-M")], [])


def test_what_is_written_in_something_else_is_no_file_of_this_connection() -> None:
    with pytest.raises(Unreadable, match="not written in utf-8 at byte"):
        read(rows("LAX1,express,HR1,1001,777,GRÖSSE-M,2,,").encode("latin-1"))


def test_the_warehouses_own_headings_and_words_and_delimiter() -> None:
    german: Mapping[str, Any] = {
        "columns": {"return_ref": "Retoure", "line_ref": "Position", "received_total": "Menge gesamt", "kind": "Art"},
        "constants": {"warehouse": "LAX1", "return_ref_kind": "rma"},
        "words": {"Wareneingang": "receipt"},
        "delimiter": ";",
    }
    text = rows("x;WARENEINGANG;R-7;777;2", heading="Lagerplatz;art ; RETOURE;Position;Menge gesamt")
    facts, problems = read(text, **german)
    assert (facts, problems) == ([f.ItemReceived(f.UnitName("", "777"), "LAX1", 2, None, NOW)], [])


def test_a_time_without_an_offset_is_the_warehouses() -> None:
    heading = f"{HEADING},occurred_at,sequence"
    facts, _ = read(rows(f"{ROW},2026-11-12 09:00,3", heading=heading), timezone="Europe/Berlin")
    assert facts == [received(2, at=datetime(2026, 11, 12, 8, tzinfo=UTC), sequence=3)]
    facts, _ = read(rows(f"{ROW},12.11.2026 08:00,3", heading=heading), date_format="%d.%m.%Y %H:%M")
    assert facts == [received(2, at=datetime(2026, 11, 12, 8, tzinfo=UTC), sequence=3)]


def test_a_quoted_line_break_is_of_its_row_and_the_next_row_is_counted_right() -> None:
    text = rows('LAX1,express,HR1,1001,777,"SHIRT-M\n",2,,', "", "LAX1,express,HR1,1001,778,MUG,many,,")
    facts, problems = read(text)
    assert facts == [received(2)]
    assert problems == ["line 5: received_total is 'many', which is no whole number"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("LAX1,express,HR1,1001,777,SHIRT-M,-1,,", "'-1', which is no whole number"),
        ("LAX1,express,HR1,1001,777,SHIRT-M,2.5,,", "'2.5', which is no whole number"),
        ("LAX1,express,HR1,1001,777,SHIRT-M,9999999,,", "less than or equal to 1000000"),
        ("LAX1,express,HR1,1001,777,SHIRT-M,,,", "needs a received_total"),
        ("LAX1,express,HR1,1001,777,SHIRT-M,,damaged,", "needs inspected_total"),
        ("LAX1,express,HR1,1001,777,SHIRT-M,,,1", "needs a disposition"),
        ("LAX1,express,HR1,1001,780,SHIRT-M,1,damaged,x", "'x', which is no whole number"),
        ("LAX1,express,HR1,1001,,,2,,", "needs a line_ref, an item_ref or a sku"),
        ("LAX1,,,,777,SHIRT-M,2,,", "needs a return_ref or an order_number"),
        ("LAX1,,HR1,1001,777,SHIRT-M,2,,", "does not say of which kind"),
        ("LAX1,Retourennummer,HR1,1001,777,SHIRT-M,2,,", "unknown word 'retourennummer'"),
        (",express,HR1,1001,777,SHIRT-M,2,,", "names no warehouse"),
        ("LAX1,express,HR1,1001,777,SHIRT,M,2,,", "10 cells and the heading 9"),
        ('LAX1,express,HR1,1001,777,"SHIRT"M,2,,', "expected after"),
        ("LAX1,express,HR\x07,1001,777,SHIRT-M,2,,", "characters that no name has"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_line_and_spoils_no_other(row: str, why: str) -> None:
    facts, (problem,) = read(rows(ROW, row, "LAX1,express,HR1,1001,778,SHIRT-M,1,,"))
    assert [fact.total for fact in facts] == [2, 1]  # type: ignore[union-attr]
    assert problem.startswith("line 3: ")
    assert why in problem


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_opened() -> None:
    facts, problems = read(rows(ROW, 'LAX1,express,HR1,1001,"778,MUG,1,,', "LAX1,express,HR1,1001,779,MUG,1,,"))
    assert (facts, len(problems)) == ([received(2)], 1)
    assert problems[0].startswith("line 3: unexpected end of data (and the ")


def test_a_row_per_unit_is_no_total_and_is_told() -> None:
    facts, problems = read(rows("LAX1,express,HR1,1001,777,SHIRT-M,1,,", "LAX1,express,HR1,1001,777,SHIRT-M,1,,"))
    assert facts == [received(1)]
    assert problems == ["line 3: speaks of the same as line 2: one row with the total so far, or a sequence on each"]


def test_a_count_may_stand_on_the_row_of_each_condition() -> None:
    facts, problems = read(
        rows("LAX1,express,HR1,1001,777,SHIRT-M,2,sellable,1", "LAX1,express,HR1,1001,777,SHIRT-M,2,damaged,1")
    )
    assert (len(facts), problems) == (4, [])
    assert [fact.total for fact in facts if isinstance(fact, f.ItemReceived)] == [2, 2]


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("return_ref,sku,received_total", "no 'warehouse'"),
        ("warehouse,sku,received_total", "no 'return_ref' or 'order_number'"),
        ("warehouse,return_ref,received_total", "no 'line_ref' or 'item_ref' or 'sku'"),
        ("warehouse,return_ref,sku", "no 'received_total' or 'inspected_total'"),
        ("warehouse,return_ref,sku,received_total,SKU", "'SKU' twice"),
        ("", "no heading"),
    ],
)
def test_a_heading_that_cannot_be_the_warehouses_is_told(heading: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(heading)


def test_thousands_of_rows_and_one_bad_one() -> None:
    many = [f"LAX1,express,HR{number},{number},777,SHIRT-M,1,," for number in range(5000)]
    many[1234] = many[1234].replace("777", "").replace("SHIRT-M", "")
    facts, problems = read(rows(*many))
    assert len(facts) == 4999
    assert problems == ["line 1236: needs a line_ref, an item_ref or a sku at lines/0"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"folder": None}, "needs a folder, or sftp"),
        ({"inbox_folder": "in", "archive_folder": "in"}, "archive_folder of its own"),
        ({"announce_folder": "../elsewhere"}, "without .."),
        ({"inbox_folder": "/etc"}, "without / in front"),
        ({"encoding": "klingon"}, "encoding 'klingon' is not known"),
        ({"columns": {"colour": "Farbe"}}, "columns: colour is none of"),
        ({"constants": {"sku": "X"}}, "constants: sku is none of"),
        ({"timezone": "Mars"}, "timezone 'Mars' is not known"),
        (
            {"folder": None, "sftp": {"host": "h", "username": "u", "host_keys": ["ssh-rsa AA"]}},
            "password or a private",
        ),
        (
            {"folder": None, "sftp": {"host": "h", "username": "u", "password": "p", "host_keys": ["h ssh-rsa AA"]}},
            "is no public key",
        ),
        ({"folder": None, "sftp": {"host": "h", "username": "u", "password": "p", "host_keys": []}}, "at least 1"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        settings(**given)
