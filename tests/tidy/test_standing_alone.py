"""The project stands alone: nothing in it needs or names the place where it happened to be written."""

import re
from pathlib import Path

import pytest

from tests.tidy.checkout import ROOT, committed

# Written in pieces, so that this file does not find itself.
PLACES = {
    "a folder beside the checkout": r"\.\./" + "shared|[/ `]" + r"shared/(?:reference|realsys|DESIGN|STYLE)",
    "somebody's machine": r"(?<![\w.])/" + r"(?:work|home/\w+|Users/\w+|tmp/brief)/",
    "a package index": r"\b(?:registry\." + r"npmjs\.org|files\.python" + r"hosted\.org|pypi\." + r"org/simple)",
    "an index in a lock": r"--(?:extra-)?index" + "-url|--find" + "-links",
}
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-assets.lock", "package-lock.json")


def text(file: Path) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:  # a picture
        return ""


@pytest.mark.parametrize("place", PLACES)
def test_nothing_committed_names_a_place_of_its_making(place: str) -> None:
    if place == "an index in a lock":
        files = [ROOT / name for name in LOCKS]
    else:
        files = [file for file in committed() if file != Path(__file__)]
    named = [
        f"{file.relative_to(ROOT)}:{number} {line.strip()[:80]}"
        for file in files
        for number, line in enumerate(text(file).splitlines(), 1)
        if re.search(PLACES[place], line)
    ]
    assert not named, f"{place} is named in:\n" + "\n".join(named)


@pytest.mark.parametrize("lock", [name for name in LOCKS if name.endswith(".lock")])
def test_every_pinned_package_carries_its_hashes(lock: str) -> None:
    bare = [
        pin.split()[0]
        for pin in re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
        if not re.match(r"[\w.\[\]-]+==\S+", pin) or "--hash=sha256:" not in pin
    ]
    assert not bare, f"pin these with `make lock`: {bare}"


def test_both_locks_agree_on_every_version() -> None:
    runtime, everything = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS[:2]
    )
    assert runtime.items() <= everything.items()
