"""Takes the warehouse's files in: read once nobody is at them any more, archived once they are kept.

Three looks bring a file through. The first sees it; the next reads it, if it has not changed; the one after that moves
it to the archive, if it is still what was read. What a look found out is its cursor, which is kept in one commit with
the files it brought: killed anywhere, the next look reads the same bytes again, and those are no news.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from backhaul.connectors.warehouse_files.announcing import Exchange
from backhaul.connectors.warehouse_files.drives import TAKEN, Seen
from backhaul.connectors.warehouse_files.reader import KIND
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Rejected

EVERY = timedelta(seconds=30)
MOST_BYTES = 16_777_216
_MOST_FILES = 50
_MOST_TOGETHER = 33_554_432
_MOST_TWINS = 100
_TOO_MUCH = 413
_BEING_WRITTEN = (".part", ".tmp", ".filepart", ".writing")


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as the last look saw it; ``digest`` of what was kept of it, "" while nothing was."""

    seen: Seen
    digest: str = ""


def poll_inbox(exchange: Exchange, request: PollRequest) -> PollAnswer:
    """One look. Raises Rejected for a file that is too large, once nothing else is left to bring."""
    settings = exchange.settings
    if not settings.inbox_folder:
        return PollAnswer((), request.cursor)
    before = _read_cursor(request.cursor)
    found = {
        name: seen
        for name, seen in exchange.drive.look(settings.inbox_folder).items()
        if _is_ours(name, settings.inbox_pattern)
    }
    known: dict[str, _Known] = {}
    brought: list[Polled] = []
    too_large: list[str] = []
    together = 0
    for name in sorted(found):
        now, last = _Known(found[name]), before.get(name)
        known[name] = now
        if last is None or last.seen != now.seen:
            continue
        if last.digest and _archive(exchange, name, last):
            del known[name]
        elif not last.digest and now.seen.size > MOST_BYTES:
            too_large.append(name)
        elif not last.digest and len(brought) < _MOST_FILES and together < _MOST_TOGETHER:
            body = exchange.drive.read(f"{settings.inbox_folder}/{name}")
            if len(body) == now.seen.size:
                brought.append(Polled(KIND, body, headers={"file": name[:200]}))
                together += len(body)
                known[name] = _Known(now.seen, _digest(body))
    if too_large and not brought:
        why = f"{', '.join(too_large)} has more than {MOST_BYTES} bytes: send it in several files"
        raise Rejected(why, _TOO_MUCH, why)
    return PollAnswer(tuple(brought), _write_cursor(known))


def _is_ours(name: str, pattern: str) -> bool:
    being_written = name.startswith(".") or name.lower().endswith(_BEING_WRITTEN)
    return not being_written and fnmatchcase(name.lower(), pattern.lower())


def _archive(exchange: Exchange, name: str, known: _Known) -> bool:
    """Move what was kept; what has other bytes by now is another file by the same name, and is read like one."""
    settings = exchange.settings
    path = f"{settings.inbox_folder}/{name}"
    if _digest(exchange.drive.read(path)) != known.digest:
        return False
    for number in range(_MOST_TWINS):
        twin = f"{name}.{known.digest[:8]}-{number}" if number else name
        try:
            exchange.drive.move(path, f"{settings.archive_folder}/{twin}")
        except Rejected as error:
            if error.status_code != TAKEN:
                raise
        else:
            return True
    raise Rejected(f"{settings.archive_folder} has {_MOST_TWINS} files called {name}", TAKEN, name)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _read_cursor(text: str) -> dict[str, _Known]:
    plain = json.loads(text) if text else {}
    return {name: _Known(Seen(size, changed_at), digest) for name, (size, changed_at, digest) in plain.items()}


def _write_cursor(known: dict[str, _Known]) -> str:
    return json.dumps({name: (one.seen.size, one.seen.changed_at, one.digest) for name, one in known.items()})
