"""Mappings as a CSV sheet: what is written is read back the same, and a bad row changes nothing."""

from __future__ import annotations

import pytest

from backhaul.domain.mappings import ValueMapping
from backhaul.flows.map_values import map_values
from backhaul.flows.read_sheet import BadSheet, changes, read_sheet, sheet
from backhaul.flows.usable import Change
from backhaul.store import mappings
from tests.support.shop import Shop, Town

HEAD = "kind,value,site,sku_class,target,why\n"
KEPT = (
    ValueMapping("disposition", "b-ware", "quarantine", "BER1"),
    ValueMapping("place", "*", "damaged:DAMAGED", "BER1", "shoes"),
    ValueMapping("reason", "=too,small", '+"SIZE"'),
    ValueMapping("reason", "'quoted'", "-1"),
    ValueMapping("sku-alias", "MÜG 1", "MUG"),
    ValueMapping("sku-class", "SHOE-*", "shoes"),
)


@pytest.fixture
def shop(db: object) -> Shop:
    shop = Town().open("acme", "Acme")
    map_values(shop.deployment, shop.merchant_id, [Change(one, why="so, they\nagreed") for one in KEPT], "ada")
    return shop


def active(shop: Shop) -> set[ValueMapping]:
    return {kept.mapping for kept in mappings.active(shop.merchant_id)}


def test_what_is_written_is_read_back_the_same(shop: Shop) -> None:
    written = sheet(mappings.active(shop.merchant_id))
    read = read_sheet(written)
    assert {change.mapping for _, change in read} == set(KEPT)
    assert {change.why for _, change in read} == {"so, they\nagreed"}
    assert changes(read, mappings.active(shop.merchant_id)) == ((), ())
    assert "\n'=too" in written.replace('reason,"', "\n") or "'=too" in written, "no spreadsheet takes it for a formula"


def test_a_sheet_adds_changes_and_ends(shop: Shop) -> None:
    text = HEAD + "disposition,B_Ware,BER1,,damaged,\nsku-alias,NEW,,,MUG,moved\n"
    made, lines = changes(read_sheet(text), mappings.active(shop.merchant_id))
    assert lines == (2, 3, 0, 0, 0, 0, 0)
    assert [change.ends for change in made] == [False] * 2 + [True] * 5
    map_values(shop.deployment, shop.merchant_id, made, "ada", "a sheet")
    assert active(shop) == {
        ValueMapping("disposition", "b-ware", "damaged", "BER1"),
        ValueMapping("sku-alias", "NEW", "MUG"),
    }
    why = {kept.mapping.value: kept.why for kept in mappings.active(shop.merchant_id)}
    assert why == {"b-ware": "a sheet", "NEW": "moved"}


def test_a_sheet_of_some_leaves_the_others(shop: Shop) -> None:
    made, _ = changes(read_sheet(HEAD + "sku-alias,NEW,,,MUG,\n"), mappings.active(shop.merchant_id), keep_others=True)
    map_values(shop.deployment, shop.merchant_id, made, "ada")
    assert active(shop) == {*KEPT, ValueMapping("sku-alias", "NEW", "MUG")}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("teleport,a,,,b,", "kind 'teleport' is none of"),
        ("reason,,,,b,", "value is empty"),
        ("reason,a,,,,", "target is empty"),
        ("place,a,,,stock:STO,", "sellable stock"),
        ("place,a,,,QUAR,", "is no place"),
        ("reason,a,MAIN,,b,", "leave the site out"),
        ("reason,a,,,b,,more", "has 7 cells"),
        ("reason,Fine,,,b,", "stands in line 2 already"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_no_row_is_used(row: str, why: str) -> None:
    with pytest.raises(BadSheet) as told:
        read_sheet(f"{HEAD}reason,fine,,,ok,\n{row}\n")
    assert [line for line, _ in told.value.rows] == [3]
    assert why in told.value.rows[0][1]


@pytest.mark.parametrize("text", ["", "a,b,c\n", "kind,value\n", "kind,kind,value,target\n", "\0"])
def test_what_is_no_sheet_is_refused(text: str) -> None:
    with pytest.raises(BadSheet, match="line 1"):
        read_sheet(text)


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    ((line, change),) = read_sheet("\N{ZERO WIDTH NO-BREAK SPACE}Target, value ,KIND\r\n\r\nok,fine,reason\r\n")
    assert line == 3
    assert change.mapping == ValueMapping("reason", "fine", "ok")
