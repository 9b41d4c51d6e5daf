"""Exceptions about money: refunds that contradict, fail, are held back, or differ from what was credited."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.facts import RefundFailed
from backhaul.domain.money import Money
from backhaul.domain.settlements import PROVISIONAL, base, gross_minor, order_paid_minor
from backhaul.domain.units import Unit


def refunds(scene: Scene) -> Iterator[OperationalException]:
    for name, refund in scene.return_.refunds.items():
        newest = refund.newest
        order = scene.return_.orders.get(newest.order)
        if refund.contradiction is not None:
            yield scene.raised(
                "refund-contradiction",
                name,
                refund.contradiction,
                "Ask the source for the refund's present state and send it with a sequence or a time.",
                uncredited=(newest.amount,),
            )
        elif order is not None and newest.amount.currency != order.currency:
            yield scene.raised(
                "currency-differs",
                name,
                f"refund {name} is in {newest.amount.currency}, order {order.number} in {order.currency}",
                "State the refund in the order's currency.",
                uncredited=(newest.amount,),
            )
        elif isinstance(newest, RefundFailed) and _unpaid_units(scene, newest.order):
            yield scene.raised(
                "refund-failed",
                name,
                f"refund {name} of {newest.amount} failed: {newest.reason or 'its source gives no reason'}",
                "Pay the shopper another way or have the platform retry; a later confirmation closes this.",
                uncredited=(newest.amount,),
            )


def _is_owed_money(scene: Scene, unit: Unit) -> bool:
    order = scene.return_.orders.get(unit.order)
    return unit.exchange is None or (order is not None and gross_minor([unit], order) > 0)


def _unpaid_units(scene: Scene, order: str) -> bool:
    return any(
        unit.vouched and unit.ref not in scene.plan.paid and _is_owed_money(scene, unit)
        for unit in scene.return_.units_of(order)
    )


def declined(scene: Scene) -> Iterator[OperationalException]:
    """Units that the platform will not pay for, and those that it declined after they were paid for."""
    for number, order in scene.return_.orders.items():
        stated = {
            unit.ref: one.refund
            for one in scene.plan.settled.get(number, ())
            if not one.held and one.amount_minor
            for unit in one.units
        }
        for unit in scene.return_.units_of(number):
            if not unit.declined:
                continue
            worth = (Money(gross_minor([unit], order), order.currency),)
            if unit.ref in stated:
                yield scene.raised(
                    "declined-after-refund",
                    unit.ref,
                    f"the platform declined {unit.sku or unit.ref}, for which refund {stated[unit.ref]} was paid",
                    "Get the money back and have the refund stated as reversed: that is corrected by itself. Or waive "
                    "it as a gesture.",
                    uncredited=worth,
                )
            else:
                yield scene.raised(
                    "refund-declined",
                    unit.ref,
                    f"the platform declined the refund of {unit.sku or unit.ref}; nothing is credited for it",
                    "Tell the shopper why, and see with the warehouse whether it goes back; then waive this.",
                    uncredited=worth,
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


def held(scene: Scene) -> Iterator[OperationalException]:
    for number, settled in scene.plan.settled.items():
        order = scene.return_.orders[number]
        for one in settled:
            if one.held:
                amount = Money(one.amount_minor, order.currency)
                words = {"refund": one.refund, "order": number, "amount": amount}
                paid = Money(order_paid_minor(order), order.currency)
                cause, remedy = _HELD[one.held]
                yield scene.raised(
                    one.held, one.refund, cause.format(paid=paid, **words), remedy, uncredited=(amount,)
                )  # fmt: skip


def differences(scene: Scene) -> Iterator[OperationalException]:
    for number, settled in scene.plan.settled.items():
        order = scene.return_.orders[number]
        for one in settled:
            if one.held or one.further or one.taken_back:
                continue
            together = one.amount_minor + sum(more.amount_minor for more in settled if more.further == one.refund)
            difference = Money(together - one.expected_minor(order), order.currency)
            if difference:
                yield scene.raised(
                    "amount-differs",
                    one.refund,
                    f"the confirmed refund is {difference} off what its units were paid at less the fee; "
                    "the credit note carries it on a line of its own",
                    "Find the reason (fee, shipping, gesture) and waive with it, or have the refund corrected.",
                    uncredited=(Money(abs(difference.minor), order.currency),),
                )


def changed(scene: Scene) -> Iterator[OperationalException]:
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
        yield scene.raised(
            "credited-amount-changed",
            name,
            f"refund {name} {said}, {total} was already credited for it",
            "Decide the correction: it is booked as a document of its own.",
            uncredited=(off,),
        )
