"""The folders in which a shop and its warehouse exchange files, on this machine or behind a real sshd."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from backhaul.connectors.warehouse_files.settings import FilesSettings
from tests.support.sshd import Sshd

FOLDERS = ("announcements", "taken", "inbox", "archive")


def folders(home: Path) -> Path:
    for name in FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    return home


def by_folder(home: Path, **more: Any) -> FilesSettings:
    return FilesSettings.model_validate({"folder": folders(home), **more})


def by_sftp(server: Sshd, below: str, sftp: dict[str, Any] | None = None, **more: Any) -> FilesSettings:
    """The same folders below the home of those who log in; each test has its own."""
    folders(server.home / below)
    named = {
        "announce_folder": f"{below}/announcements", "taken_folders": [f"{below}/taken"],
        "inbox_folder": f"{below}/inbox", "archive_folder": f"{below}/archive",
    }  # fmt: skip
    return FilesSettings.model_validate({"sftp": server.settings(**(sftp or {})), **named, **more})


def announced(home: Path) -> list[list[dict[str, str]]]:
    """The rows of each announcement that was written."""
    return [
        list(csv.DictReader(io.StringIO(file.read_text())))
        for file in sorted((home / "announcements").iterdir())
        if not file.name.startswith(".")
    ]
