"""What every pair asks of its task: the order's id, the document it builds on, our key in a note, lines by name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from backhaul.connectors.medusa.client import Busy, Medusa, Node
from backhaul.sdk.outcomes import Found, Later, Outcome, Rejected, Task

_JOINED = "+"
_LABEL_MAX = 40
_PAGE = 200
_MOST_PAGES = 25
_BUSY_WAIT_S = 30.0


class Named(Protocol):
    """A line of an effect: by the platform's order line, else by its SKU."""

    @property
    def line_ref(self) -> str: ...
    @property
    def sku(self) -> str: ...


def order_id(system: Medusa, number: str) -> str:
    """The id of the order of that number, remembered. Raises Rejected (404) unless there is exactly one.

    Medusa ignores a filter it does not know and answers with every order: what it answers is always compared.
    """
    if system.settings.order_field == "id":
        return number
    known = system.recall("order", number)
    if known is not None:
        return known
    ids = _by_metadata(system, number) if system.settings.metadata_field else _by_display_id(system, number)
    if len(ids) != 1:
        why = f"Medusa has {len(ids) or 'no'} order{'s' if ids else ''} {number}"
        raise Rejected(
            f"{why}; see whether the number, `order_field` and `order_prefix` are right, then retry", 404, why
        )
    return system.remember("order", number, ids[0])


def _by_display_id(system: Medusa, number: str) -> list[str]:
    bare = number.removeprefix(system.settings.order_prefix)
    if not bare.isdecimal():
        return []
    found: list[str] = []
    for page in range(_MOST_PAGES):
        asked = system.get("/orders", q=bare, fields="id,display_id,-items", limit=_PAGE, offset=page * _PAGE)["orders"]
        found += [one["id"] for one in asked if str(one["display_id"]) == bare]
        if len(asked) < _PAGE or found:
            break
    return found


def _by_metadata(system: Medusa, number: str) -> list[str]:
    """Metadata cannot be searched: the newest orders are read through, their names remembered."""
    found: list[str] = []
    for page in range(_MOST_PAGES):
        asked = system.get(
            "/orders", fields="id,display_id,metadata,-items", order="-created_at", limit=_PAGE, offset=page * _PAGE
        )
        for one in asked["orders"]:
            if (name := number_of(system, one)) == number:
                found.append(one["id"])
            elif name:
                system.remember("order", name, one["id"])
        if len(asked["orders"]) < _PAGE or found:
            break
    return found


def number_of(system: Medusa, order: Node) -> str:
    """By which number the platform and the ERP know an order (``id``, ``display_id``, ``metadata``); "" for none."""
    settings = system.settings
    if settings.metadata_field:
        named = (order.get("metadata") or {}).get(settings.metadata_field)
        return str(named) if isinstance(named, str | int) else ""
    return str(order["id"]) if settings.order_field == "id" else f"{settings.order_prefix}{order['display_id']}"


def document_of(task: Task, key: str) -> str | Later:
    """The document of an effect this one builds on."""
    return task.references.get(key) or Later(f"{key} has no document yet")


def joined(ids: Iterable[str]) -> str:
    """The reference of several documents that stand for one effect."""
    return _JOINED.join(ids)


def parted(reference: str) -> list[str]:
    return reference.split(_JOINED)


def token(key: str) -> str:
    """Our key as it stands in a note, where no other key can be taken for it."""
    return f"[{key}]"


def note(label: str, key: str) -> str:
    """What people and we know a document by: the return's label and our key."""
    return f"{label[:_LABEL_MAX]} {token(key)}".strip()


def meant(line: Named, sold: Iterable[Node], system: Medusa) -> list[Node]:
    """The order's lines that a line names: of its id where ids are shared with the platform, else all of its SKU."""
    every = list(sold)
    if is_by_id(line, every, system):
        return [one for one in every if one["id"] == line.line_ref]
    return [one for one in every if one.get("variant_sku") == line.sku]


def is_by_id(line: Named, sold: Iterable[Node], system: Medusa) -> bool:
    shared = system.settings.line_ids == "shared" and bool(line.line_ref)
    return shared and any(one["id"] == line.line_ref for one in sold)


Doing = Callable[[Task, Medusa, Found], Outcome]


def in_turn(do: Doing) -> Doing:
    """Where another change of the order is open, it is tried again later: Medusa takes one at a time."""

    @functools.wraps(do)
    def doing(task: Task, system: Medusa, found: Found) -> Outcome:
        try:
            return do(task, system, found)
        except Busy as busy:
            order: Any = getattr(task.effect, "order", "")
            why = f"a change of order {order} is open in Medusa; confirm or cancel it there if it is nobody's any more"
            return Later(f"{why} ({busy})", _BUSY_WAIT_S)

    return doing
