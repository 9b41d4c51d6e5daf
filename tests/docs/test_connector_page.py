"""The how-to about a connector of one's own, block by block: what it says to write is written, what it runs is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from backhaul.project.configuration import Configuration
from backhaul.sdk import outcomes
from backhaul.sdk.connector import Performs
from backhaul.sdk.signatures import Signature
from tests.scaffold.packages import SOURCE
from tests.unit.sandbox.receiver import Receiver

PAGE = (Path(__file__).parents[2] / "docs/how-to/write-a-connector.md").read_text(encoding="utf-8")
SECRET = "made up"
# What an installer would do to a virtual environment that has to stay as it is.
PIP = """#!/bin/sh
test "$*" = "install -e ." && exec python -m hatchling build -t wheel
"""


class Block(NamedTuple):
    """A code block, and the file that the sentence before it names."""

    file: str
    language: str
    text: str


def blocks() -> list[Block]:
    parts = re.split(r"^```(\w+)\n(.*?)^```\n", PAGE, flags=re.DOTALL | re.MULTILINE)
    named = (re.search(r"`([\w./]+)`:\s*\Z", before) for before in parts[::3])
    files = ["" if one is None else one[1] for one in named]
    return [Block(*one) for one in zip(files, parts[1::3], parts[2::3], strict=False)]


def run(script: str, folder: Path, **more: str) -> str:
    """A block as a reader would run it, with the new package beside Backhaul once it is installed."""
    shell = shutil.which("bash")
    assert shell is not None
    wheel = folder / "dist/acme_backhaul-0.1.0-py3-none-any.whl"
    environment = {
        "PATH": f"{folder.parent / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{SOURCE}:{wheel}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "MYPYPATH": str(SOURCE),
        "COLUMNS": "300",
    }
    ended = subprocess.run(
        [shell, "-euo", "pipefail", "-c", script], cwd=folder if folder.exists() else folder.parent,
        env={**environment, **more}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, f"{script}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[tuple[str, bytes]]]:
    """What each shell block printed, from the first to the last, and what was sent."""
    folder = tmp_path_factory.mktemp("reader") / "acme-backhaul"
    pip = folder.parent / "bin/pip"
    pip.parent.mkdir()
    pip.write_text(PIP)
    pip.chmod(0o755)
    with Receiver("X-Signature") as receiver:
        base = receiver.url.removesuffix("/hooks/happy-returns")
        said = []
        for block in blocks():
            if block.language == "bash":
                said.append(run(block.text, folder, SECRET=SECRET, BACKHAUL=base))
            elif block.language != "toml":
                assert block.file, f"no file is named for:\n{block.text[:200]}"
                (folder / block.file).write_text(block.text)
    run("ruff format --check .", folder)
    return said, receiver.received


def test_the_connector_of_the_page_keeps_the_contract_and_is_found(
    walked: tuple[list[str], list[tuple[str, bytes]]],
) -> None:
    begun, proven, found, _sent = walked[0]
    assert "13 passed" in begun
    assert "19 passed" in proven
    assert "Success: no issues found" in proven
    assert "ok    acme" in found
    assert "note  reads: refund, ending, news" in found


def test_the_message_of_the_page_is_signed_as_the_connector_wants_it(
    walked: tuple[list[str], list[tuple[str, bytes]]],
) -> None:
    ((signature, body),) = walked[1]
    assert b'"refund"' in body
    assert Signature("X-Signature", (SECRET.encode(),), prefix="sha256=").verify(body, {"x-signature": signature})


def test_the_settings_of_the_page_are_a_configuration() -> None:
    (block,) = (one for one in blocks() if one.language == "toml")
    Configuration.model_validate(tomllib.loads(block.text))


def test_everything_that_a_pair_may_say_and_answer_is_explained() -> None:
    says = [name for name in Performs.__dataclass_fields__ if name not in ("effect", "find", "do")]
    answers = ["Absent", "Partial", "Done", "Ambiguous", "CannotLook", "Later", "Refused", "Unsure"]
    assert all(hasattr(outcomes, one) for one in answers)
    missing = [one for one in says if f"| `{one}` |" not in PAGE]
    missing += [one for one in answers if not re.search(rf"^\| (?:raises )?`{one}\b", PAGE, re.MULTILINE)]
    assert missing == []
    assert not [word for word in ("Prompt(", "Maps(", "again_at_once", "RowProblem", "SecretStr") if word not in PAGE]
