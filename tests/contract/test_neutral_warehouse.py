"""The neutral warehouse connector keeps the contracts, reading what comes in and doing what goes out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from backhaul.connectors.neutral_warehouse import connector
from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.domain.effects import AnnouncedLine, AnnounceReturn, key
from backhaul.sdk.conformance import PerformingContract, Play, ReadingContract
from tests.contract.fixtures import examples
from tests.support.dock import SECRET, Dock

_numbers = itertools.count(1)


class TestNeutralWarehouse(ReadingContract):
    connector = connector
    settings = NeutralWarehouseSettings.model_validate({"signature_secrets": ["what-it-signs-with"]})
    closed = NeutralWarehouseSettings()
    examples = examples("neutral_warehouse")
    unknown = (examples["warehouse"].replace(b'"kind": "', b'"kind": "un'),)
    secrets = ("what-it-signs-with",)


def announced_and_changed(do: Play) -> None:
    """One return told of, told of again with a bag, then taken back."""
    number = str(next(_numbers))
    line = AnnouncedLine("1", "SHIRT-M", ("u-1", "u-2"), "777", "", f"RS-{number}")
    day = date(2026, 11, 3)
    first = AnnounceReturn("r1", number, "LAX1", "HR1", (("express", f"HR{number}"),), (), (line,), day, day)
    do(first)
    bag = AnnounceReturn("r1", number, "LAX1", "HR1", (("bag", "HR2"),), ("1Z9",), (line,), day, None, 2, key(first))
    do(bag)
    do(AnnounceReturn("r1", number, "LAX1", "HR1", (("bag", "HR2"),), (), (), None, None, 3, key(bag)))


class TestAnnouncing(PerformingContract):
    connector = connector
    secrets = (SECRET,)
    dock: Dock

    @pytest.fixture(autouse=True)
    def _listening(self) -> Iterator[None]:
        self.opened: list[httpx.HTTPTransport] = []
        with Dock() as self.dock:
            yield
            for transport in self.opened:
                transport.close()

    def transport(self) -> httpx.HTTPTransport:
        self.opened.append(httpx.HTTPTransport())
        return self.opened[-1]

    def settings(self) -> NeutralWarehouseSettings:
        given = {
            "announce_url": self.dock.url, "announce_secret": SECRET, "lookup_url": f"{self.dock.address}/taken"
        }  # fmt: skip
        return NeutralWarehouseSettings.model_validate(given)

    def story(self, do: Play) -> None:
        announced_and_changed(do)

    def documents(self, task_key: str) -> int:
        return self.dock.message_ids.count(task_key)
