"""Receiving: the open return shipment is cut to what arrived, received, and put away into inspection.

Our key becomes the ``reference`` of the shipment in the same call that cuts it; what is still to come goes on to
a shipment that Tryton makes by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from backhaul.connectors.tryton.adoption import adopted_receipt
from backhaul.connectors.tryton.claims import Forgotten, cover, leave_recorded
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tasks import Product, document_of, products, several, take_over, with_key
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import Effect, ReceiveReturn
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Task

SHIPMENT = "stock.shipment.out.return"
_NEXT = {"draft": "receive", "received": "put-away"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A draft shipment and what to do to its incoming moves so that exactly the arrived units are left on it."""

    shipment: int
    commands: list[list[object]]


def find_receipt(task: Task, system: Tryton) -> Found:
    """The return shipment with our key; for a return older than go-live the one received by hand."""
    found = with_key(system, SHIPMENT, task.key)
    if len(found) > 1:
        return several(SHIPMENT, found)
    if found:
        name, state = reference(SHIPMENT, found[0]["id"]), str(found[0]["state"])
        return Done(name) if state == "done" else Partial(name, _NEXT.get(state, state))
    if task.adopt:
        return adopted_receipt(task, system)
    return _found_by_pieces(task, system) if task.recovered else Absent()


def _found_by_pieces(task: Task, system: Tryton) -> Found:
    """What was received on the authorisation before a restore: of units alike nobody can tell which came first."""
    effect = task.effect_as(ReceiveReturn)
    authorisation = document_of(task, effect.authorisation)
    if isinstance(authorisation, Later):
        return Absent()
    forgotten = [
        Forgotten(reference(SHIPMENT, one["id"]), one["state"] == "done", _arrived(one))
        for one in _shipments(system, id_of(authorisation))
        if (one["reference"] or "").startswith(ReceiveReturn.verb)
        and one["reference"] not in task.others
        and one["state"] != "cancelled"
    ]
    pieces = {str(number): piece for number, piece in enumerate(products(effect.lines, system).elements())}
    covered = cover(pieces, leave_recorded(forgotten, task, partial(_alike, system)))
    if not covered.documents:
        return Absent()
    if covered.left or not all(one.complete for one in covered.documents):
        return Ambiguous(covered.names)
    return Done(" ".join(covered.names), adopted=True)


def _alike(system: Tryton, effect: Effect) -> Counter[Product]:
    return products(effect.lines, system) if isinstance(effect, ReceiveReturn) else Counter()


def _arrived(shipment: Record) -> Counter[Product]:
    arrived: Counter[Product] = Counter()
    for move in shipment["incoming_moves"]:
        arrived[move["product"], move["unit"]] += int(move["quantity"])
    return arrived


def receive_return(task: Task, system: Tryton, found: Found) -> Outcome:
    """Cut, receive, put away: from where it stands. Refused where those units are not open to be received."""
    effect = task.effect_as(ReceiveReturn)
    inspection = system.id_named("stock.location", "code", system.settings.site(effect.site).inspection)
    if isinstance(found, Partial):
        name, step = found.reference, found.step
    else:
        authorisation = document_of(task, effect.authorisation)
        if isinstance(authorisation, Later):
            return authorisation
        cut = _cut(system, id_of(authorisation), products(effect.lines, system))
        if cut is None:
            return Refused(
                f"{authorisation} has no open return shipment with these units: somebody received or cancelled it;"
                f" {take_over(task.key)}"
            )
        system.write(SHIPMENT, cut.shipment, {"reference": task.key, "incoming_moves": cut.commands})
        name, step = reference(SHIPMENT, cut.shipment), "receive"
    if step == "receive":
        system.press(SHIPMENT, id_of(name), "receive", ("received", "done"))
        step = "put-away"
    if step != "put-away":
        return Refused(f"{name} carries our key and is {step}: somebody took it back; {take_over(task.key)}")
    _put_away(system, id_of(name), inspection)
    return Done(name)


def _put_away(system: Tryton, shipment: int, inspection: int) -> None:
    moves = system.read(SHIPMENT, shipment, "inventory_moves.state")["inventory_moves"]
    waiting = [move["id"] for move in moves if move["state"] == "draft"]
    if waiting:
        system.write(SHIPMENT, shipment, {"inventory_moves": [["write", waiting, {"to_location": inspection}]]})
    system.press(SHIPMENT, shipment, "do", ("done",))


def _cut(system: Tryton, sale: int, arrived: Counter[Product]) -> Cut | None:
    """The first open shipment of the sale that holds all arrived units and that no other receipt has claimed."""
    for shipment in _shipments(system, sale):
        if shipment["state"] != "draft" or (shipment["reference"] or "").startswith(ReceiveReturn.verb):
            continue
        commands = _cut_moves(shipment["incoming_moves"], Counter(arrived))
        if commands is not None:
            return Cut(shipment["id"], commands)
    return None


def _shipments(system: Tryton, sale: int) -> list[Record]:
    found: list[Record] = system.read(
        "sale.sale",
        sale,
        "shipment_returns.state",
        "shipment_returns.reference",
        "shipment_returns.incoming_moves.product",
        "shipment_returns.incoming_moves.unit",
        "shipment_returns.incoming_moves.quantity",
        "shipment_returns.incoming_moves.state",
    )["shipment_returns"]
    return found


def _cut_moves(moves: list[Record], arrived: Counter[Product]) -> list[list[object]] | None:
    commands: list[list[object]] = []
    for move in moves:
        product = (move["product"], move["unit"])
        take = min(int(move["quantity"]), arrived[product]) if move["state"] == "draft" else 0
        arrived[product] -= take
        if take == 0:
            commands.append(["delete", [move["id"]]])
        elif take < move["quantity"]:
            commands.append(["write", [move["id"]], {"quantity": take}])
    return None if any(count > 0 for count in arrived.values()) else commands
