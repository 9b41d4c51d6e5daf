"""The goods of a return, once they are looked at: its lines are processed, each unit disposed of as it was found.

Processing has no key of ours. What proves it is how many units of a line are processed: the effect says how many were
told before it. Sellable stock is raised by Shopify itself only for lines that say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.connectors.shopify.tasks import NO_RETURN, document_of, legacy, meant
from backhaul.domain.document_lines import TakenBackLine
from backhaul.domain.effects import TakeBackAtStorefront
from backhaul.domain.raising import COUNTED_ELSEWHERE
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task
from backhaul.sdk.raising import Meant, Taking, miscounted, takings

_HISTORY = "its inventory history"


@dataclass(frozen=True, slots=True)
class _Goods:
    """A return's lines with what of each is told, disposed of, and restocked."""

    lines: list[Node]

    @classmethod
    def read(cls, system: Shopify, document: str) -> _Goods | None:
        found = system.ask("ReturnGoods", id=document)["return"]
        if found is None:
            return None
        reverse = {
            one["fulfillmentLineItem"]["id"]: one
            for order in found["reverseFulfillmentOrders"]["nodes"]
            for one in order["lineItems"]["nodes"]
            if one.get("fulfillmentLineItem")
        }
        lines = []
        for line in found["returnLineItems"]["nodes"]:
            item = line.get("fulfillmentLineItem")
            if item is not None:
                mine = reverse.get(item["id"])
                disposed = mine["dispositions"] if mine is not None else []
                restocked = sum(one["quantity"] for one in disposed if _is_for_sale(one, system))
                told = max(line["processedQuantity"], _sum(disposed))
                lines.append(
                    {**line, "reverse": mine, "restocked": restocked, "disposed": _sum(disposed), "told": told}
                )
        return cls(lines)

    def of(self, line: TakenBackLine, system: Shopify) -> list[Node]:
        """The return's lines that a line of the effect is about."""
        sold = {id(one["fulfillmentLineItem"]["lineItem"]): one for one in self.lines}
        items = [one["fulfillmentLineItem"]["lineItem"] for one in self.lines]
        return [sold[id(item)] for item in meant(line, items, system)]

    def meant(self, line: TakenBackLine, system: Shopify) -> Meant:
        """What of the return a line of the effect is about."""
        mine = self.of(line, system)
        by_id = all(legacy(one["fulfillmentLineItem"]["lineItem"]["id"]) == line.line_ref for one in mine)
        told, restocked = (sum(one[name] for one in mine) for name in ("told", "restocked"))
        return Meant(frozenset(one["id"] for one in mine), by_id, told, restocked)

    def missing(self, line: TakenBackLine, system: Shopify) -> int:
        """How many of the line's units are neither processed nor disposed of, those told before it left aside."""
        meant = self.meant(line, system)
        return max(min(line.quantity, meant.before(line).told + line.quantity - meant.back), 0)

    def takings(self, effect: TakeBackAtStorefront, system: Shopify) -> list[Taking]:
        return takings(effect.lines, lambda line: self.meant(line, system))

    def miscounted(self, effect: TakeBackAtStorefront, system: Shopify) -> Refused | None:
        """What is wrong with Shopify's stock once the effect's goods are all told."""
        return miscounted(self.takings(effect, system), lambda line: self.missing(line, system), "Shopify", _HISTORY)


def _is_for_sale(disposition: Node, system: Shopify) -> bool:
    """Whether it raised the stock of a place that we sell from."""
    place = (disposition["location"] or {}).get("id")
    return disposition["type"] == "RESTOCKED" and place in system.settings.locations.values()


def _sum(disposed: Iterable[Node]) -> int:
    return sum(one["quantity"] for one in disposed)


def find_taken_back(task: Task, system: Shopify) -> Found:
    """Done when as many units of each line are processed as were told before and are told by this."""
    effect = task.effect_as(TakeBackAtStorefront)
    document = task.references.get(effect.opening)
    goods = _Goods.read(system, document) if document is not None and document != NO_RETURN else None
    if document is None or goods is None:
        return Absent()
    system.just_read(task.key, {"goods": goods})
    if any(goods.missing(line, system) for line in effect.lines) or goods.miscounted(effect, system):
        return Absent()
    return Done(document)


def take_back(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Process what is not processed yet; dispose of what somebody processed without saying what became of it."""
    effect = task.effect_as(TakeBackAtStorefront)
    document = document_of(task, effect.opening)
    if isinstance(document, Later):
        return document
    if document == NO_RETURN:
        return _without_a_return(effect)
    read = system.just_read(task.key)
    goods = read["goods"] if read is not None else _Goods.read(system, document)
    if goods is None:
        return Refused(f"Shopify has no return {document} any more; see what became of it, then waive this")
    wrong = goods.miscounted(effect, system)
    if why := _behind(effect, document, goods, system):
        return Refused(why)
    process: dict[str, Node] = {}
    dispose: list[Node] = []
    for line in effect.lines:
        if problem := _add(line, goods, system, process, dispose):
            return Refused(f"{problem} of {document}; see who has taken them back there, then retry or waive this")
    if process:
        lines = list(process.values())
        system.change("ProcessReturn", "returnProcess", input=_processed(document, effect, lines))
    if dispose:
        system.change("DisposeOf", "reverseFulfillmentOrderDispose", inputs=dispose)
    return wrong or Done(document)


def _without_a_return(effect: TakeBackAtStorefront) -> Outcome:
    raised = [line for line in effect.lines if line.restock]
    if not raised:
        return Done(NO_RETURN)
    units = ", ".join(f"{line.quantity} {line.sku}" for line in raised)
    return Refused(
        f"order {effect.order} was refunded before a return was opened, so Shopify restocks nothing by itself: see "
        f"whether the refund restocked {units}, else add them to its stock by hand; then waive this",
        kind=COUNTED_ELSEWHERE,
    )


def _behind(effect: TakeBackAtStorefront, document: str, goods: _Goods, system: Shopify) -> str:
    """Why nothing may be processed: less was than before this, as after a waiver, and no count would prove it done."""
    lacking = [f"{one.behind} {one.lines[0].sku}" for one in goods.takings(effect, system) if one.behind]
    if not lacking:
        return ""
    return (
        f"{', '.join(lacking)} of {document} were to be processed before this, and are not: process them there by "
        "hand, restocked only where nobody has added them to the stock since, and retry"
    )


def _processed(document: str, effect: TakeBackAtStorefront, lines: list[Node]) -> Node:
    return {"returnId": document, "notifyCustomer": False, "note": effect.site, "returnLineItems": lines}


def _add(line: TakenBackLine, goods: _Goods, system: Shopify, process: dict[str, Node], dispose: list[Node]) -> str:
    """Add what is to be sent for a line; why that cannot be."""
    open_ = goods.missing(line, system)
    location = system.settings.locations.get(line.location)
    if line.restock and location is None:
        return f"`locations` of the connection does not say where {line.location} is, for {line.sku}"
    for one in goods.of(line, system):
        reverse = one["reverse"]
        if reverse is None or not open_:
            continue
        kind: Node = {"dispositionType": "RESTOCKED", "locationId": location} if line.restock else {}
        kind = kind or {"dispositionType": "NOT_RESTOCKED"}
        room = reverse["totalQuantity"] - one["disposed"]
        part = min(open_, one["processableQuantity"], room)
        if part > 0:
            mine = process.setdefault(one["id"], {"id": one["id"], "quantity": 0, "dispositions": []})
            mine["quantity"] += part
            mine["dispositions"].append({"reverseFulfillmentOrderLineItemId": reverse["id"], "quantity": part, **kind})
            one["processableQuantity"] -= part
            one["disposed"] += part
            open_ -= part
            room -= part
        rest = min(open_, room)
        if rest > 0 and one["processableQuantity"] == 0:
            dispose.append({"reverseFulfillmentOrderLineItemId": reverse["id"], "quantity": rest, **kind})
            one["disposed"] += rest
            open_ -= rest
    return f"{open_} of {line.quantity} {line.sku} cannot be processed in the return" if open_ else ""
