"""A house whose senders remember what they sent, so that after a restore they can send it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from backhaul.flows.receive import NotTaken
from backhaul.project import backup as backups
from backhaul.store.restored import NEW_EPOCH
from tests.support.database import Database
from tests.support.house import House


@dataclass
class Remembering(House):
    """``sent`` are all messages so far: the connection each went to, and its bytes."""

    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def post(self, connection: str, body: bytes, signature: str | None = None) -> int | NotTaken:
        self.sent.append((connection, body))
        return super().post(connection, body, signature)

    def send_again(self, *, since: int = 0, turned: bool = False) -> None:
        """Everything sent since then comes once more, also in the opposite order."""
        again = self.sent[since:]
        for to, body in reversed(again) if turned else again:
            super().post(to, body)
            self.work()


def back_up(db: Database, file: Path) -> Path:
    """What `backhaul backup` does."""
    backups.backup(db.url, file)
    return file


def restore(db: Database, file: Path) -> None:
    """What `backhaul restore --force` does, with web and workers stopped."""
    connection.close()
    backups.restore(db.url, file, after=lambda: None, force=True, last_statement=NEW_EPOCH)
