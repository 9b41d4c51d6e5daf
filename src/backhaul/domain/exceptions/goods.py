"""Exceptions about goods: what was not sold, in what condition it is, where it rests, how it was counted."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain.allocation import lines_for
from backhaul.domain.exceptions.absences import paid
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenLine, share, share_money
from backhaul.domain.placements import condition, destination, is_missing
from backhaul.domain.units import Unit
from backhaul.domain.value import cost_minor

WRONG_ITEM = "wrong-item"
_TOO_MANY = (
    "Count again and send the new total with a later time or sequence. What belongs to another return of the shopper "
    "is told with that one's name."
)
_TOO_FEW = (
    "Count again and send the new total. If fewer came, decide that the others are missing, and take them out of the "
    "ERP's receipt."
)


def unsold(scene: Scene) -> Iterator[OperationalException]:
    for number, order in scene.return_.orders.items():
        money = _uncredited_money(scene, number)
        for unit in scene.return_.units_of(number):
            if unit.allocation is not None or unit.never_left:
                continue
            sold = lines_for(unit, order, scene.policy)
            what = unit.sku or unit.ref
            if sold:
                count = sum(line.quantity for line in sold)
                yield scene.raised(
                    "over-return",
                    unit.ref,
                    f"order {number} sold {count} of {what} and all of them are already in returns",
                    "Find out which return is right; expire or waive the other. It is neither authorised nor credited.",
                    uncredited=money or _promised(scene, unit, sold[0], order.currency),
                    units=[unit],
                )
            else:
                yield scene.raised(
                    "unit-not-sold",
                    unit.ref,
                    f"order {number} has no line for {what}",
                    "Map its SKU to the sold one, or ask the shopper what was sent. It is not authorised or credited.",
                    uncredited=money,
                    units=[unit],
                )
            money = ()


def _uncredited_money(scene: Scene, order: str) -> tuple[Money, ...]:
    """Confirmed refunds of the order that are held back."""
    frozen = scene.return_.orders[order]
    return tuple(Money(one.amount_minor, frozen.currency) for one in scene.plan.settled.get(order, ()) if one.held)


def _promised(scene: Scene, unit: Unit, line: FrozenLine, currency: str) -> tuple[Money, ...]:
    """What the platform's word alone pays out for a unit that may not be credited."""
    if scene.policy.refund_confirmation != "approval" or not unit.vouched:
        return ()
    return (share_money(share(line, 0), currency),)


def conditions(scene: Scene) -> Iterator[OperationalException]:
    for unit in scene.return_.units.values():
        said = unit.decided_disposition or unit.said_disposition
        if said is None:
            continue
        if is_missing(unit, scene.policy):
            continue
        if scene.policy.disposition(said, unit.site or "") == WRONG_ITEM:
            yield _wrong_item(scene, unit)
        elif destination(unit, scene.policy) is None:
            yield scene.raised(
                "unmapped-disposition",
                unit.ref,
                f"the policy leads {said!r} at {unit.site} nowhere; {unit.sku or unit.ref} waits in inspection",
                f"Map {said!r} to a condition or a place, or decide this unit's condition.",
                units=[unit],
            )


def _wrong_item(scene: Scene, unit: Unit) -> OperationalException:
    """Something else came instead: worth what was sold, which nobody has, and what was paid for it."""
    order = scene.return_.orders.get(unit.order)
    value = [*paid(scene, unit), *([Money(cost_minor(unit, order), order.currency)] if order is not None else [])]
    came = unit.found_sku or "something else"
    return scene.raised(
        "wrong-item",
        unit.ref,
        f"the warehouse at {unit.site} found {came} instead of {unit.sku or unit.ref}; it waits in inspection",
        "Ask the shopper for what was sold, or keep what came. Decide the condition of the unit that was sold when it "
        "is there; or decide that it is disposed of, and take in what came by hand.",
        uncredited=value,
    )


def misplaced(scene: Scene) -> Iterator[OperationalException]:
    for one in scene.plan.misplaced:
        yield scene.raised(
            "misplaced",
            one.unit.ref,
            f"{one.unit.sku or one.unit.ref} was brought to {one.now.location} and belongs to {one.wanted.location} by "
            "what was told of it since",
            f"Move it from {one.now.location} to {one.wanted.location} in the ERP, then waive this with the move's "
            "number.",
        )


def damaged(scene: Scene) -> Iterator[OperationalException]:
    """Paid for and not to be sold again: a loss that somebody bears, asked about where the policy says so."""
    for unit in scene.return_.units.values():
        place = destination(unit, scene.policy)
        if place is None or place.account not in ("damaged", "written-off"):
            continue
        lost = paid(scene, unit) if _is_paid_now(scene, unit) else ()
        asked_over = scene.policy.damage_asked_over
        if any(one.minor > asked_over[one.currency] for one in lost if one.currency in asked_over):
            yield scene.raised(
                "damaged-after-refund",
                unit.ref,
                f"{unit.sku or unit.ref} was refunded and came back {condition(unit, scene.policy)} to {unit.site}",
                "Bear it and waive this with the reason; or claim it from the shopper or the carrier: a refund that is "
                "then stated as reversed, or lower, is corrected. Where the warehouse erred, decide its condition.",
                uncredited=lost,
            )


def _is_paid_now(scene: Scene, unit: Unit) -> bool:
    """Whether money that has gone out for it has not come back."""
    settled = scene.plan.settled.get(unit.order, ())
    return any(unit in one.units for one in settled if one.amount_minor and not (one.held or one.taken_back))


def counts(scene: Scene) -> Iterator[OperationalException]:
    """Totals that do not fit, worth what the units cost, where the order says it. Units that a person said are missing
    are those that a lowered total speaks of."""
    for problem in scene.return_.count_problems:
        name, order = problem.name, scene.return_.orders.get(problem.name.order)
        off, remedy = problem.off, _TOO_MANY
        if problem.kind == "quantity-went-down":
            found = scene.return_.names.matching(name)
            off, remedy = off - sum(1 for unit in found if unit.missing and unit.decided_disposition), _TOO_FEW
        if off <= 0:
            continue
        cost = cost_minor(Unit("", name.order, name.line, item=name.item, sku=name.sku), order) if order else 0
        value = (Money(off * cost, order.currency),) if order is not None else ()
        yield scene.raised(problem.kind, problem.about, problem.cause, remedy, uncredited=value)
