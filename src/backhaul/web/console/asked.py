"""What a page was asked for: choices from its address, and the address of the next page with the same choices."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from backhaul.store.browse.pages import BadCursor, read_cursor

LONGEST = 200


def text(request: HttpRequest, name: str) -> str:
    """A choice as typed, without the blanks around it and never longer than a name can be."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]


def one_of(request: HttpRequest, name: str, choices: Iterable[str], default: str = "") -> str:
    """A choice out of those offered, else the default."""
    chosen = text(request, name)
    return chosen if chosen in set(choices) else default


def cursor(request: HttpRequest) -> str:
    """Where the page begins; a cursor that is none of ours begins at the start."""
    asked = request.GET.get("after", "")
    try:
        read_cursor(asked)
    except BadCursor:
        return ""
    return asked


def query(request: HttpRequest, **changes: str) -> str:
    """The same choices with some changed, as the query of an address; "" takes a choice away."""
    asked = request.GET.copy()
    for name, value in changes.items():
        asked.pop(name, None)
        if value:
            asked[name] = value
    return asked.urlencode()
