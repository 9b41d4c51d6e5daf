"""Which fields of which types are modelled and how each is read; what is not in this table is refused aloud."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backhaul.sandbox.shopify.moments import iso
from backhaul.sandbox.shopify.naming import kind_of
from backhaul.sandbox.shopify.refusals import BadCall, NotModelled
from backhaul.sandbox.shopify.world import World


@dataclass(slots=True)
class Ask:
    """One call while it is answered; `objects` counts what was handed out, for the actual cost.

    `running` has an idempotent mutation told that its twin is still in progress; `whole` has every connection
    answer with all it has, as bulk operations do.
    """

    world: World
    version: str
    objects: int = 0
    running: bool = False
    whole: bool = False


Reader = Callable[[Any, Ask, Mapping[str, Any]], Any]
FIELDS: dict[str, dict[str, Reader]] = {}


def fields(
    kind: str,
    plain: str = "",
    simple: Mapping[str, Callable[[Any], Any]] | None = None,
    full: Mapping[str, Reader] | None = None,
) -> None:
    """Model a type: `plain` fields are attributes (or keys) of the same name, `simple` need the thing alone."""
    table = FIELDS.setdefault(kind, {})
    for name in plain.split():
        table[name] = _plain(name)
    for name, read in (simple or {}).items():
        table[name] = _simple(read)
    table.update(full or {})


def checked(gid: str) -> str:
    """An id as sent; raises BadCall when it is none."""
    if kind_of(gid) is None:
        raise BadCall(f"Invalid global id '{gid}'", "INVALID_ID")
    return gid


def read(kind: str, name: str, source: Any, ask: Ask, args: Mapping[str, Any]) -> Any:
    """The value of a field; raises NotModelled."""
    found = FIELDS.get(kind, {}).get(name)
    if found is None:
        raise NotModelled(f"{kind}.{name}")
    return as_sent(found(source, ask, args))


def as_sent(value: Any) -> Any:
    """Moments are written as text; everything else goes out as it is."""
    return iso(value) if isinstance(value, datetime) else value


def _plain(name: str) -> Reader:
    attribute = "gid" if name == "id" else re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    def read_attribute(source: Any, _ask: Ask, _args: Mapping[str, Any]) -> Any:
        return source.get(name) if isinstance(source, dict) else getattr(source, attribute)

    return read_attribute


def _simple(read_it: Callable[[Any], Any]) -> Reader:
    return lambda source, _ask, _args: read_it(source)
