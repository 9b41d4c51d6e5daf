"""The same over SFTP. The server's key is pinned; nothing is trusted on first use."""

from __future__ import annotations

import io
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko

from backhaul.connectors.warehouse_files.drives import FORBIDDEN, NOT_THERE, TAKEN, Seen, part_of
from backhaul.connectors.warehouse_files.settings import SftpTable
from backhaul.sdk import lease
from backhaul.sdk.outcomes import NotSent, Rejected, Unsure

_IDLE_S = 30.0
_NOT_LET_IN = 401
_KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(slots=True)
class Sftp:
    """One session at a time, shared by threads and opened anew when it has been idle or was cut."""

    table: SftpTable
    deadline_s: float
    _client: paramiko.SSHClient | None = field(default=None, repr=False)
    _files: paramiko.SFTPClient | None = field(default=None, repr=False)
    _used_at: float = 0.0
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def look(self, folder: str) -> dict[str, Seen]:
        with self._session(folder) as files:
            entries = files.listdir_attr(folder or ".")
        return {entry.filename: _seen(entry) for entry in entries if _is_plain(entry)}

    def seen(self, path: str) -> Seen | None:
        with self._session(path) as files:
            try:
                found = files.lstat(path)
            except FileNotFoundError:
                return None
        return _seen(found) if _is_plain(found) else None

    def read(self, path: str) -> bytes:
        with self._session(path) as files, files.open(path, "rb") as file:
            file.prefetch()
            return file.read()

    def put(self, path: str, content: bytes) -> None:
        part = part_of(path)
        with self._session(path) as files:
            with files.open(part, "wb") as file:
                file.write(content)
            written = files.stat(part).st_size
            if written != len(content):
                raise Unsure(f"{path}: {written} of {len(content)} bytes were written")
            lease.require(self.deadline_s)
            self._rename(files, part, path)

    def move(self, path: str, to: str) -> None:
        with self._session(path) as files:
            self._rename(files, path, to)

    def close(self) -> None:
        with self._lock:
            client, self._client, self._files = self._client, None, None
            if client is not None:
                with suppress(Exception):
                    client.close()

    def _rename(self, files: paramiko.SFTPClient, old: str, new: str) -> None:
        """SFTP's own rename never replaces a file, and says no more than that it failed."""
        try:
            files.rename(old, new)
        except (PermissionError, FileNotFoundError):
            raise
        except OSError as error:
            if error.errno is not None or not _is_there(files, new):
                raise
            raise Rejected(f"{new} is there already", TAKEN, str(error)) from error

    @contextmanager
    def _session(self, path: str) -> Iterator[paramiko.SFTPClient]:
        with self._lock:
            files = self._connected()
            try:
                yield files
            except PermissionError as error:
                raise Rejected(f"{self._where}/{path}: permission denied", FORBIDDEN, str(error)) from error
            except FileNotFoundError as error:
                raise Rejected(f"{self._where}/{path} is not there", NOT_THERE, str(error)) from error
            except (TimeoutError, socket.timeout) as error:  # noqa: UP041  paramiko's is its own on some versions
                self.close()
                raise Unsure(
                    f"{self._where}/{path}: no answer within {self.deadline_s:g} s", self.deadline_s
                ) from error
            except (paramiko.SSHException, EOFError, OSError) as error:
                self.close()
                raise Unsure(f"{self._where}/{path}: {type(error).__name__}: {error}") from error
            finally:
                self._used_at = time.monotonic()

    @property
    def _where(self) -> str:
        return f"sftp://{self.table.host}:{self.table.port}"

    def _connected(self) -> paramiko.SFTPClient:
        lease.require(self.deadline_s)
        transport = self._client.get_transport() if self._client is not None else None
        fresh = transport is not None and transport.is_active() and time.monotonic() - self._used_at < _IDLE_S
        if fresh and self._files is not None:
            return self._files
        self.close()
        client = paramiko.SSHClient()
        try:
            self._log_in(client)
            files = client.open_sftp()
        except paramiko.AuthenticationException as error:
            client.close()
            raise Rejected(f"{self._where} does not let {self.table.username} in", _NOT_LET_IN, str(error)) from error
        except paramiko.BadHostKeyException as error:
            client.close()
            raise NotSent(f"{self._where} has another key than the pinned ones: nothing was sent") from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            client.close()
            raise NotSent(f"{self._where}: {type(error).__name__}: {error}") from error
        channel = files.get_channel()
        if channel is not None:
            channel.settimeout(self.deadline_s)
        self._client, self._files = client, files
        return files

    def _log_in(self, client: paramiko.SSHClient) -> None:
        table = self.table
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        name = table.host if table.port == 22 else f"[{table.host}]:{table.port}"
        for kind, key in table.pinned():
            client.get_host_keys().add(name, kind, key)
        wait_s = min(self.deadline_s, table.connect_s)
        client.connect(
            table.host,
            table.port,
            table.username,
            password=table.password.get_secret_value() if table.password is not None else None,
            pkey=_private_key(table),
            timeout=wait_s,
            banner_timeout=wait_s,
            auth_timeout=wait_s,
            channel_timeout=wait_s,
            allow_agent=False,
            look_for_keys=False,
        )


def _private_key(table: SftpTable) -> paramiko.PKey | None:
    if table.private_key is None:
        return None
    text = table.private_key.get_secret_value().strip() + "\n"
    passphrase = table.passphrase.get_secret_value() if table.passphrase is not None else None
    for kind in _KEYS:
        with suppress(paramiko.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(text), passphrase)
    raise paramiko.AuthenticationException("the private key is none of Ed25519, ECDSA, RSA, or its passphrase is wrong")


def _is_there(files: paramiko.SFTPClient, path: str) -> bool:
    try:
        files.lstat(path)
    except FileNotFoundError:
        return False
    return True


def _is_plain(found: paramiko.SFTPAttributes) -> bool:
    """A server may leave out what kind of thing it is; then it is taken for a file."""
    return found.st_mode is None or stat.S_ISREG(found.st_mode)


def _seen(found: paramiko.SFTPAttributes) -> Seen:
    return Seen(found.st_size or 0, found.st_mtime or 0)
