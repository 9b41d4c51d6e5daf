"""Operational exceptions of a return: each derived from its state, so each is gone when its cause is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.allocation import lines_for
from backhaul.domain.facts import RefundFailed
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenLine, share, share_money
from backhaul.domain.owed import Plan
from backhaul.domain.placements import destination, is_missing
from backhaul.domain.policy import Owner, Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import Return
from backhaul.domain.settlements import PROVISIONAL, base, order_paid_minor
from backhaul.domain.twins import KIND
from backhaul.domain.units import Unit
from backhaul.domain.value import located, value_at_risk


@dataclass(frozen=True, slots=True)
class OperationalException:
    """One thing a person must look at: what it is about, why, what to do now, who, and what is at stake."""

    key: str
    kind: str
    about: str
    cause: str
    remedy: str
    owner: Owner
    value: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the rules look at."""

    return_: Return
    policy: Policy
    plan: Plan
    records: Records

    def raise_(
        self,
        kind: str,
        about: str,
        cause: str,
        remedy: str,
        *,
        uncredited: Iterable[Money] = (),
        units: Iterable[Unit] = (),
    ) -> OperationalException:
        missing = [unit for unit in units if not located(unit)]
        value = value_at_risk(uncredited, missing, self.return_.orders)
        key = f"{kind}:{self.return_.id}:{about}"
        return OperationalException(key, kind, about, cause, remedy, self.policy.owner(kind), value)


def exceptions(return_: Return, policy: Policy, plan: Plan, records: Records) -> tuple[OperationalException, ...]:
    """All that stands in the way of this return, most telling first within each rule; one per key."""
    scene = _Scene(return_, policy, plan, records)
    rules = (
        _twins,
        _unsold,
        _ambiguous,
        _refunds,
        _held,
        _differences,
        _changed,
        _conditions,
        _misplaced,
        _counts,
        _exchanges,
        _effects,
    )
    found = {exception.key: exception for rule in rules for exception in rule(scene)}
    return tuple(found.values())


def _twins(scene: _Scene) -> Iterator[OperationalException]:
    return_ = scene.return_
    for twin in return_.twins:
        if twin.ahead:
            what = "waits" if twin.holds else "has documents too"
            yield scene.raise_(
                KIND,
                twin.return_id,
                f"{return_.label} and {twin.label} are of one order, have the same goods and share no name; they may "
                f"be one return. {return_.label} {what}",
                "The platform is being asked. Where you know that they are one, say so at the return; where they are "
                "two, waive this and it goes on.",
                units=return_.units.values(),
            )


def _unsold(scene: _Scene) -> Iterator[OperationalException]:
    for number, order in scene.return_.orders.items():
        money = _uncredited_money(scene, number)
        for unit in scene.return_.units_of(number):
            if unit.allocation is not None or unit.never_left:
                continue
            sold = lines_for(unit, order, scene.policy)
            what = unit.sku or unit.ref
            if sold:
                count = sum(line.quantity for line in sold)
                yield scene.raise_(
                    "over-return",
                    unit.ref,
                    f"order {number} sold {count} of {what} and all of them are already in returns",
                    "Find out which return is right; expire or waive the other. It is neither authorised nor credited.",
                    uncredited=money or _promised(scene, unit, sold[0], order.currency),
                    units=[unit],
                )
            else:
                yield scene.raise_(
                    "unit-not-sold",
                    unit.ref,
                    f"order {number} has no line for {what}",
                    "Add a SKU alias, or ask the shopper what was sent. It is not authorised or credited.",
                    uncredited=money,
                    units=[unit],
                )
            money = ()


def _uncredited_money(scene: _Scene, order: str) -> tuple[Money, ...]:
    """Confirmed refunds of the order that are held back."""
    frozen = scene.return_.orders[order]
    return tuple(Money(one.amount_minor, frozen.currency) for one in scene.plan.settled.get(order, ()) if one.held)


def _promised(scene: _Scene, unit: Unit, line: FrozenLine, currency: str) -> tuple[Money, ...]:
    """What the platform's word alone pays out for a unit that may not be credited."""
    if scene.policy.refund_confirmation != "approval" or unit.money != "approved":
        return ()
    return (share_money(share(line, 0), currency),)


def _ambiguous(scene: _Scene) -> Iterator[OperationalException]:
    for name in scene.return_.ambiguous:
        about = name.item or name.sku or "unit"
        yield scene.raise_(
            "unit-ambiguous",
            about,
            f"the message names {about} of order {name.order}, which could be more than one unit of this return",
            "Compare with the platform's page of the return; have the line or item id sent, then replay.",
        )


def _refunds(scene: _Scene) -> Iterator[OperationalException]:
    for name, refund in scene.return_.refunds.items():
        newest = refund.newest
        order = scene.return_.orders.get(newest.order)
        if refund.contradiction is not None:
            yield scene.raise_(
                "refund-contradiction",
                name,
                refund.contradiction,
                "Ask the source for the refund's present state and send it with a sequence or a time.",
                uncredited=(newest.amount,),
            )
        elif order is not None and newest.amount.currency != order.currency:
            yield scene.raise_(
                "currency-differs",
                name,
                f"refund {name} is in {newest.amount.currency}, order {order.number} in {order.currency}",
                "State the refund in the order's currency.",
                uncredited=(newest.amount,),
            )
        elif isinstance(newest, RefundFailed) and _unpaid_units(scene, newest.order):
            yield scene.raise_(
                "refund-failed",
                name,
                f"refund {name} of {newest.amount} failed: {newest.reason or 'its source gives no reason'}",
                "Pay the shopper another way or have the platform retry; a later confirmation closes this.",
                uncredited=(newest.amount,),
            )


def _unpaid_units(scene: _Scene, order: str) -> bool:
    return any(
        unit.money == "approved" and unit.ref not in scene.plan.paid and unit.exchange is None
        for unit in scene.return_.units_of(order)
    )


_HELD: dict[str, tuple[str, str]] = {
    "over-refund": (
        "with {refund} the refunds of order {order} come to more than the {paid} that was paid for it",
        "Check the amount with the payment provider. No credit note is made beyond what was paid.",
    ),
    "refund-without-units": (
        "refund {refund} of {amount} pays for no unit of this return that was sold and not yet credited",
        "Name the return or the units it pays for, or waive it when it was a gesture without goods.",
    ),
    "fee-unknown": (
        "refund {refund} of {amount} may be less a fee that depends on how the parcel came, and that was not told",
        "Have the platform tell the drop-off method, or state the fee with the refund.",
    ),
}


def _held(scene: _Scene) -> Iterator[OperationalException]:
    for number, settled in scene.plan.settled.items():
        order = scene.return_.orders[number]
        for one in settled:
            if one.held:
                amount = Money(one.amount_minor, order.currency)
                words = {"refund": one.refund, "order": number, "amount": amount}
                paid = Money(order_paid_minor(order), order.currency)
                cause, remedy = _HELD[one.held]
                yield scene.raise_(
                    one.held, one.refund, cause.format(paid=paid, **words), remedy, uncredited=(amount,)
                )  # fmt: skip


def _differences(scene: _Scene) -> Iterator[OperationalException]:
    for number, settled in scene.plan.settled.items():
        order = scene.return_.orders[number]
        for one in settled:
            if one.held or one.further or one.taken_back:
                continue
            together = one.amount_minor + sum(more.amount_minor for more in settled if more.further == one.refund)
            difference = Money(together - one.expected_minor(order), order.currency)
            if difference:
                yield scene.raise_(
                    "amount-differs",
                    one.refund,
                    f"the confirmed refund is {difference} off what its units were paid at less the fee; "
                    "the credit note carries it on a line of its own",
                    "Find the reason (fee, shipping, gesture) and waive with it, or have the refund corrected.",
                    uncredited=(Money(abs(difference.minor), order.currency),),
                )


def _changed(scene: _Scene) -> Iterator[OperationalException]:
    """Credit notes that were attempted and are not what is confirmed now, together with their corrections."""
    credited: dict[str, Money] = {}
    for record in scene.records.by_key.values():
        effect = record.effect
        if not record.frozen or not isinstance(effect, e.IssueCreditNote | e.CorrectCreditNote):
            continue
        name = base(effect.refund)
        if name.startswith(PROVISIONAL):
            continue
        minor = effect.total_minor if isinstance(effect, e.IssueCreditNote) else effect.delta_minor
        credited[name] = Money(minor, effect.currency) + credited.get(name, Money(0, effect.currency))
    attempted = {key for key, record in scene.records.by_key.items() if record.frozen}
    coming = {
        base(item.effect.refund)
        for item in scene.plan.owed
        if isinstance(item.effect, e.IssueCreditNote | e.CorrectCreditNote) and item.key not in attempted
    }
    on_word = {one.refund: one.word_minor for settled in scene.plan.settled.values() for one in settled}
    for name, total in credited.items():
        refund = scene.return_.refunds.get(name)
        fact = refund.confirmed if refund is not None else None
        now = fact.amount if fact is not None else Money(0, total.currency)
        if name in coming or now == total + Money(on_word.get(name, 0), total.currency):
            continue
        said = f"is now {now}" if fact is not None else "is no longer confirmed"
        off = Money(abs(now.minor - total.minor), total.currency)
        yield scene.raise_(
            "credited-amount-changed",
            name,
            f"refund {name} {said}, {total} was already credited for it",
            "Decide the correction: it is booked as a document of its own.",
            uncredited=(off,),
        )


def _conditions(scene: _Scene) -> Iterator[OperationalException]:
    for unit in scene.return_.units.values():
        said = unit.decided_disposition or unit.said_disposition
        if said is None:
            continue
        if is_missing(unit, scene.policy):
            yield scene.raise_(
                "missing-item",
                unit.ref,
                f"the warehouse did not find {unit.sku or unit.ref} in the parcel",
                "Look for it with the carrier and the hub; decide on the money.",
                units=[unit],
            )
        elif destination(unit, scene.policy) is None:
            yield scene.raise_(
                "unmapped-disposition",
                unit.ref,
                f"the policy leads {said!r} at {unit.site} nowhere; {unit.sku or unit.ref} waits in inspection",
                f"Map {said!r} in the policy (places or dispositions), or decide this unit's condition.",
                units=[unit],
            )


def _misplaced(scene: _Scene) -> Iterator[OperationalException]:
    for one in scene.plan.misplaced:
        yield scene.raise_(
            "misplaced",
            one.unit.ref,
            f"{one.unit.sku or one.unit.ref} was brought to {one.now.location} and belongs to {one.wanted.location} by "
            "what was told of it since",
            f"Move it from {one.now.location} to {one.wanted.location} in the ERP, then waive this with the move's "
            "number.",
        )


def _counts(scene: _Scene) -> Iterator[OperationalException]:
    for problem in scene.return_.count_problems:
        yield scene.raise_(
            problem.kind, problem.about, problem.cause, "Count again with the warehouse and send the new total."
        )


def _exchanges(scene: _Scene) -> Iterator[OperationalException]:
    for name, fact in scene.return_.exchanges.items():
        yield scene.raise_(
            "exchange-needs-order",
            name,
            f"{fact.replacement_sku} is to replace {fact.unit.sku or fact.unit.item}; no exchange order is made yet",
            "Enter the zero-value order in the ERP and waive this with its number.",
        )


def _effects(scene: _Scene) -> Iterator[OperationalException]:
    for item in scene.plan.owed:
        record = scene.records.by_key.get(item.key)
        if record is None or record.standing not in ("refused", "ambiguous"):
            continue
        kind = record.kind or ("effect-ambiguous" if record.standing == "ambiguous" else "effect-refused")
        money = []
        if isinstance(record.effect, e.IssueCreditNote):
            money = [Money(record.effect.total_minor, record.effect.currency)]
        yield scene.raise_(
            kind,
            record.key,
            record.why,
            "Mend the cause in the other system or in the policy, then retry.",
            uncredited=money,
        )
