"""Whether a difference about a return is somebody's: an open exception of it, or of a message about its orders."""

from __future__ import annotations

from backhaul.simulation.shop import Shop
from backhaul.simulation.truth import Trip
from backhaul.store.sql import rows

_OPEN = """
    SELECT count(*) FROM exceptions x LEFT JOIN messages m ON m.id = x.message_id
    WHERE x.closed_at IS NULL AND x.merchant_id = %s AND x.owner <> ''
      AND (m.about_order = ANY(%s) OR x.about = %s OR x.return_id IN (
        SELECT unnest(ARRAY[r.id, r.linked_to_id]) FROM identities i JOIN returns r ON r.id = i.return_id
        WHERE i.value = ANY(%s)))
"""


def owned(shop: Shop, trip: Trip, refund: str = "") -> bool:
    """Whether an owner has an open exception that covers this return."""
    names = [trip.label, trip.return_.return_id]
    parameters = (shop.merchant_id, trip.return_.orders(), refund or trip.label, names)
    return bool(rows(_OPEN, parameters)[0][0])


def conflicting(return_id: str) -> bool:
    """Whether it turned out to be one with another when both had documents, and somebody has to sort that out."""
    return bool(
        rows(
            "SELECT 1 FROM exceptions WHERE kind = 'link-conflict' AND closed_at IS NULL AND %s IN (return_id, about)",
            (return_id,),
        )
    )
