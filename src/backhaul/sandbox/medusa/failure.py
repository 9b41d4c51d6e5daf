"""What a person is told when Medusa cannot be installed, seeded or started."""

from __future__ import annotations

from pathlib import Path


class MedusaFailed(RuntimeError):
    """Medusa could not be installed, seeded or started. The message ends with the last lines of ``log``."""

    def __init__(self, what: str, log: Path | None = None) -> None:
        super().__init__(what + _tail(log))
        self.log = log


def _tail(log: Path | None, lines: int = 20) -> str:
    if log is None or not log.exists():
        return ""
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(["", f"The last lines of {log}:", *last])
