"""Whether what was credited is what was refunded in truth, or somebody owns the difference."""

from __future__ import annotations

from collections import Counter

from backhaul.simulation.audit.owned import owned
from backhaul.simulation.shop import Shop
from backhaul.simulation.world import World


def audit_money(world: World) -> None:
    """Per refund where money counts, per return where the platform's word does."""
    for shop in world.shops:
        credited, paid = _credited(shop, "credit"), _credited(shop, "payment")
        by_word = world.policies[shop.merchant_id].refund_confirmation == "approval"
        for trip in shop.trips:
            for refund in trip.refunds.values():
                wanted = refund.minor if refund.state == "succeeded" else 0
                if by_word or owned(shop, trip, refund.id):
                    continue
                for what, sums in (("credited", credited), ("recorded as paid", paid)):
                    if sums[refund.id] != wanted:
                        world.story.wrong(f"{trip.label}: {refund.id} should be {wanted}, {what} is {sums[refund.id]}")


def _credited(shop: Shop, kind: str) -> Counter[str]:
    """Minor units per refund on posted documents of that kind; parts of one refund count together."""
    sums: Counter[str] = Counter()
    for one in shop.books.documents.values():
        if one.kind == kind and one.state != "draft":
            sums[str(one.head["refund"]).split("~")[0]] += sum(line["minor"] for line in one.lines)
    return sums
