"""Looks over the ERP's shoulder: what must never happen is seen at the moment a document is posted."""

from __future__ import annotations

from collections import Counter

from backhaul.domain.settlements import DECLINED, PROVISIONAL
from backhaul.simulation.erp import Document
from backhaul.simulation.shop import Shop
from backhaul.simulation.world import World


def watch_documents(world: World) -> None:
    """Have every posted document looked at."""
    for shop in world.shops:
        shop.books.watch = lambda document, shop=shop: _look(world, shop, document)  # type: ignore[misc]


def _look(world: World, shop: Shop, document: Document) -> None:
    world.story.tell(f"{shop.name}: {document.id} posted for {document.reference}")
    if document.order and document.order not in shop.paid_minor:
        world.story.wrong(f"{document.id} is about order {document.order}, which {shop.name} never sold")
    if document.kind == "exchange":
        _look_at_exchange(world, shop, document)
    if document.kind == "credit":
        _look_at_credit(world, shop, document)
    elif document.kind == "move":
        _look_at_move(world, shop, document)
    elif document.kind == "authorisation":
        _look_at_authorisation(world, shop, document)


def _look_at_credit(world: World, shop: Shop, document: Document) -> None:
    """Never more than was paid; and money only after it has moved or, by policy, was approved."""
    credited = sum(
        line["minor"]
        for one in shop.books.documents.values()
        if one.kind == "credit" and one.order == document.order and (one.state != "draft" or one is document)
        for line in one.lines
    )
    if credited > shop.paid_minor[document.order]:
        paid = shop.paid_minor[document.order]
        world.story.wrong(f"{document.id} brings the credit for {document.order} to {credited}, paid was {paid}")
    name = str(document.head["refund"]).split("~")[0]
    refunds = {id_: refund for trip in shop.trips for id_, refund in trip.refunds.items()}
    known = refunds[name].state if name in refunds else ""
    by_word = world.policies[shop.merchant_id].refund_confirmation == "approval"
    if known not in ("succeeded", "failed") and not (by_word and (name.startswith((PROVISIONAL, DECLINED)) or known)):
        world.story.wrong(f"{document.id} credits {name}, which is {known or 'unknown'}")


def _look_at_exchange(world: World, shop: Shop, document: Document) -> None:
    """Never two orders for one exchange, nor one that carries another value than was stated."""
    name, carries = document.head["exchange"], document.head["carries"]
    for one in shop.books.documents.values():
        stands = one.kind == "exchange" and one.state == "posted" and one is not document
        if stands and one.head["exchange"] == name:
            world.story.wrong(f"{document.id} is a second order for exchange {name} beside {one.id}")
    known = next((trip.exchanges[name] for trip in shop.trips if name in trip.exchanges), None)
    if known is None:
        world.story.wrong(f"{document.id} is for exchange {name}, of which nobody spoke")
    elif known.minor is not None and carries != known.minor:
        world.story.wrong(f"{document.id} carries {carries}, exchange {name} is worth {known.minor}")


def _look_at_move(world: World, shop: Shop, document: Document) -> None:
    """Never more units of a SKU to the shelf than the warehouse or a person called sellable by now."""
    if world.policies[shop.merchant_id].sellable_on == "receipt":
        return
    moved = Counter({sku: count for (place, sku), count in shop.books.stock.items() if place == "STO"})
    good = Counter(
        one.sku for trip in shop.trips for one in trip.goods if "sellable" in (one.said, one.decided) and one.received
    )
    for sku in moved - good:
        world.story.wrong(f"{document.id} brings {moved[sku]} {sku} to the shelf, {good[sku]} were found sellable")


def _look_at_authorisation(world: World, shop: Shop, document: Document) -> None:
    """Never more units of a line under way than were sold."""
    open_: Counter[str] = Counter()
    for one in shop.books.documents.values():
        counts = one.state in ("posted", "closed") or one is document
        if one.kind == "authorisation" and one.order == document.order and counts:
            for line in one.lines:
                open_[line["line"]] += line["quantity"]
    for name, count in open_.items():
        sold = shop.sold[document.order, name]
        copies = shop.set_of.get((document.order, name))
        if copies is not None:  # what is gone with whole sets is not there by itself
            sold -= open_[copies] * (sold // shop.sold[document.order, copies])
        if count > sold:
            world.story.wrong(f"{document.id} authorises {count} of line {name}, {sold} were sold or left")
