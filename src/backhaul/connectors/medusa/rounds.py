"""One round of receiving of one return: begun, filled, confirmed, and its effect on stock looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backhaul.connectors.medusa.changes import changes_of, is_ours, rounds_of
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.goods import Goods, pieces, wanted_of
from backhaul.connectors.medusa.levels import stocked
from backhaul.connectors.medusa.tasks import note
from backhaul.sdk.outcomes import Refused, Rejected

STOCK_DIFFERS = "stock-differs"


@dataclass(frozen=True, slots=True)
class Round:
    """Units by order line: ``good`` ones are put into stock, ``damaged`` ones are only told of."""

    document: Node
    good: Counter[str]
    damaged: Counter[str]


def confirm(wanted: Round, key: str, site: str, goods: Goods, system: Medusa) -> Refused | None:
    """Receive it. None where all is well. Raises Rejected, and Busy, where nothing of it was received."""
    document, place = wanted.document["id"], wanted.document["location_id"]
    if not place:
        return Refused(
            f"return {document} has no location, and Medusa breaks on receiving it: cancel it there, request it anew "
            "with one, or receive it by hand, then retry"
        )
    raised: Counter[str] = _raised(wanted, goods) if goods.clash(wanted_of(wanted.document)) else Counter()
    before = stocked(system, raised, [place]) if raised else {}
    system.post(f"/returns/{document}/receive", {"internal_note": note(site, key)})
    try:
        if wanted.good:
            system.post(f"/returns/{document}/receive-items", {"items": _items(wanted.good)})
        if wanted.damaged:
            system.post(f"/returns/{document}/dismiss-items", {"items": _items(wanted.damaged)})
        system.post(f"/returns/{document}/receive/confirm", {})
    except Rejected:
        # A refusal does not mean that nothing happened.
        if not any(is_ours(one, key) for one in rounds_of(changes_of(system, goods.id), [document])):
            system.drop(f"/returns/{document}/receive")
            raise
    after = stocked(system, raised, [place]) if raised else {}
    lacking = {
        item: count - after.get((item, place), 0) + before.get((item, place), 0) for item, count in raised.items()
    }
    if any(count > 0 for count in lacking.values()):
        return _differs(document, place, {item: count for item, count in lacking.items() if count > 0})
    return None


def _raised(wanted: Round, goods: Goods) -> Counter[str]:
    """By how much stock should rise, by inventory item."""
    raised: Counter[str] = Counter()
    for line_id, count in wanted.good.items():
        line = goods.line(line_id)
        for item, each in pieces(line).items() if line is not None else ():
            raised[item] += each * count
    return raised


def _items(units: Counter[str]) -> list[Node]:
    return [{"id": line_id, "quantity": count} for line_id, count in sorted(units.items())]


def _differs(document: str, place: str, lacking: dict[str, int]) -> Refused:
    units = ", ".join(f"{count} of {item}" for item, count in sorted(lacking.items()))
    return Refused(
        f"return {document} holds a kit and a component of it, and Medusa raised its stock at {place} by {units} less "
        "than came back: add them there by hand (unless they were shipped in that moment), then retry",
        kind=STOCK_DIFFERS,
    )
