"""What a connector's system keeps in mind between calls, so that nothing is read twice without need."""

from __future__ import annotations

import threading
from typing import Any


class Memory:
    """Ids that were looked up, for as long as the process lives; and what ``find`` read, for the ``do`` after it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._read = threading.local()

    def remember(self, kind: str, name: str, id_: str) -> str:
        """Only of what never changes: it is not looked up again."""
        self._known[kind, name] = id_
        return id_

    def recall(self, kind: str, name: str) -> str | None:
        """The id that was remembered, None where none was."""
        return self._known.get((kind, name))

    def just_read(self, key: str, read: Any = None) -> Any:
        """Hand what ``find`` has read of an effect's object on to ``do``, in one attempt and thread, once."""
        if read is not None:
            self._read.kept = (key, read)
            return read
        kept = getattr(self._read, "kept", None)
        self._read.kept = None
        return kept[1] if kept is not None and kept[0] == key else None
