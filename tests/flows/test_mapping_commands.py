"""Mappings on the command line: looked at, made, put back, written as a sheet and read from one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.domain.mappings import ValueMapping
from backhaul.store import mappings
from backhaul.store.sql import rows
from tests.flows.test_gaps import came_back
from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.shop import Shop, Town


class Desk:
    """A terminal at which one command after the other is typed."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def types(self, *words: str, exits: int = 0, answer: str = "") -> str:
        """What the command says."""
        told = CliRunner().invoke(
            app, ["mappings", *words, "--config", str(self.config)], input=answer, env={"COLUMNS": "200"}
        )
        assert told.exit_code == exits, told.output
        return told.output


@pytest.fixture
def shop(db: object) -> Shop:
    shop = Town().open("acme", "Acme")
    came_back(shop, 1001, "Slighty damaged", "MUG", "SHIRT-M")
    return shop


@pytest.fixture
def desk(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    for name, value in {
        "BACKHAUL_MASTER_KEY": MASTER.hex(), "BACKHAUL_CONFIG": str(config), "BACKHAUL_BASE_URL": "http://127.0.0.1:8000",
        "BACKHAUL_SECRET_KEY": "only-for-tests-" + "0" * 48, "BACKHAUL_ALLOWED_HOSTS": "localhost",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return Desk(config)


def active(shop: Shop) -> list[ValueMapping]:
    return [kept.mapping for kept in mappings.active(shop.merchant_id)]


def test_a_value_is_found_suggested_mapped_and_put_back(shop: Shop, desk: Desk) -> None:
    (gap,) = [json.loads(line) for line in desk.types("lint", "--json", exits=1).splitlines() if "disposition" in line]
    assert (gap["value"], gap["seen"], gap["waits"]) == ("slighty-damaged", 2, True)
    assert (
        json.loads(desk.types("suggest", "disposition", gap["value"], "--json").splitlines()[0])["target"] == "damaged"
    )
    words = ("set", "disposition", gap["value"], "damaged")
    assert "2 units in 1 return wait for this" in desk.types(*words, exits=1, answer="n\n")
    assert active(shop) == []
    told = desk.types(*words, "--why", "as the warehouse says", answer="y\n")
    assert "1 return decided anew, 2 units go to DAMAGED (damaged) at MAIN; 0 still wait" in told.replace(
        "BER1", "MAIN"
    )
    assert "slighty-damaged" in desk.types("list", "--json")
    assert "Nothing changes" in desk.types(*words)
    assert "decided anew" in desk.types("undo", "disposition", gap["value"])
    assert active(shop) == []
    assert rows("SELECT set_by, why FROM mappings ORDER BY id LIMIT 1") == [("command line", "as the warehouse says")]


def test_a_sheet_is_looked_at_first_and_then_used_whole(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk.types("set", "reason", "too-small", "SIZE", "--yes")
    sheet = tmp_path / "mappings.csv"
    desk.types("export", str(sheet))
    assert "Nothing changes" in desk.types("import", str(sheet))
    sheet.write_text(sheet.read_text().replace("SIZE", "SIZE-") + "disposition,Slighty damaged,,,damaged,\n")
    told = desk.types("import", str(sheet))
    assert "line 2: reason too-small -> SIZE- (changed from SIZE)" in told
    assert "line 3: disposition slighty-damaged -> damaged (added)" in told
    assert "2 units in 1 return wait for this" in told
    assert "Nothing was written" in told
    assert [one.target for one in active(shop)] == ["SIZE"]
    assert "decided anew" in desk.types("import", str(sheet), "--apply")
    assert {one.target for one in active(shop)} == {"SIZE-", "damaged"}
    sheet.write_text("kind,value,target\nreason,ugly,UGLY\nplace,damaged,stock:STO\nword,x,teleported\n")
    told = desk.types("import", str(sheet), "--apply", exits=2)
    assert "line 3" in told
    assert "line 2" not in told
    assert {one.target for one in active(shop)} == {"SIZE-", "damaged"}


@pytest.mark.parametrize(
    "words", [("set", "teleport", "a", "b"), ("set", "place", "a", "stock:STO"), ("undo", "reason", "a")]
)
def test_what_cannot_be_done_says_why(desk: Desk, words: tuple[str, ...]) -> None:
    assert "Invalid value" in desk.types(*words, exits=2)
