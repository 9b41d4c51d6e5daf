"""Where the files lie: a folder of this machine or a mounted share. A file is there whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backhaul.sdk import lease
from backhaul.sdk.outcomes import NotSent, Rejected, Unsure

FORBIDDEN, NOT_THERE, TAKEN = 403, 404, 409
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen: another size or time means that somebody is at it."""

    size: int
    changed_at: int


class Drive(Protocol):
    """Paths are relative, with ``/``. Raises NotSent where it cannot be reached, Rejected or Unsure."""

    def look(self, folder: str) -> dict[str, Seen]:
        """The plain files of a folder by name: no links, nothing else."""

    def seen(self, path: str) -> Seen | None:
        """That file, or None where there is none."""

    def read(self, path: str) -> bytes: ...

    def put(self, path: str, content: bytes) -> None:
        """The whole file under its name, never over another: written beside it, then renamed."""

    def move(self, path: str, to: str) -> None:
        """Under another name, never over another file: Rejected with TAKEN."""

    def close(self) -> None: ...


def part_of(path: str) -> str:
    """What a file is called while it is being written."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.part" if folder else f".{name}.part"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine's."""

    root: Path
    deadline_s: float

    def look(self, folder: str) -> dict[str, Seen]:
        with self._told(folder), os.scandir(self.root / folder) as entries:
            return {entry.name: _seen(entry.stat(follow_symlinks=False)) for entry in entries if _is_plain(entry)}

    def seen(self, path: str) -> Seen | None:
        with self._told(path.rpartition("/")[0]):
            found = _lstat(self.root / path)
        return _seen(found) if found is not None and stat.S_ISREG(found.st_mode) else None

    def read(self, path: str) -> bytes:
        with self._told(path):
            return (self.root / path).read_bytes()

    def put(self, path: str, content: bytes) -> None:
        part = self.root / part_of(path)
        with self._told(path):
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            lease.require(self.deadline_s)
            _rename(part, self.root / path)

    def move(self, path: str, to: str) -> None:
        with self._told(to):
            _rename(self.root / path, self.root / to)

    def close(self) -> None:
        """Nothing is held open."""

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Errors of the system by what they mean: a folder that is not there may be a share that is not mounted."""
        folder = self.root / path if path and (self.root / path).is_dir() else (self.root / path).parent
        try:
            yield
        except FileExistsError as error:
            raise Rejected(f"{self.root / path} is there already", TAKEN, str(error)) from error
        except PermissionError as error:
            raise Rejected(f"{self.root / path}: {error.strerror}", FORBIDDEN, str(error)) from error
        except (FileNotFoundError, NotADirectoryError) as error:
            if not folder.is_dir():
                raise NotSent(f"{folder} is not there: is it mounted?") from error
            raise Rejected(f"{self.root / path} is not there", NOT_THERE, str(error)) from error
        except OSError as error:
            raise Unsure(f"{self.root / path}: {error.strerror}") from error


def _rename(old: Path, new: Path) -> None:
    """A link first: a rename would replace what another has put there meanwhile."""
    try:
        os.link(old, new)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if _lstat(new) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new)) from error
        old.rename(new)
    else:
        old.unlink()


def _is_plain(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _seen(found: os.stat_result) -> Seen:
    return Seen(found.st_size, found.st_mtime_ns)
