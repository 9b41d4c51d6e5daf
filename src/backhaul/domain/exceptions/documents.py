"""Exceptions about documents: those that another system refused, and those that nobody makes yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backhaul.domain import approvals
from backhaul.domain import effects as e
from backhaul.domain.coverage import covered, having, is_seen_to
from backhaul.domain.exceptions.exchanges import is_of_an_exchange
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.money import Money
from backhaul.domain.raising import COUNTED_ELSEWHERE
from backhaul.domain.settlements import gross_minor

_MEND = "Mend the cause in the other system or in the policy, then retry."
_AT_THE_STOREFRONT = (
    "Mend the cause at the storefront or in the policy, then retry; or do it there by hand and waive this: then "
    "nothing more is told to the storefront that needs it."
)
_STOCK = "Correct the storefront's stock as the cause says, once, then waive this. A retry would only count again."
_ON_THE_PLATFORM = (
    "See on the platform whether the unit is approved. Where it is, waive this; where it is not, mend the cause and "
    "retry, or approve it there."
)


def effects(scene: Scene) -> Iterator[OperationalException]:
    for item in scene.plan.owed:
        record = scene.records.by_key.get(item.key)
        if record is None or record.standing not in ("refused", "ambiguous"):
            continue
        if isinstance(record.effect, e.ApproveRefund) and (item.abandoned or record.kind == approvals.WITHDRAWN):
            continue  # the platform was told by somebody else, must not be told any more, or is told in a moment
        if isinstance(record.effect, e.AnnounceReturn) or is_of_an_exchange(record.effect):
            continue  # with remedies of their own, see announcements and exchanges
        kind = record.kind or ("effect-ambiguous" if record.standing == "ambiguous" else "effect-refused")
        money = []
        if isinstance(record.effect, e.IssueCreditNote):
            money = [Money(record.effect.total_minor, record.effect.currency)]
        elif isinstance(record.effect, e.ApproveRefund):
            money = [Money(record.effect.worth_minor, record.effect.currency)]
        yield scene.raised(kind, record.key, record.why, _remedy(record.effect, kind), uncredited=money)


def untold(scene: Scene) -> Iterator[OperationalException]:
    """Sellable units of a return that was made at the storefront by hand, whose stock it is to raise by itself.

    Units of one sold line are alike: one that was seen to stands for another that turned out to be the sellable one.
    """
    lines = [line for taken in _never_told(scene) for line in taken.lines if line.restock]
    asked = {unit: line for line in lines for unit in sorted(covered((line,), scene.return_))}
    seen_to = _restocked_by_hand(scene)
    spare = Counter(line for unit, line in seen_to.items() if unit not in asked)
    for unit, line in asked.items():
        if unit in seen_to:
            continue
        if spare[line.order_line] > 0:
            spare[line.order_line] -= 1
            continue
        yield scene.raised(
            COUNTED_ELSEWHERE,
            unit,
            f"1 {line.sku} is sellable at {line.location}, and the storefront's return of it was made there by hand",
            "Take it back there by hand, into the stock of that place, then waive this.",
        )


def _never_told(scene: Scene) -> Iterator[e.TakeBackAtStorefront]:
    """What is not told to the storefront, because its return was made there by hand."""
    for key, taken in having(scene.plan.owed, e.TakeBackAtStorefront):
        record = scene.records.by_key.get(key)
        attempted = record is not None and record.frozen
        if not attempted and is_seen_to(taken.opening, scene.return_, scene.records):
            yield taken


def _restocked_by_hand(scene: Scene) -> dict[str, str]:
    """The units that somebody restocked so, by the names they go by today, with their sold lines."""
    prefix = f"{COUNTED_ELSEWHERE}:{scene.return_.id}:"
    names = [key.removeprefix(prefix) for key in scene.return_.waived if key.startswith(prefix)]
    units = [unit for name in names if (unit := scene.return_.names.resolve(name)) is not None]
    return {unit.ref: unit.allocation[0] for unit in units if unit.allocation is not None}


def _remedy(effect: e.Effect, kind: str) -> str:
    if isinstance(effect, e.ApproveRefund):
        return _ON_THE_PLATFORM
    if kind == COUNTED_ELSEWHERE:
        return _STOCK
    return _AT_THE_STOREFRONT if isinstance(effect, e.StorefrontWord) else _MEND


def unapproved(scene: Scene) -> Iterator[OperationalException]:
    """Units that are to be paid for and that the platform cannot be told of: it gave them no name to be told by."""
    for number, order in scene.return_.orders.items() if scene.policy.refund_owner == "platform" else ():
        for unit in scene.return_.units_of(number):
            leave = approvals.given_leave(unit, scene.policy)
            if leave is None or approvals.why_not(scene.return_, unit, scene.plan.paid):
                continue
            lacks = approvals.unnamed(scene.return_, unit)
            if lacks:
                yield scene.raised(
                    approvals.KIND,
                    unit.ref,
                    f"{unit.sku or unit.ref} is to be paid for ({leave.by}: {leave.why}), and {lacks}",
                    "Approve it on the platform itself; its word that it is approved closes this.",
                    uncredited=(Money(gross_minor([unit], order), order.currency),),
                )
