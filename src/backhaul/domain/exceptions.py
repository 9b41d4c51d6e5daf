"""Operational exceptions of a return: each derived from its state, so each is gone when its cause is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.allocation import is_ambiguous, lines_for
from backhaul.domain.credits import PROVISIONAL, order_paid_minor, refund_units
from backhaul.domain.facts import RefundConfirmed
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.owed import destination
from backhaul.domain.policy import Owner, Policy
from backhaul.domain.records import Owed, Records
from backhaul.domain.returns import Return
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
    owed: tuple[Owed, ...]
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
        value = value_at_risk(uncredited, missing, dict(self.return_.orders))
        key = f"{kind}:{self.return_.id}:{about}"
        return OperationalException(key, kind, about, cause, remedy, self.policy.owner(kind), value)


def exceptions(
    return_: Return, policy: Policy, owed: tuple[Owed, ...], records: Records
) -> tuple[OperationalException, ...]:
    """All that stands in the way of this return, most telling first within each rule; one per key."""
    scene = _Scene(return_, policy, owed, records)
    rules = (_unsold, _ambiguous, _uncredited, _differences, _conditions, _counts, _exchanges, _effects)
    found = {exception.key: exception for rule in rules for exception in rule(scene)}
    return tuple(found.values())


def _unsold(scene: _Scene) -> Iterator[OperationalException]:
    for number, order in scene.return_.orders.items():
        money = uncredited_money(scene, number)
        for unit in scene.return_.units_of(number):
            if unit.allocation is not None or unit.never_left or is_ambiguous(unit, scene.return_):
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
                    uncredited=money,
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


def uncredited_money(scene: _Scene, order: str) -> tuple[Money, ...]:
    """Confirmed refunds of the order that no owed credit note covers."""
    noted = {
        item.effect.refund.split("~")[0]
        for item in scene.owed
        if isinstance(item.effect, e.IssueCreditNote | e.CorrectCreditNote)
    }
    covered_by_word = any(item.superseded for item in scene.owed)
    return tuple(
        fact.amount
        for refund in scene.return_.refunds.values()
        if (fact := refund.confirmed) is not None
        and fact.order == order
        and fact.refund not in noted
        and not covered_by_word
    )


def _ambiguous(scene: _Scene) -> Iterator[OperationalException]:
    for name in scene.return_.ambiguous:
        about = name.item or name.sku or "unit"
        yield scene.raise_(
            "unit-ambiguous",
            about,
            f"the message names {about} of order {name.order}, which could be more than one unit of this return",
            "Compare with the platform's page of the return; have the line or item id sent, then replay.",
        )


def _uncredited(scene: _Scene) -> Iterator[OperationalException]:
    for name, refund in scene.return_.refunds.items():
        if refund.contradiction is not None:
            yield scene.raise_(
                "refund-contradiction",
                name,
                refund.contradiction,
                "Ask the source for the refund's present state and send it with a sequence or a time.",
                uncredited=(refund.newest.amount,),
            )
        fact = refund.confirmed
        order = scene.return_.orders.get(fact.order) if fact is not None else None
        if fact is None or order is None:
            continue
        if fact.amount.currency != order.currency:
            yield scene.raise_(
                "currency-differs",
                name,
                f"refund {name} is in {fact.amount.currency}, order {order.number} in {order.currency}",
                "State the refund in the order's currency.",
                uncredited=(fact.amount,),
            )
        elif not _credited(scene, name) and fact.amount.minor > 0:
            yield from _why_uncredited(scene, fact, order)


def _why_uncredited(scene: _Scene, fact: RefundConfirmed, order: FrozenOrder) -> Iterator[OperationalException]:
    units = [unit for unit in scene.return_.units_of(order.number) if unit.allocation is not None]
    settled = refund_units(scene.return_, order, units, scene.policy, scene.records)
    mine = next((one for one in settled if one.refund == fact.refund), None)
    elsewhere = scene.records.credited_elsewhere.get(order.number, 0)
    if elsewhere + sum(one.amount_minor for one in settled) > order_paid_minor(order):
        yield scene.raise_(
            "over-refund",
            fact.refund,
            f"refunds of order {order.number} come to more than the {_paid(order)} that was paid for it",
            "Check the amount with the payment provider. No credit note is made beyond what was paid.",
            uncredited=(fact.amount,),
        )
    elif mine is None or not mine.units:
        yield scene.raise_(
            "refund-without-units",
            fact.refund,
            f"refund {fact.refund} of {fact.amount} pays for no unit of this return that was sold and not yet credited",
            "Name the return or the units it pays for, or waive it when it was a gesture without goods.",
            uncredited=(fact.amount,),
        )


def _paid(order: FrozenOrder) -> Money:
    return Money(order_paid_minor(order), order.currency)


def _credited(scene: _Scene, refund: str) -> bool:
    return any(
        (isinstance(item.effect, e.IssueCreditNote) and item.effect.refund.split("~")[0] == refund)
        or (isinstance(item.effect, e.CorrectCreditNote) and item.effect.refund.split("~")[0] == refund)
        or item.superseded
        for item in scene.owed
    )


def _differences(scene: _Scene) -> Iterator[OperationalException]:
    for item in scene.owed:
        note = item.effect
        if not isinstance(note, e.IssueCreditNote):
            continue
        if note.difference_minor:
            difference = Money(note.difference_minor, note.currency)
            yield scene.raise_(
                "amount-differs",
                note.refund,
                f"the confirmed refund is {difference} off what its units were paid at less the fee; "
                "the credit note carries it on a line of its own",
                "Find the reason (fee, shipping, gesture) and waive with it, or have the refund corrected.",
                uncredited=(Money(abs(note.difference_minor), note.currency),),
            )
        stated = scene.return_.refunds.get(note.refund.split("~")[0])
        fact = stated.confirmed if stated is not None else None
        record = scene.records.by_key.get(item.key)
        if record is None or not record.frozen or note.refund.startswith(PROVISIONAL):
            continue
        corrected = note.refund in scene.return_.corrections
        total = sum(
            other.effect.total_minor
            for other in scene.owed
            if isinstance(other.effect, e.IssueCreditNote)
            and other.effect.refund.split("~")[0] == note.refund.split("~")[0]
        )
        if fact is None or (fact.amount.minor != total and not corrected and "~" not in note.refund):
            said = "is no longer confirmed" if fact is None else f"is now {fact.amount}"
            if fact is not None and any(
                isinstance(other.effect, e.CorrectCreditNote) and other.effect.refund == note.refund
                for other in scene.owed
            ):
                continue
            yield scene.raise_(
                "credited-amount-changed",
                note.refund,
                f"refund {note.refund} {said}, its credit note was already made out for {Money(total, note.currency)}",
                "Decide the correction: it is booked as a document of its own.",
                uncredited=(Money(abs((fact.amount.minor if fact else 0) - total), note.currency),),
            )


def _conditions(scene: _Scene) -> Iterator[OperationalException]:
    for unit in scene.return_.units.values():
        said = unit.decided_disposition or unit.said_disposition
        if said is None:
            continue
        word = scene.policy.disposition(said)
        if word == "missing":
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
    for item in scene.owed:
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
