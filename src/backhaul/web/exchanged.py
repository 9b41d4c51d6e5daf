"""The exchanges of one return as people look at them: what goes out for what, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.money import Money
from backhaul.store.browse.one_return import WholeReturn
from backhaul.store.codec import read_effect, to_json


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One exchange. ``standing`` in a word: recorded, ordered, refused, withdrawn or refunded instead.

    ``open`` says whether it can still be refunded instead.
    """

    id: str
    unit: str | None
    sku: str
    quantity: int
    value: Money | None
    charged: tuple[Money, ...]
    order: str | None
    standing: str
    open: bool
    currency: str


def exchanges(whole: WholeReturn) -> tuple[Exchanged, ...]:
    """The exchanges in the order of their ids."""
    made: dict[str, str] = {}
    withdrawn: set[str] = set()
    for row in whole.documents:
        if row.standing == "moot" or row.verb not in (e.CreateExchangeOrder.verb, e.CancelExchangeOrder.verb):
            continue
        effect = read_effect(row.verb, to_json(row.payload))
        if isinstance(effect, e.CreateExchangeOrder):
            made[effect.exchange] = "ordered" if row.standing == "done" else row.standing
        elif isinstance(effect, e.CancelExchangeOrder) and row.standing == "done":
            withdrawn.add(effect.exchange)
    answer = []
    for name, one in sorted(whole.state.exchanges.items()):
        paid = tuple(fact.amount for fact in whole.state.charges.values() if fact.exchange == name)
        order = whole.state.orders.get(one.name.order)
        standing = made.get(name, "recorded")
        if one.cancelled:
            standing = "withdrawn" if name in withdrawn else "refunded instead"
        elif one.contradiction is not None:
            standing = "contradicted"
        currency = order.currency if order is not None else ""
        answer.append(
            Exchanged(
                name, one.unit, one.sku, one.quantity, one.value, paid, one.order, standing, not one.cancelled, currency
            )
        )
    return tuple(answer)
