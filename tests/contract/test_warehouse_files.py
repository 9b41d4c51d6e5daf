"""The warehouse files connector keeps the contract of doing, its answers lost after any change to a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from backhaul.connectors.warehouse_files import connector
from backhaul.connectors.warehouse_files.announcing import Exchange
from backhaul.connectors.warehouse_files.drives import Folder, part_of
from backhaul.connectors.warehouse_files.reader import KIND
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.sdk.conformance import Cutter, PerformingContract, Play, PolledContract
from backhaul.sdk.outcomes import Unsure
from backhaul.sdk.wire import Wire
from tests.contract.test_neutral_warehouse import announced_and_changed
from tests.support.exchange import announced, by_folder
from tests.support.ports import free_port
from tests.support.sshd import Sshd

EXAMPLES = sorted((Path(__file__).parent / "fixtures" / "warehouse_files").glob("*.csv"))


@dataclass(frozen=True)
class _Cut(Folder):
    """A folder that is cut off after a part was written, or after the file got its name."""

    strikes: Callable[[], bool] = lambda: False

    def put(self, path: str, content: bytes) -> None:
        (self.root / part_of(path)).write_bytes(content[:7])
        if self.strikes():
            raise Unsure("cut off in the middle")
        super().put(path, content)
        if self.strikes():
            raise Unsure("cut off after it was done")


class TestWarehouseFiles(PerformingContract):
    connector = connector

    @pytest.fixture(autouse=True)
    def _on(self, tmp_path: Path, session_sshd: Sshd) -> None:
        self.home, self.server = tmp_path, session_sshd
        self.refusing: dict[str, Any] = session_sshd.settings(port=free_port(), password="pass-for-nobody")
        self.secrets = ("pass-for-nobody", *self.refusing["private_key"].splitlines()[1:4])

    home: Path
    server: Sshd

    def settings(self) -> FilesSettings:
        return by_folder(self.home)

    def story(self, do: Play) -> None:
        announced_and_changed(do)

    def documents(self, task_key: str) -> int:
        return sum({row["message_id"] for row in rows} == {task_key} for rows in announced(self.home))

    def _connect(self, transport: httpx.BaseTransport) -> Any:
        """Files know no transport: a cutter cuts the folder, and a system that refuses is one that nobody serves."""
        assert connector.connect is not None
        if isinstance(transport, Cutter):
            return _cut(by_folder(self.home), transport)
        settings = by_folder(self.home)
        if not isinstance(transport, httpx.HTTPTransport):
            settings = FilesSettings.model_validate({"sftp": self.refusing})
        transport.close()
        return connector.connect(settings, Wire(""))


def _cut(settings: FilesSettings, cutter: Cutter) -> Exchange:
    assert settings.folder is not None
    return Exchange(settings, _Cut(settings.folder, settings.deadline_s, cutter.strikes))


class TestReadingFiles(PolledContract):
    connector = connector
    settings = FilesSettings.model_validate({"folder": "/exchange"})
    polled = frozenset({KIND})
    examples: ClassVar = {f"{KIND}.{path.stem}": path.read_bytes() for path in EXAMPLES}
