"""The how-to about Patchworks: its settings are settings, its messages are taken, its scripts run on the stand-in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backhaul.connectors.neutral_money import connector as money
from backhaul.connectors.patchworks import connector
from backhaul.connectors.patchworks.payloads import schema
from backhaul.connectors.patchworks.settings import PatchworksSettings, WatchTable
from backhaul.project.configuration import Configuration
from backhaul.sandbox.patchworks import Flow, StandIn
from backhaul.sdk.messages import Message, readings_of
from tests.support.ports import free_port
from tests.unit.connectors.told import NOW
from tests.unit.sandbox.receiver import Receiver

PAGE = (Path(__file__).parents[2] / "docs/how-to/patchworks.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


SIGNED, ALONE, TRIED = blocks("bash")


def run(script: str, **environment: str) -> str:
    """Run a block as a reader would; answers what it printed."""
    shell = shutil.which("bash")
    assert shell is not None
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    paths = {"PATH": path, **({"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {})}
    ended = subprocess.run(
        [shell, "-euo", "pipefail", "-c", script],
        env={**paths, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("block", blocks("toml"))
def test_the_settings_shown_are_a_configuration(block: str) -> None:
    shown = tomllib.loads(block)
    Configuration.model_validate(shown)
    for table in shown["merchants"]["shop"]["connections"].values():
        given: dict[str, Any] = table["settings"]
        if table["connector"] == "patchworks":
            secrets = {name: "a secret" for name in ("api_key", "password") if name in given}
            PatchworksSettings.model_validate({**given, **secrets})


def test_every_setting_is_on_the_page() -> None:
    names = (*PatchworksSettings.model_fields, *WatchTable.model_fields)
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []


def test_the_verbs_shown_are_effects_that_it_does() -> None:
    verbs = {one.effect.verb for one in connector.performs}
    shown = [tomllib.loads(block)["merchants"]["shop"]["connections"].get("patchworks", {}) for block in blocks("toml")]
    assert {verb for table in shown for verb in table.get("settings", {}).get("flows", {})} <= verbs


def test_the_payload_shown_keeps_the_published_schema() -> None:
    (block,) = blocks("json")
    jsonschema.validate(json.loads(block), schema())


def test_the_message_shown_is_signed_by_the_script_shown_and_is_read() -> None:
    with Receiver("X-Backhaul-Signature") as receiver:
        run(SIGNED, SECRET="made up", BACKHAUL=receiver.url.removesuffix("/hooks/happy-returns"))
    signature, body = receiver.received[0]
    settings = money.settings.model_validate({"signature_secrets": ["made up"]})
    assert money.signature is not None
    assert money.signature(settings).verify(body, {"x-backhaul-signature": signature})
    (script,) = blocks("python")
    names: dict[str, Any] = {}
    exec(script, names)  # noqa: S102  the block as a reader would run it
    assert names["signature"](body.decode(), "made up") == signature
    (reading,) = readings_of(money.reads[0].read(Message("shop", body, NOW), settings))
    assert reading.facts


def test_one_object_is_started_alone_as_shown() -> None:
    taken: list[Any] = []
    with StandIn([Flow(9, work=taken.append)]) as world:
        run(ALONE, START=world.start_url, KEY="sandbox-key")
    assert [one["orders"][0]["number"] for one in taken] == ["SHOP-2"]


def test_the_stand_in_is_tried_as_shown() -> None:
    said = run(TRIED, PORT=str(free_port()), START_PORT=str(free_port()))
    greeting, *answers = said.replace("}{", "}\n{").splitlines()
    assert greeting.startswith("Patchworks stand-in")
    started, listed = map(json.loads, answers)
    assert [one["id"] for one in listed["data"]] == [started["flow_run_id"]]
