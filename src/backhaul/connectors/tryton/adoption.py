"""Documents made by hand before go-live, found by what they are about instead of by our key.

The return sale names the sold one as its origin and has at least these units; its receipt and its credit note hang
on it. Nothing is created for such a return: what is not found becomes an exception.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tasks import document_of, order_of, products, sold
from backhaul.connectors.tryton.values import id_of, minor, reference
from backhaul.domain.effects import IssueCreditNote, OpenReturnAuthorisation, ReceiveReturn
from backhaul.domain.facts import Fact, UnitFoundPlaced
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Task

_OURS = OpenReturnAuthorisation.verb


def adopted_authorisation(task: Task, system: Tryton) -> Found:
    """The return sale of the order that has exactly these units, else the one that has at least these."""
    effect = task.effect_as(OpenReturnAuthorisation)
    order = order_of(task)
    if isinstance(order, Later):
        return Absent()
    wanted: Counter[int] = Counter()
    for line in effect.lines:
        wanted[int(sold(order, line.order_line, system)["product"])] += line.quantity
    sales = system.search(
        "sale.sale",
        [["origin", "=", order.reference], ["state", "in", ["processing", "done"]]],
        ["reference", "lines.product", "lines.quantity"],
    )
    candidates = [
        (sale["id"], back)
        for sale in sales
        if not (sale["reference"] or "").startswith(_OURS) and (back := _returned(sale)) >= wanted
    ]
    # What another return has adopted is only free when more came back on it.
    exact = [id_ for id_, back in candidates if back == wanted and reference("sale.sale", id_) not in task.known]
    candidates = [(id_, back) for id_, back in candidates if back != wanted]
    return _one("sale.sale", exact or [id_ for id_, _ in candidates])


def adopted_receipt(task: Task, system: Tryton) -> Found:
    """The received shipment of the adopted sale with these units, and where each of them lies now."""
    effect = task.effect_as(ReceiveReturn)
    authorisation = document_of(task, effect.authorisation)
    if isinstance(authorisation, Later):
        return Absent()
    shipments = system.read(
        "sale.sale",
        id_of(authorisation),
        "shipment_returns.state",
        "shipment_returns.reference",
        "shipment_returns.incoming_moves.product",
        "shipment_returns.incoming_moves.unit",
        "shipment_returns.incoming_moves.quantity",
        "shipment_returns.inventory_moves.product",
        "shipment_returns.inventory_moves.quantity",
        "shipment_returns.inventory_moves.to_location.code",
    )["shipment_returns"]
    wanted = products(effect.lines, system)
    fitting = [
        shipment
        for shipment in shipments
        if shipment["state"] == "done"
        and not (shipment["reference"] or "").startswith(ReceiveReturn.verb)
        and (arrived := _arrived(shipment)) >= wanted
        and (arrived != wanted or reference("stock.shipment.out.return", shipment["id"]) not in task.known)
    ]
    found = _one("stock.shipment.out.return", [shipment["id"] for shipment in fitting])
    if not isinstance(found, Done):
        return found
    return Done(found.reference, facts=_places(effect, fitting[0], system), adopted=True)


def adopted_credit_note(task: Task, system: Tryton) -> Found:
    """The posted credit note of the adopted sale over exactly the confirmed money."""
    effect = task.effect_as(IssueCreditNote)
    authorisation = document_of(task, effect.authorisation)
    if isinstance(authorisation, Later):
        return Absent()
    invoices = system.read(
        "sale.sale", id_of(authorisation), "invoices.state", "invoices.reference", "invoices.total_amount"
    )["invoices"]
    fitting = [
        invoice["id"]
        for invoice in invoices
        if invoice["state"] in ("posted", "paid")
        and not (invoice["reference"] or "").startswith(IssueCreditNote.verb)
        and minor(invoice["total_amount"], effect.currency) == -effect.total_minor
        and reference("account.invoice", invoice["id"]) not in task.known
    ]
    return _one("account.invoice", fitting)


def _one(model: str, ids: Iterable[int]) -> Found:
    names = tuple(reference(model, id_) for id_ in ids)
    if not names:
        return Absent()
    return Done(names[0], adopted=True) if len(names) == 1 else Ambiguous(names)


def _returned(sale: Record) -> Counter[int]:
    back: Counter[int] = Counter()
    for line in sale["lines"]:
        if line["product"] and line["quantity"] < 0:
            back[line["product"]] -= int(line["quantity"])
    return back


def _arrived(shipment: Record) -> Counter[tuple[int, int]]:
    arrived: Counter[tuple[int, int]] = Counter()
    for move in shipment["incoming_moves"]:
        arrived[move["product"], move["unit"]] += int(move["quantity"])
    return arrived


def _places(effect: ReceiveReturn, shipment: Record, system: Tryton) -> tuple[Fact, ...]:
    """One fact per unit; a kit lies where its first component does."""
    lying: dict[int, list[str]] = {}
    for move in shipment["inventory_moves"]:
        code = (move["to_location"] or {}).get("code") or ""
        lying.setdefault(move["product"], []).extend([code] * int(move["quantity"]))
    facts: list[Fact] = []
    for line in effect.lines:
        (product, _), each = next(iter(products([line], system).items()))
        codes = lying.get(product, [])
        step = max(each // line.quantity, 1)
        for unit in line.units:
            code = codes[0] if codes else ""
            del codes[:step]
            facts.append(UnitFoundPlaced(unit, effect.site, code))
    return tuple(facts)
