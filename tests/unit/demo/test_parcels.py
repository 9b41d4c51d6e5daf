"""The demo's warehouse in files: it sees what is announced, and what it writes is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from backhaul.demo.parcels import Parcels
from backhaul.demo.tales import Back, Scenario, Tale

SHIRTS = Tale(Scenario.MAILED, "SHOP-1", (Back("SHIRT-M", 2, {"sellable": 1, "damaged": 1}),))


@pytest.fixture
def parcels(tmp_path: Path) -> Parcels:
    here = Parcels(tmp_path / "parcels")
    here.set_up()
    return here


def test_what_should_arrive_is_read_from_all_files_and_what_was_taken_back_is_not(parcels: Parcels) -> None:
    folder = parcels.root / "announcements"
    (folder / "a.csv").write_text("order_number,change,sku\nSHOP-1,new,MUG\nSHOP-2,new,SOCK\n")
    (folder / "b.csv").write_text("order_number,change,sku\nSHOP-3,cancelled,\n")
    assert parcels.announced() == {"SHOP-1", "SHOP-2"}


def test_what_arrived_is_one_row_per_condition_in_a_file_that_is_whole(parcels: Parcels) -> None:
    parcels.tell(SHIRTS, {"kind": "return", "value": "r-1"})
    (file,) = (parcels.root / "inbox").iterdir()
    assert file.name == "SHOP-1.csv"
    assert file.read_text().splitlines()[1:] == [
        "MAIN,return,r-1,SHOP-1,SHIRT-M,2,sellable,1",
        "MAIN,return,r-1,SHOP-1,SHIRT-M,2,damaged,1",
    ]
