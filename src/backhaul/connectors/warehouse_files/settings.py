"""What a connection of files is told: where they lie, how they are written, what the warehouse calls its columns."""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import paramiko
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from backhaul.connectors.warehouse_files.columns import COLUMNS, CONSTANTS
from backhaul.sdk.connector import Settings


def _below(folder: str) -> str:
    parts = folder.split("/")
    if folder.startswith("/") or ".." in parts or "\\" in folder or any(not part for part in parts if folder):
        raise ValueError("is a folder below the connection's own, without .. and without / in front")
    return folder


Below = Annotated[str, AfterValidator(_below)]
"""A folder below the connection's own; "" turns off what it is for."""


class SftpTable(BaseModel):
    """An SFTP server. ``host_keys`` are its public keys as ``ssh-keyscan`` prints them, without the host's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    username: str = Field(min_length=1)
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    passphrase: SecretStr | None = None
    host_keys: tuple[str, ...] = Field(min_length=1)
    connect_s: float = Field(default=10.0, gt=0, le=120)

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.password is None and self.private_key is None:
            raise ValueError("needs a password or a private_key")
        self.pinned()
        return self

    def pinned(self) -> tuple[tuple[str, paramiko.PKey], ...]:
        """(kind, key) of each pinned key. Raises ValueError for what is none."""
        return tuple(_pinned(line) for line in self.host_keys)


class FilesSettings(Settings):
    """``folder`` of this machine, or ``sftp``; the others are folders in it.

    What should arrive is written to ``announce_folder``. The warehouse may rename such a file or move it to one of
    ``taken_folders``, but must not delete it. What it writes to ``inbox_folder`` is read once it does not change any
    more, and moved to ``archive_folder`` once it is kept.
    """

    folder: Path | None = None
    sftp: SftpTable | None = None
    announce_folder: Below = "announcements"
    taken_folders: tuple[Below, ...] = ("taken",)
    taken_suffixes: tuple[str, ...] = (".done",)
    inbox_folder: Below = "inbox"
    inbox_pattern: str = "*.csv"
    archive_folder: Below = "archive"
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    columns: Mapping[str, str] = Field(default_factory=dict)
    constants: Mapping[str, str] = Field(default_factory=dict)
    words: Mapping[str, str] = Field(default_factory=dict)
    timezone: str = "UTC"
    date_format: str | None = None
    deadline_s: float = Field(default=20.0, gt=0, le=300)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.folder is None) == (self.sftp is None):
            raise ValueError("needs a folder, or sftp, and not both")
        if self.inbox_folder and (not self.archive_folder or self.archive_folder == self.inbox_folder):
            raise ValueError("inbox_folder needs an archive_folder of its own: what was read is moved there")
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise ValueError(f"encoding {self.encoding!r} is not known; try utf-8, cp1252 or latin-1") from None
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"timezone {self.timezone!r} is not known; use a name such as Europe/Berlin") from None
        for name, known, given in (("columns", COLUMNS, self.columns), ("constants", CONSTANTS, self.constants)):
            if unknown := sorted(set(given) - set(known)):
                raise ValueError(f"{name}: {', '.join(unknown)} is none of {', '.join(known)}")
        return self

    def announces(self) -> bool:
        return bool(self.announce_folder)


def _pinned(line: str) -> tuple[str, paramiko.PKey]:
    kind, _, rest = line.strip().partition(" ")
    try:
        body = base64.b64decode(rest.split(" ", 1)[0], validate=True)
        return kind, paramiko.PKey.from_type_string(kind, body)
    except (binascii.Error, paramiko.SSHException, ValueError, IndexError):
        raise ValueError(f"host_keys: {line[:40]!r} is no public key; `ssh-keyscan` prints them") from None
