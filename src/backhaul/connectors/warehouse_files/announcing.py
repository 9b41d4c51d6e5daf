"""Writes what should arrive as a file. Its name comes of our key: the file, wherever it was moved, is the proof."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backhaul.connectors.warehouse_files.columns import OUT
from backhaul.connectors.warehouse_files.drives import TAKEN, Drive, Folder
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.connectors.warehouse_files.sftp import Sftp
from backhaul.domain.effects import AnnounceReturn
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Rejected, Task, Unsure
from backhaul.sdk.warehouse import Announcement, announcement_of
from backhaul.sdk.wire import Wire

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The place where the files of one connection are exchanged."""

    settings: FilesSettings
    drive: Drive

    def close(self) -> None:
        self.drive.close()


def connect(settings: FilesSettings, _wire: Wire) -> Exchange:
    """No HTTP: the folder of this machine, or the SFTP server."""
    if settings.sftp is not None:
        return Exchange(settings, Sftp(settings.sftp, settings.deadline_s))
    return Exchange(settings, Folder(settings.folder or Path(), settings.deadline_s))


def find_announcement(task: Task, exchange: Exchange) -> Found:
    """The file with our name: as we wrote it, or where the warehouse put it once it had taken it."""
    settings, name = exchange.settings, file_name(task)
    written = f"{settings.announce_folder}/{name}"
    if exchange.drive.seen(written) is not None:
        same = exchange.drive.read(written) == _content(announcement_of(task), settings)
        return Done(written) if same else Ambiguous((written,))
    for folder in (settings.announce_folder, *settings.taken_folders):
        for suffix in ("", *settings.taken_suffixes):
            if exchange.drive.seen(f"{folder}/{name}{suffix}") is not None:
                return Done(written)
    return Absent()


def announce(task: Task, exchange: Exchange, _found: Found) -> Outcome:
    """The whole file, or none. One that is there by now was written by somebody who holds the same task: look again."""
    settings = exchange.settings
    written = f"{settings.announce_folder}/{file_name(task)}"
    try:
        content = _content(announcement_of(task), settings)
    except UnicodeEncodeError as error:
        return Refused(f"{settings.encoding} has no {error.object[error.start]!r}: set an encoding that has")
    try:
        exchange.drive.put(written, content)
    except Rejected as error:
        if error.status_code == TAKEN:
            raise Unsure(str(error)) from error
        raise
    return Done(written)


def file_name(task: Task) -> str:
    """Legible as far as it goes, and of this key alone."""
    effect = task.effect
    if not isinstance(effect, AnnounceReturn):
        raise TypeError(f"{task.key} is no AnnounceReturn")
    order = _NOT_PLAIN.sub("_", effect.order)[:40]
    return f"{order}-{effect.sequence:03}-{hashlib.sha256(task.key.encode()).hexdigest()[:16]}.csv"


def _content(said: Announcement, settings: FilesSettings) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=settings.delimiter, lineterminator="\r\n")
    writer.writerow([settings.columns.get(name, name) for name in OUT])
    for row in _rows(said):
        writer.writerow([row.get(name) or "" for name in OUT])
    return text.getvalue().encode(settings.encoding)


def _rows(said: Announcement) -> Iterator[dict[str, str]]:
    """A row per line; one row without a line where nothing comes any more."""
    names: dict[str, list[str]] = {}
    for name in said.names:
        names.setdefault(name.kind, []).append(name.value)
    whole = {
        "message_id": said.message_id,
        "sequence": str(said.sequence),
        "follows": said.follows or "",
        "change": said.change,
        "warehouse": said.warehouse,
        "order_number": said.order_number,
        "return_ref_kind": said.return_ref.kind if said.return_ref is not None else "",
        "return_ref": said.return_ref.value if said.return_ref is not None else "",
        "bags": " ".join(names.get("bag", ())),
        "labels": " ".join(names.get("label", ())),
        "shipments": " ".join(said.shipments),
        "expected_from": said.expected_from.isoformat() if said.expected_from is not None else "",
        "expected_to": said.expected_to.isoformat() if said.expected_to is not None else "",
    }
    if not said.lines:
        yield {**whole, "expected_total": "0"}
    for line in said.lines:
        yield {
            **whole,
            "authorisation": line.authorisation or "",
            "line_ref": line.line_ref or "",
            "sku": line.sku,
            "expected_total": str(line.expected_total),
            "condition": line.condition,
        }
