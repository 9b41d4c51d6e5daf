"""The programs of a demo: started each in a session of its own, watched, and stopped in the right order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backhaul.demo.ground import DemoFailed
from backhaul.demo.guard import end_group

_START_S = 60.0
_LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class Programs:
    """Logs go to ``folder``, one file per program. Whoever is killed takes the demo down, never leaves half of it."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _guard: subprocess.Popen[bytes] | None = None

    def guard(self, directory: Path) -> None:
        """Have somebody clear up if this demo is killed. Comes first: what it holds must be free already."""
        log = (self.folder / "guard.log").open("wb")
        with log:
            self._guard = subprocess.Popen(
                [sys.executable, "-m", "backhaul.demo.guard", str(directory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        if self._guard.stdout is None or not self._guard.stdout.readline():
            raise DemoFailed(f"the embedded PostgreSQL could not be started; see {log.name}")

    def start(self, name: str, module: str, arguments: Sequence[str], ready: Callable[[], bool]) -> None:
        """Start ``python -m module`` and wait until it is ready. Raises DemoFailed, naming the log."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            program = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        self._running[name] = program
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.write(f"{program.pid}\n".encode())
            self._guard.stdin.flush()
        end = time.monotonic() + _START_S
        while not ready():
            self.require_all()
            if time.monotonic() > end:
                raise DemoFailed(f"{name} does not answer; see {log}")
            time.sleep(_LOOK_EVERY_S)

    def require_all(self) -> None:
        """Raises DemoFailed for a program that has ended."""
        for name, program in self._running.items():
            if program.poll() is not None:
                raise DemoFailed(f"{name} ended by itself ({program.returncode}); see {self.folder / name}.log")

    def stop(self) -> None:
        """Stop all, the last started first. Twice is once."""
        while self._running:
            _, program = self._running.popitem()
            end_group(program.pid)
            program.poll()

    def dismiss_guard(self) -> None:
        """Let the guard see that all is done; it leaves the PostgreSQL as the last."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait(60)
            self._guard = None
