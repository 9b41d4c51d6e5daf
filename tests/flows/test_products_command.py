"""The command that takes a product master's file by hand and shows what is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from backhaul.cli.catalogue import take_and_list
from backhaul.flows.deployment import Link
from tests.flows.test_product_master import master, shop  # noqa: F401  fixtures
from tests.support.shop import Shop


def run(shop: Shop, find: str = "", take: Path | None = None) -> None:  # noqa: F811
    take_and_list(shop.deployment, find, take, "", 10, as_json=True)


def test_a_file_is_taken_and_shown_and_its_bad_rows_are_told(
    shop: Shop,  # noqa: F811
    master: Link,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "by-hand.txt"
    file.write_text("sku,components\nSET,SOCK:2\nBAD,SOCK\n")
    run(shop, take=file)
    said = capsys.readouterr().out
    assert "was read as message" in said
    assert "line 3" in " ".join(said.split())
    run(shop, "SET")
    assert json.loads(capsys.readouterr().out)["components"] == "2 x SOCK"


def test_a_file_that_is_none_is_said(shop: Shop, master: Link, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "by-hand.txt"
    file.write_text("colour\nred\n")
    with pytest.raises(typer.BadParameter, match="no column sku"):
        run(shop, take=file)


def test_without_a_connection_for_it_no_file_is_taken(shop: Shop, tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(typer.BadParameter, match=r"add one to backhaul\.toml"):
        run(shop, take=tmp_path)
