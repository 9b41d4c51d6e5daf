"""A connector that a stranger begins works as it is written: its own tests, types and lint hold, and it is found."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from backhaul.cli.scaffold import KINDS
from tests.scaffold.packages import built, run, write
from tests.tidy.checkout import ROOT, committed

# The shortest name and the longest: no line depends on it.
NAMES = ("x", "a-shop-of-a-name-that-is-long1")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one package of every kind."""
    folder = tmp_path_factory.mktemp("shelf")
    for kind in KINDS:
        write(folder, f"acme-{kind}", kind)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_tests_pass_and_the_contract_is_among_them(shelf: Path, kind: str) -> None:
    said = run(shelf / f"acme-{kind}", "pytest", "-v", "-p", "no:cacheprovider")
    assert "test_only_what_is_signed_with_a_secret_of_ours_is_accepted PASSED" in said
    assert ("test_an_answer_cut_off_after_any_change_leaves_one_document PASSED" in said) is (kind != "platform")


@pytest.mark.parametrize("kind", KINDS)
def test_its_types_are_strict(shelf: Path, kind: str) -> None:
    run(shelf / f"acme-{kind}", "mypy", "--follow-imports", "silent", "--cache-dir", str(shelf / "types"))


def test_it_is_written_as_ruff_would_whatever_its_name(tmp_path: Path) -> None:
    packages = [write(tmp_path / kind, name, kind) for kind in KINDS for name in NAMES]
    run(tmp_path, "ruff", "check", "--no-cache", ".")
    run(tmp_path, "ruff", "format", "--no-cache", "--check", ".")
    written = [file for package in packages for file in package.rglob("*") if file.is_file()]
    assert [file for file in written if re.search("@[A-Z_]+@", file.read_text())] == [], "these have a gap left"


def test_once_installed_it_is_found_by_its_entry_point_and_lacks_nothing(shelf: Path) -> None:
    wheel = built(shelf / "acme-erp")
    rows = [
        json.loads(line)
        for line in run(shelf, "backhaul", "connector", "list", "--json", beside=wheel).split("\n")
        if line
    ]
    assert rows[-1] == {
        "connector": "acme-erp",
        "from": "acme-erp-backhaul 0.1.0",
        "reads": "receipt, inspection",
        "does": "look-up-order, open-return-authorisation, issue-credit-note",
    }
    assert {one["from"] for one in rows[:-1]} == {"backhaul"}
    assert run(shelf, "backhaul", "connector", "check", "acme-erp", beside=wheel).startswith("ok    acme-erp")


SPOILT = {
    "it looks for nothing": ("reference=task.key))", 'reference="none"))', "test_doing_it_twice_leaves_one_document"),
    "it begins anew what was begun": (
        "if isinstance(found, Partial):",
        "if isinstance(found, Done):",
        "test_an_answer_cut_off_after_any_change_leaves_one_document",
    ),
    "it takes a draft for done": (
        'record.get("state") == DRAFT',
        'record.get("state") == "nothing"',
        "test_an_answer_cut_off_after_any_change_leaves_one_document",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_its_own_tests_notice_when_its_owner_spoils_a_pair(tmp_path: Path, what: str) -> None:
    package = write(tmp_path, "acme", "erp")
    acts = package / "src/acme_backhaul/acts.py"
    right, wrong, by = SPOILT[what]
    assert right in acts.read_text()
    acts.write_text(acts.read_text().replace(right, wrong))
    with pytest.raises(AssertionError, match=f"FAILED .*{by}"):
        run(package, "pytest", "-p", "no:cacheprovider")


def test_a_wheel_of_backhaul_brings_every_template(tmp_path: Path) -> None:
    run(ROOT, "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".template")}
    there = {str(file.relative_to(ROOT / "src")) for file in committed() if file.name.endswith(".template")}
    assert "backhaul/cli/scaffold/every/src/PACKAGE/client.py.template" in packed
    assert packed == there
