"""The commands for connectors say what to do where something cannot be done, and never overwrite anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.project.configuration import BadConfiguration
from backhaul.project.connectors import OURS, candidates, connectors
from backhaul.sdk.lacking import lacking

PROMISE = """[backhaul.connectors]
{name} = {value}
"""


def asked(*words: str) -> tuple[int, str]:
    ended = CliRunner(env={"COLUMNS": "500"}).invoke(app, ["connector", *words])
    return ended.exit_code, ended.output


@pytest.mark.parametrize("name", ["Acme", "1acme", "acme_shop", "acme-", "../acme", "a" * 31, ""])
def test_a_bad_name_is_told_what_a_good_one_is(tmp_path: Path, name: str) -> None:
    code, said = asked("new", name, "--directory", str(tmp_path / "there"))
    assert code == 2
    assert "small letters and digits, a letter first, words joined by a hyphen, as in acme-shop" in said
    assert not (tmp_path / "there").exists()


def test_a_name_that_is_taken_is_not_given_again(tmp_path: Path) -> None:
    code, said = asked("new", "tryton", "--directory", str(tmp_path / "there"))
    assert code == 2
    assert "there is a connector 'tryton' already, from backhaul; choose another name" in said


def test_an_unknown_kind_is_told_which_there_are(tmp_path: Path) -> None:
    code, said = asked("new", "acme", "--kind", "crm", "--directory", str(tmp_path / "there"))
    assert code == 2
    assert "'crm' is no kind of system: give one of storefront, erp, warehouse, platform" in said


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "README.md"
    mine.write_text("mine")
    for folder in (tmp_path, mine):
        code, said = asked("new", "acme", "--directory", str(folder))
        assert code == 2
        assert "is there already and is not empty; name another folder with --directory" in said
    assert [mine] == list(tmp_path.iterdir())
    assert mine.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    code, said = asked("new", "acme", "--directory", str(tmp_path / "file" / "acme"))
    assert code == 2
    assert "cannot be written" in said


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    code, said = asked("new", "acme", "--kind", "platform", "--directory", str(tmp_path))
    assert code == 0
    assert "backhaul connector check acme" in said
    assert (tmp_path / "src/acme_backhaul/polling.py").is_file()


def test_a_connector_that_is_not_there_is_asked_to_be_installed() -> None:
    code, said = asked("check", "acme")
    assert code == 2
    assert "there is no connector 'acme'" in said
    assert "`pip install -e .` in its folder" in said


def test_our_own_connectors_lack_nothing() -> None:
    for candidate in candidates():
        assert candidate.origin == OURS
        assert list(lacking(candidate.load())) == [], candidate.name
        assert asked("check", candidate.name)[0] == 0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("gone", "no_such_package:connector", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("odd", "json:dumps", "json:dumps is a function and no backhaul.sdk.connector.Connector"),
        ("two", "backhaul.connectors.tryton:connector", "its entry point is called 'two' and itself 'tryton'"),
    ],
)
def test_a_package_that_does_not_keep_its_promise_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    """It is listed and the others with it; what needs connectors says which package to mend or uninstall."""
    _install(tmp_path, monkeypatch, name, value)
    code, said = asked("list", "--json")
    assert code == 0
    assert why in said
    assert '"tryton"' in said
    with pytest.raises(BadConfiguration, match=f"connector '{name}' of stranger 1.0 does not load"):
        connectors.__wrapped__()


def test_two_of_one_name_are_one_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, monkeypatch, "tryton", "backhaul.connectors.tryton:connector")
    code, said = asked("check", "tryton")
    assert code == 2
    assert "backhaul and stranger 1.0 both bring a connector 'tryton'; uninstall one of them" in said
    with pytest.raises(BadConfiguration, match="two connectors are called 'tryton'; uninstall one of them"):
        connectors.__wrapped__()


def _install(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """What an installer leaves behind of a package that declares a connector."""
    left = folder / "stranger-1.0.dist-info"
    left.mkdir()
    (left / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (left / "entry_points.txt").write_text(PROMISE.format(name=name, value=value))
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
