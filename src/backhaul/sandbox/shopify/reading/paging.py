"""Connections: a slice of a list with opaque cursors that hold their place when others come or go."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backhaul.sandbox.shopify.refusals import BadCall

_AT_MOST = 250
EVERYTHING = 2**31 - 1  # what bulk operations ask for
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One slice; each item with the key its cursor holds."""

    items: list[tuple[Key, Any]]
    has_next: bool
    has_previous: bool

    def field(self, name: str) -> Any:
        """A field of the connection."""
        if name == "nodes":
            return [item for _, item in self.items]
        if name == "edges":
            return [{"node": item, "cursor": cursor_of(key)} for key, item in self.items]
        return {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": cursor_of(self.items[0][0]) if self.items else None,
            "endCursor": cursor_of(self.items[-1][0]) if self.items else None,
        }


def cursor_of(key: Key) -> str:
    """A place in a list, as text."""
    return base64.b64encode(json.dumps(key).encode()).decode()


def _key_of(cursor: str) -> Key:
    try:
        return tuple(json.loads(base64.b64decode(cursor, validate=True)))
    except (ValueError, TypeError):
        raise BadCall(f"Invalid cursor for current pagination sort: {cursor}", "INVALID_CURSOR") from None


def page(items: Iterable[Any], args: Mapping[str, Any], key: Callable[[Any], Key] | None = None) -> Page:
    """The slice that first, last, after, before and reverse ask for; sorted by `key`, or as they come."""
    from_start = args.get("first") is not None
    if from_start == (args.get("last") is not None):
        raise BadCall("you must provide one of first or last", "BAD_REQUEST")
    wanted = int(args["first"] if from_start else args["last"])
    if not 0 <= wanted <= _AT_MOST and wanted != EVERYTHING:
        raise BadCall(f"first and last go up to {_AT_MOST}", "BAD_REQUEST")
    keyed = [((place,), item) for place, item in enumerate(items)]
    if key is not None:
        keyed = sorted(((key(item), item) for _, item in keyed), key=lambda each: each[0])
    if args.get("reverse"):
        keyed.reverse()
    whole = len(keyed)
    if args.get("after"):
        keyed = _beyond(keyed, _key_of(args["after"]), descending=bool(args.get("reverse")))
    skipped = whole - len(keyed)
    if args.get("before"):
        edge = _key_of(args["before"])
        beyond = len(_beyond(keyed, edge, descending=bool(args.get("reverse"))))
        keyed = [each for each in keyed[: len(keyed) - beyond] if each[0] != edge]
    after = whole - skipped - len(keyed)
    if from_start:
        return Page(keyed[:wanted], len(keyed) > wanted or after > 0, skipped > 0)
    return Page(keyed[max(0, len(keyed) - wanted) :], after > 0, len(keyed) > wanted or skipped > 0)


def _beyond(keyed: list[tuple[Key, Any]], edge: Key, *, descending: bool) -> list[tuple[Key, Any]]:
    return [each for each in keyed if (each[0] < edge if descending else each[0] > edge)]
