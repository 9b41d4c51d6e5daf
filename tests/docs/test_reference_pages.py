"""What the reference pages show is what the program takes."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from backhaul.connectors.happy_returns import connector as happy_returns
from backhaul.connectors.neutral_money import connector as money
from backhaul.connectors.neutral_warehouse import connector as warehouse
from backhaul.connectors.neutral_warehouse.messages import announcement_schema
from backhaul.connectors.product_master import connector as master
from backhaul.connectors.warehouse_files import connector as files
from backhaul.connectors.warehouse_files.columns import COLUMNS
from backhaul.connectors.warehouse_files.settings import FilesSettings, SftpTable
from backhaul.sdk.messages import Message, problems_of, products_of, readings_of
from backhaul.sdk.warehouse import Announcement
from tests.unit.connectors.told import NOW
from tests.unit.sandbox.receiver import Receiver
from tools import command_line

PAGES = Path(__file__).parents[2] / "docs/reference"


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)


def run(script: str, **environment: str) -> str:
    """Run a block as a reader would; answers what it printed."""
    shell = shutil.which("bash")
    assert shell is not None
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        [shell, "-euo", "pipefail", "-c", script],
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("block", blocks("happy-returns.md", "toml"))
def test_the_settings_shown_are_settings(block: str) -> None:
    shown = tomllib.loads(block)
    assert set(shown) == happy_returns.settings.model_validate(shown).model_fields_set


def test_every_setting_is_shown() -> None:
    page = (PAGES / "happy-returns.md").read_text()
    assert [name for name in happy_returns.settings.model_fields if name.replace("signature", "", 1) not in page] == []


@pytest.mark.parametrize("block", blocks("product-master.md", "toml"))
def test_the_settings_of_a_product_master_are_settings(block: str) -> None:
    shown = tomllib.loads(block)
    assert set(shown) == master.settings.model_validate(shown).model_fields_set


def test_the_product_master_s_message_and_file_say_the_same() -> None:
    (body,), (table,) = blocks("product-master.md", "json"), blocks("product-master.md", "csv")
    told = [
        reads.read(Message("pim", text.encode(), NOW), master.settings())
        for reads, text in zip(master.reads, (body, table), strict=True)
    ]
    said = [[(one.sku, one.unit_cost, one.aliases, one.components) for one in products_of(each)] for each in told]
    assert said[0] == said[1]
    assert len(said[0]) == 2


@pytest.mark.parametrize("block", blocks("neutral-messages.md", "toml"))
def test_the_settings_of_a_neutral_warehouse_shown_are_settings(block: str) -> None:
    shown = tomllib.loads(block)
    given = {**shown, "signature_secrets": ["in"], "announce_secret": "out"}
    assert set(shown) == warehouse.settings.model_validate(given).model_fields_set


def test_the_settings_of_warehouse_files_shown_are_all_there_are() -> None:
    by_folder, by_sftp = (tomllib.loads(block) for block in blocks("warehouse-files.md", "toml"))
    by_sftp["sftp"]["private_key"] = "a key"
    shown = FilesSettings.model_validate(by_folder).model_fields_set
    assert FilesSettings.model_validate(by_sftp).model_fields_set == {"sftp"}
    assert shown | {"sftp"} == set(FilesSettings.model_fields)
    page = (PAGES / "warehouse-files.md").read_text()
    assert [
        name for name in (*SftpTable.model_fields, *COLUMNS) if f"`{name}`" not in page and f"{name} =" not in page
    ] == []


def test_the_file_shown_is_read() -> None:
    (block,) = blocks("warehouse-files.md", "csv")
    settings = FilesSettings.model_validate({"folder": "/exchange"})
    told = files.reads[0].read(Message("shop", block.encode(), NOW), settings)
    assert ([len(one.facts) for one in readings_of(told)], problems_of(told)) == ([4, 1], ())


ANNOUNCED = [block for block in blocks("neutral-messages.md", "json") if '"announcement"' in block]


@pytest.mark.parametrize("block", ANNOUNCED)
def test_the_announcement_shown_is_one(block: str) -> None:
    jsonschema.validate(json.loads(block), announcement_schema())
    assert Announcement.model_validate_json(block).change == "announced"


@pytest.mark.parametrize("block", [one for one in blocks("neutral-messages.md", "json") if one not in ANNOUNCED])
def test_the_messages_shown_are_read(block: str) -> None:
    connector = warehouse if "warehouse" in json.loads(block) else money
    (reading,) = readings_of(connector.reads[0].read(Message("shop", block.encode(), NOW), connector.settings()))
    assert reading.facts


def test_the_command_line_page_is_what_the_commands_say_of_themselves() -> None:
    written = command_line.PAGE.read_text()
    assert written == command_line.text(), "run `python -m tools.command_line`"
    assert all(f"## `backhaul {command}`" in written for command in ("init", "serve", "exceptions", "restore", "fuzz"))


def test_the_curl_shown_sends_what_its_signature_signs() -> None:
    (block,) = blocks("neutral-messages.md", "bash")
    with Receiver("X-Backhaul-Signature") as receiver:
        run(block, SECRET="made up", BACKHAUL=receiver.url.removesuffix("/hooks/happy-returns"))
    signature, body = receiver.received[0]
    assert money.signature is not None
    settings = money.settings.model_validate({"signature_secrets": ["made up"]})
    assert money.signature(settings).verify(body, {"x-backhaul-signature": signature})
    assert money.reads[0].read(Message("shop", body, NOW), settings)


def test_the_stand_in_plays_the_return_shown(tmp_path: Path) -> None:
    (block,) = blocks("happy-returns-stand-in.md", "bash")
    orders = tmp_path / "orders.json"
    line = {"orderLineItemID": "11", "sku": "SHIRT-M", "quantity": 1}
    orders.write_text(
        json.dumps([{"orderNumber": "SHOP-1001", "orderID": "1", "email": "s@example.com", "lines": [line]}])
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with Receiver() as receiver:
        base = receiver.url.removesuffix("/hooks/happy-returns")
        run(block, PORT=str(port), ORDERS=str(orders), BACKHAUL=base)
    kinds = [body[0]["sku"] if isinstance(body, list) else body["typeID"] for body in receiver.bodies]
    assert sorted(kinds) == ["", "SHIRT-M", "approved"]
