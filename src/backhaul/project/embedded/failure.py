"""What a person is told when the embedded PostgreSQL cannot run."""

from pathlib import Path


class EmbeddedFailed(RuntimeError):
    """The embedded PostgreSQL in this folder cannot be used; the message ends with what to do now.

    `directory` is the folder it is about.
    """

    def __init__(self, what: str, directory: Path, now: str, log: Path | None = None) -> None:
        self.directory = directory
        super().__init__(f"{what} ({directory}). {now}{_tail(log)}")


def _tail(log: Path | None, lines: int = 15) -> str:
    if log is None or not log.exists():
        return ""
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(["", f"The last lines of {log}:", *last])
