"""What a flow left behind is replayed from the command line, and asked for a second time it says what is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.store.sql import rows
from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.left_behind import Watched, open_keys

CONNECTION = """
[merchants.acme.connections.acme-warehouse]
connector = "patchworks"
settings = { api_key = "sandbox-key", watch = { "9" = { objects = "/orders" } } }
"""


def test_it_is_put_on_record_once(db: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Watched()
    ground.fail()
    config = write_config(tmp_path / "backhaul.toml", 8000, more=CONNECTION)
    for name, value in {
        "BACKHAUL_MASTER_KEY": MASTER.hex(), "BACKHAUL_CONFIG": str(config), "BACKHAUL_BASE_URL": "http://127.0.0.1:8000",
        "BACKHAUL_SECRET_KEY": "only-for-tests-" + "0" * 48, "BACKHAUL_ALLOWED_HOSTS": "localhost",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    (key,) = open_keys()

    def replay(*more: str) -> tuple[int, str]:
        words = ["exceptions", "--replay", key, *more, "--config", str(config)]
        told = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        return told.exit_code, told.output

    code, said = replay()
    assert (code, "It is replayed alone, once" in said) == (0, True), said
    code, said = replay("--looked")
    assert (code, "it is asked" in said) == (2, True), said
    assert rows("SELECT exception_id, asked_by, standing FROM replays") == [(key, "command line", "asked")]
