"""Bulk operations: a query run over everything at once, its result a file of one object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(slots=True, eq=False)
class Bulk:
    """One bulk operation; `lines` are there once it is completed."""

    kind: ClassVar[str] = "BulkOperation"
    gid: str
    query: str
    created_at: datetime
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: datetime | None = None
    lines: tuple[bytes, ...] = ()
    roots: int = 0
    url: str | None = None

    @property
    def file(self) -> bytes:
        """The result as it is fetched."""
        return b"".join(line + b"\n" for line in self.lines)

    def complete(self, answer: dict[str, Any], now: datetime, url: str) -> None:
        """Take the answer to the query, or fail with its errors."""
        self.completed_at = now
        if "errors" in answer:
            self.status, self.error_code = "FAILED", "INTERNAL_SERVER_ERROR"
            return
        found = list(flat(answer["data"]))
        self.status, self.url = "COMPLETED", url if found else None
        self.roots = sum("__parentId" not in each for each in found)
        self.lines = tuple(json.dumps(each).encode() for each in found)


def flat(content: Any, parent: str | None = None) -> Iterator[dict[str, Any]]:
    """Each node of each connection on a line of its own, those within others with `__parentId`."""
    for value in content.values():
        if not isinstance(value, dict):
            continue
        nodes = value.get("nodes") or [edge["node"] for edge in value.get("edges") or []]
        for node in nodes:
            yield {name: each for name, each in node.items() if not _is_connection(each)} | _child_of(parent)
            yield from flat(node, node.get("id"))


def _child_of(parent: str | None) -> dict[str, str]:
    return {"__parentId": parent} if parent else {}


def _is_connection(value: Any) -> bool:
    return isinstance(value, dict) and ("nodes" in value or "edges" in value)
