"""Search strings such as `updated_at:>='2026-11-01T00:00:00Z' tag:hr`: what the stand-in does not know, it refuses."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from backhaul.sandbox.shopify.moments import moment_of
from backhaul.sandbox.shopify.refusals import BadCall, NotModelled

_TERM = re.compile(r"""\s*(?:AND\s+)?(-|NOT\s+)?(\w+):(>=|<=|>|<)?("[^"]*"|'[^']*'|[^\s()"']+)""")
Found = Callable[[Any], Any]


def matcher(query: str | None, known: Mapping[str, Found], what: str) -> Callable[[Any], bool]:
    """Whether a thing fits a search; terms next to each other must all fit, alternatives are joined by OR."""
    if not query or not query.strip():
        return lambda _thing: True
    alternatives = [list(_terms(part, known, what)) for part in re.split(r"\s+OR\s+", query)]
    return lambda thing: any(all(fits(thing) for fits in terms) for terms in alternatives)


def _terms(text: str, known: Mapping[str, Found], what: str) -> Iterator[Callable[[Any], bool]]:
    place = 0
    while text[place:].strip():
        found = _TERM.match(text, place)
        if found is None:
            raise NotModelled(f"the search {text[place:].strip()!r} for {what}")
        place = found.end()
        negated, name, comparison, value = found.groups()
        if name not in known:
            raise NotModelled(f"the search by {name} for {what}")
        yield _fits(known[name], comparison, value.strip("\"'"), negated=bool(negated))


def _fits(find: Found, comparison: str | None, value: str, *, negated: bool) -> Callable[[Any], bool]:
    def fits(thing: Any) -> bool:
        return _compare(find(thing), comparison, value) != negated

    return fits


def _compare(found: Any, comparison: str | None, value: str) -> bool:
    if isinstance(found, datetime):
        try:
            moment = moment_of(value)
        except ValueError:
            raise BadCall(f"{value!r} is not a date to search by") from None
        return {">=": found >= moment, "<=": found <= moment, ">": found > moment, "<": found < moment}.get(
            comparison or "", found == moment
        )
    if isinstance(found, (int, float)) and comparison:
        limit = float(value)
        return {">=": found >= limit, "<=": found <= limit, ">": found > limit}.get(comparison, found < limit)
    if isinstance(found, (list, set, tuple)):
        return value.lower() in {str(each).lower() for each in found}
    return value == "*" if found is None else str(found).lower() == value.lower()
