"""Polls a folder for CSV files: each is kept as a message when it is new or was replaced by another."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from backhaul.connectors.product_master.messages import CSV, ProductMasterSettings
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Rejected

EVERY = timedelta(minutes=5)
_MOST_BYTES = 64 * 1024 * 1024
_GONE = 404


def poll_folder(settings: ProductMasterSettings, request: PollRequest) -> PollAnswer:
    """The files that came or changed since the last poll. The cursor is what each looked like then."""
    if settings.folder is None:
        return PollAnswer((), request.cursor)
    before: dict[str, str] = json.loads(request.cursor) if request.cursor else {}
    now: dict[str, str] = {}
    messages = []
    try:
        for path in sorted(settings.folder.glob("*.csv")):
            now[path.name] = _looks(path)
            if now[path.name] != before.get(path.name):
                messages.append(Polled(CSV, _content(path), f"{path.name}:{now[path.name]}"))
    except OSError as error:
        raise _away(settings.folder, error) from error
    if not now and not settings.folder.is_dir():
        raise _away(settings.folder, "there is no such folder")
    return PollAnswer(tuple(messages), json.dumps(now, sort_keys=True))


def check(settings: ProductMasterSettings) -> tuple[str, ...]:
    """One line where the folder cannot be read."""
    if settings.folder is not None and not settings.folder.is_dir():
        return (f"there is no folder {settings.folder}; make it, or mend `folder`",)
    return ()


def _looks(path: Path) -> str:
    found = path.stat()
    return f"{found.st_mtime_ns}:{found.st_size}"


def _content(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise _away(path, f"it is larger than {_MOST_BYTES} bytes; split it")
    return path.read_bytes()


def _away(path: Path, why: object) -> Rejected:
    said = f"{path} cannot be read: {why}"
    return Rejected(said, _GONE, said)
