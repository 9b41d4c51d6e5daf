"""Who uses the embedded PostgreSQL now, and whose turn it is to start or stop it: the kernel knows, a kill frees."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from backhaul.project.embedded.failure import EmbeddedFailed


@contextlib.contextmanager
def changing(top: Path, limit_seconds: float) -> Iterator[None]:
    """Held while starting or stopping, so that two starters never race. Raises EmbeddedFailed after `limit_seconds`."""
    file = os.open(top / "changing.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        until = time.monotonic() + limit_seconds
        while not _got(file, fcntl.LOCK_EX):
            if time.monotonic() > until:
                holder = os.pread(file, 32, 0).decode() or "unknown"
                what = f"Another Backhaul command (process {holder}) has been starting or stopping this for too long"
                raise EmbeddedFailed(what, top, "End that command and try again.")
            time.sleep(0.02)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(file)


class Presence:
    """A mark that this command uses the server. The last one to leave is the one who stops it."""

    def __init__(self, top: Path) -> None:
        self._file: int | None = os.open(top / "present.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether nobody else is present. Ask it only while `changing`, when nobody can arrive."""
        return self._file is not None and _got(self._file, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Takes the mark away; once is enough and twice does no harm."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _got(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
