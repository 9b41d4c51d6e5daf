"""``python -m backhaul.demo.guard FOLDER``: ends what a demo started when the demo itself was killed.

The demo names each program it starts on our standard input. Its end closes that pipe, however it came; what still
runs then is stopped, the last user of the demo's PostgreSQL being this guard.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from backhaul.project.embedded import Embedded, EmbeddedFailed
from backhaul.sandbox import tryton

_PATIENCE_S = 20.0


def end_group(leader: int, patience_s: float = _PATIENCE_S) -> None:
    """Ask a program and its children to end, then make them. ``leader`` is the pid of a program in its own session."""
    for how, seconds in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(leader, how)
        except (ProcessLookupError, PermissionError):
            return
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(ChildProcessError):  # it may be somebody else's child by now
                os.waitpid(leader, os.WNOHANG)
            if not _lives(leader):
                return
            time.sleep(0.05)


def _lives(leader: int) -> bool:
    """Whether anybody of the group runs; one that ended and waits to be asked for does not."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, IndexError, ValueError):  # it ended while we looked
                state, _, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(group) == leader and state not in "ZX":
                    return True
    return False


def main(folder: Path) -> int:
    """Wait for the demo's end, then clear up behind it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    postgres = Embedded(folder / "postgres")
    with suppress(EmbeddedFailed):  # then the demo cannot have started it either
        postgres.start()
    print("on guard", flush=True)
    leaders = [int(line) for line in sys.stdin if line.strip()]
    for leader in reversed(leaders):
        end_group(leader)
    tryton.down(folder / "run" / "tryton")
    postgres.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
