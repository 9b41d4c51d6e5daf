"""Documents of a return as the page shows them: in words, with their address in the other system."""

from __future__ import annotations

import json
from dataclasses import dataclass

from backhaul.store.browse.documents import DocumentRow
from backhaul.store.codec import read_effect
from backhaul.web import deployed
from backhaul.web.console.gist import gist


@dataclass(frozen=True, slots=True)
class Paper:
    """An owed or done document. ``gist`` is what it says, ``waits_for`` are the keys of what must be done first."""

    row: DocumentRow
    gist: str
    address: str | None
    waits_for: tuple[str, ...]
    payload: str


def papers(documents: tuple[DocumentRow, ...]) -> tuple[Paper, ...]:
    """The documents in the order they were owed; those that became moot come last."""
    done = {row.key for row in documents if row.standing == "done"}
    found = [
        Paper(
            row,
            gist(read_effect(row.verb, row.payload)),
            deployed.address(row),
            tuple(key for key in row.waits_for if key not in done) if row.standing == "waiting" else (),
            json.dumps(row.payload, indent=2, ensure_ascii=False, sort_keys=True),
        )
        for row in documents
    ]
    return tuple(sorted(found, key=lambda paper: paper.row.standing == "moot"))
