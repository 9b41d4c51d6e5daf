"""What every pair asks of its task: the order's id, the document it builds on, our key in a note, lines by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.sdk.outcomes import Later, Rejected, Task

NOTE_MAX = 255
NO_RETURN = "refunded before a return was opened"
"""The document of a return that Shopify does not open: its units were refunded by somebody before."""
_LABEL_MAX = 40


class Named(Protocol):
    """A line of an effect: by the platform's order line, else by its SKU."""

    @property
    def line_ref(self) -> str: ...
    @property
    def sku(self) -> str: ...


def order_id(system: Shopify, number: str) -> str:
    """The id of the order of that number, remembered. Raises Rejected (404) unless there is exactly one."""
    if system.settings.order_field == "id":
        return number if number.startswith("gid://") else f"gid://shopify/Order/{number}"
    known = system.recall("order", number)
    if known is not None:
        return known
    names = {number, f"{system.settings.order_prefix}{number}"}
    found = system.ask("OrdersNamed", q=f'name:"{escaped(number)}"')["orders"]["nodes"]
    ids = [one["id"] for one in found if one["name"] in names]
    if len(ids) != 1:
        why = f"Shopify has {len(ids) or 'no'} order{'s' if ids else ''} {number}"
        raise Rejected(f"{why}; see whether the number or `order_prefix` is right, then retry", 404, why)
    return system.remember("order", number, ids[0])


def order_number(system_prefix: str, name: str) -> str:
    """The number by which the platform and the ERP know the order of that name."""
    return name.removeprefix(system_prefix)


def escaped(text: str) -> str:
    """As it stands between double quotes in a search."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def legacy(id_: str) -> str:
    """The number in an id, as webhooks and other systems give it."""
    return id_.rsplit("/", 1)[-1].split("?", 1)[0]


def document_of(task: Task, key: str) -> str | Later:
    """The document of an effect this one builds on."""
    return task.references.get(key) or Later(f"{key} has no document yet")


def token(key: str) -> str:
    """Our key as it stands in a note, where no other key can be taken for it."""
    return f"[{key}]"


def note(label: str, key: str) -> str:
    """What people and we know a document by: the return's label and our key."""
    return f"{label[:_LABEL_MAX]} {token(key)}"[-NOTE_MAX:]


def is_meant(line: Named, sold: Node, *, by_id: bool) -> bool:
    """Whether a line item of Shopify's (``id``, ``sku``) is what the effect's line names."""
    return legacy(sold["id"]) == line.line_ref if by_id else sold.get("sku") == line.sku


def meant(line: Named, sold: Iterable[Node], system: Shopify) -> list[Node]:
    """The line items that a line names: of its id where ids are shared with the platform, else all of its SKU."""
    every = list(sold)
    if system.settings.line_ids == "shared" and line.line_ref:
        named = [one for one in every if is_meant(line, one, by_id=True)]
        if named:
            return named
    return [one for one in every if is_meant(line, one, by_id=False)]
