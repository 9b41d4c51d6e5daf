"""How Happy Returns names one physical unit, and how a return."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backhaul.connectors.happy_returns.payloads import Item, OutboundRow
from backhaul.domain.facts import UnitName
from backhaul.sdk.messages import Name, Unreadable

_SUFFIX = re.compile(r"(?P<line>.+)-(?P<offset>[0-9]{1,6})-(?P<quantity>[0-9]{1,6})", re.DOTALL)


def split_line(line_item_id: str) -> tuple[str, int]:
    """The line and the unit's place in it: ``12345-1-2`` is unit 1 of line 12345.

    The last number is the quantity refundable at that moment, which shrinks from return to return: it only says
    whether this is the suffix at all, because a line id may have dashes of its own.
    """
    found = _SUFFIX.fullmatch(line_item_id)
    if found and int(found["offset"]) < int(found["quantity"]):
        return found["line"], int(found["offset"])
    return line_item_id, 0


def unit_of(item: Item | OutboundRow, item_id: str | None, where: str) -> UnitName:
    """The unit an item or row is about. Raises Unreadable when nothing names it."""
    item_id = item_id or item.happyReturnsItemID
    if item.orderLineItemID is None:
        if item_id is None and item.sku is None:
            raise Unreadable("the unit has no orderLineItemID, no happyReturnsItemID and no sku", where)
        return UnitName(item.orderNumber, None, 0, item_id, item.sku)
    line, offset = split_line(item.orderLineItemID)
    return UnitName(item.orderNumber, line, offset, item_id, item.sku)


def told_apart(units: Iterable[UnitName], where: str) -> None:
    """Raises Unreadable when two units of one message bear one name: one of them would be lost."""
    seen: set[tuple[str | int | None, ...]] = set()
    for unit in units:
        name = (unit.order, unit.line, unit.offset, unit.item, unit.sku if unit.line is None else None)
        if name in seen:
            raise Unreadable(f"two units of order {unit.order} have the same name", where)
        seen.add(name)


def names_of(item: Item, express_code: str | None) -> tuple[Name, ...]:
    """The return's names that an item carries, strongest first.

    ``labelBarcode`` is none of them: the published example shows the product's UPC in it.
    """
    given = (
        ("return", item.happyReturnsReturnID),
        ("express", express_code or item.happyReturnsExpressCode),
        ("rma", item.happyReturnsRMAID),
        ("rma", item.externalRMAID),
    )
    return tuple(Name(kind, value) for kind, value in given if value is not None)
