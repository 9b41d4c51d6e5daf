"""Where a shopper's goods and money are, in the plain sentences that customer care reads out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from backhaul.domain import effects as e
from backhaul.domain.money import Money
from backhaul.domain.refunds import Refund
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

_FROM = {
    "drop-off": "the shopper to hand in {}",
    "arrival": "the hub and the carrier to bring {} to the warehouse",
    "inspection": "the warehouse to inspect {}",
    "decision": "the warehouse to decide what {} is",
    "audit": "the platform to finish looking at {} before it pays",
    "approval": "somebody here to say whether {} is paid for",
    "refund": "the platform to pay for {}",
}
_HALTED = ("refused", "ambiguous", "unsure")


@dataclass(frozen=True, slots=True)
class Paper:
    """An owed document, as far as it is: ``reference`` is the other system's name of a done one."""

    effect: e.Effect
    standing: str
    reference: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is still to come for ``about`` (a unit's ref), and when it is due."""

    kind: str
    about: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class InTheWay:
    """An open exception: why, what its owner is to do about it, by when."""

    cause: str
    remedy: str
    owner: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One return of an order, with all that is known of it now."""

    state: Return
    papers: tuple[Paper, ...]
    awaited: tuple[Awaited, ...]
    in_the_way: tuple[InTheWay, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is said of one return, under the questions that a shopper asks; and the amounts, one per currency."""

    goods: tuple[str, ...]
    awaited: tuple[str, ...]
    money: tuple[str, ...]
    exchanges: tuple[str, ...]
    in_the_way: tuple[str, ...]
    confirmed: tuple[Money, ...]
    credited: tuple[Money, ...]
    recorded: tuple[Money, ...]


def tell(story: Story, orders: Iterable[str], now: datetime, zone: tzinfo) -> Telling:
    """What there is to say of the return to somebody who asks about these orders; times are of that zone."""
    asked = set(orders)
    units = [unit for ref, unit in sorted(story.state.units.items()) if unit.order in asked]
    refunds = {name: one for name, one in sorted(story.state.refunds.items()) if one.newest.order in asked}
    papers = [paper for paper in story.papers if getattr(paper.effect, "order", "") in asked]
    done = [paper.effect for paper in papers if paper.standing == "done"]
    confirmed = [one.confirmed.amount for one in refunds.values() if one.confirmed is not None]
    return Telling(
        _counted((_name(unit), _goods(unit, zone)) for unit in units),
        _awaited(story, units, now, zone),
        _money(units, refunds, papers, zone),
        _exchanges(story.state, asked, papers),
        tuple(look(each, zone) for each in story.in_the_way),
        total(confirmed),
        total(amount for effect in done if (amount := _credit(effect)) is not None),
        total(Money(one.amount_minor, one.currency) for one in done if isinstance(one, e.RecordRefund)),
    )


def summed_up(tellings: Sequence[Telling]) -> str:
    """The answer in one sentence, over all returns."""
    confirmed = total(amount for one in tellings for amount in one.confirmed)
    if not confirmed:
        return "No refund is confirmed yet."
    credited, recorded = (
        _listed(total(amount for one in tellings for amount in getattr(one, what))) for what in ("credited", "recorded")
    )
    return f"{_listed(confirmed)} was refunded; {credited} of it is credited and {recorded} recorded in the books."


def look(each: InTheWay, zone: tzinfo) -> str:
    """Who has to look at it by when, why, and what they are to do."""
    who = each.owner.replace("-", " ").capitalize()
    return f"{who} has to look at this by {day(each.due_at, zone)}: {_ended(each.cause)} {_ended(each.remedy)}".rstrip()


def total(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency; sums of nothing are left out."""
    sums: Counter[str] = Counter()
    for money in amounts:
        sums[money.currency] += money.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)


def day(at: datetime, zone: tzinfo) -> str:
    """``3 Nov 2026, 13:00 CET``."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname()}"


def _name(unit: Unit) -> str:
    known = unit.sku or unit.item or (f"line {unit.line}" if unit.line else "a unit")
    return f"{unit.product} ({known})" if unit.product and unit.product != known else known


def _counted(said: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Equal sentences about units of one name once, with how many they are about."""
    return tuple(f"{_many(many)}{name} {text}" for (name, text), many in Counter(said).items())


def _many(count: int) -> str:
    return f"{count} × " if count > 1 else ""


def _goods(unit: Unit, zone: tzinfo) -> str:
    def on(step: str) -> str:
        return f" on {day(unit.since[step], zone)}" if step in unit.since else ""

    by = f" (by “{unit.method}”)" if unit.method else ""
    if unit.stays:
        return "stays with the shopper and is refunded all the same."
    if unit.never_left:
        ended = "expired" if unit.expired else "was called off" if unit.cancelled else "was ended by a person of ours"
        return f"was announced{on('started')}; that {ended}{on('expired')}, and nothing is to come."
    if not unit.past("dropped-off") and not unit.given_up:
        return f"was announced{on('started')} and is not handed in yet{by}."
    handed_in = unit.past("dropped-off")
    said = [f"was handed in{on('dropped-off')}{by}" if handed_in else f"was announced{on('started')}"]
    if "shipped" in unit.told or unit.shipments:
        names = f" in shipment {', '.join(sorted(unit.shipments))}" if unit.shipments else ""
        said.append(f"left for the warehouse{on('shipped')}{names}")
    if unit.given_up:
        said.append("is lost" if unit.fate == "lost" else "is lost, and somebody is asked to pay for it")
    elif unit.missing:
        said.append(f"was looked for at {unit.site or 'the warehouse'} and not found")
    elif unit.past("received"):
        said.append(f"arrived at {unit.site or 'the warehouse'}{on('received')}")
    else:
        said.append("is on its way to the warehouse" if len(said) > 1 else "waits at the hub to be sent on")
    condition = unit.decided_disposition or unit.said_disposition
    if condition and not unit.missing:
        said.append(f"was found “{condition}”{on('inspected')}")
    return f"{' and '.join(filter(None, (', '.join(said[:-1]), said[-1])))}."


def _awaited(story: Story, units: Sequence[Unit], now: datetime, zone: tzinfo) -> tuple[str, ...]:
    names = {unit.ref: _name(unit) for unit in units}
    alike = Counter((each.kind, names[each.about], each.due_at) for each in story.awaited if each.about in names)
    said = []
    for (kind, name, due_at), many in sorted(alike.items(), key=lambda item: (item[0][2], item[0])):
        late = (now - due_at).days
        ago = f"{late} day{'s' if late != 1 else ''} ago" if late > 0 else "earlier today"
        when = f"by {day(due_at, zone)}" if due_at >= now else f"since {day(due_at, zone)}: overdue, it was due {ago}"
        who = _FROM.get(kind, f"the {kind.replace('-', ' ')} of {{}}").format(f"{_many(many)}{name}")
        said.append(f"We wait for {who}, {when}.")
    return tuple(said)


def _money(units: Sequence[Unit], refunds: dict[str, Refund], papers: Sequence[Paper], zone: tzinfo) -> tuple[str, ...]:
    said = [_refund(name, one, zone) for name, one in refunds.items()]
    said += _counted(
        (_name(unit), text)
        for unit in units
        if not unit.never_left and (text := _platforms_word(unit, bool(refunds), zone))
    )
    for paper in papers:
        match paper.effect:
            case e.IssueCreditNote() | e.CorrectCreditNote() as effect:
                what = "A credit note" if isinstance(effect, e.IssueCreditNote) else "A correction of the credit note"
                said.append(_paper(f"{what} of {_credit(effect)}", paper))
            case e.IssueRefund() as effect if paper.standing != "done":
                amount = Money(effect.amount_minor, effect.currency)
                said.append(_paper(f"Our order to pay {amount} back at the storefront", paper))
            case e.RecordRefund() as effect:
                amount = Money(effect.amount_minor, effect.currency)
                said.append(_paper(f"The record that {amount} was paid out to the {effect.tender} tender", paper))
            case _:
                continue
    return tuple(said) or ("No refund was approved or paid yet.",)


def _platforms_word(unit: Unit, stated: bool, zone: tzinfo) -> str:
    if unit.declined:
        return "is not paid for: the platform declined the refund."
    if unit.held:
        return "is not paid for yet: the platform looks at it first."
    if unit.money != "approved" or stated:
        return ""
    at = f" on {day(unit.since['approved'], zone)}" if "approved" in unit.since else ""
    return f"was approved for a refund{at}; nobody has stated the money yet."


def _refund(name: str, refund: Refund, zone: tzinfo) -> str:
    newest = refund.newest
    at = f" on {day(newest.at, zone)}" if newest.at is not None else ""
    if refund.contradiction is not None:
        return f"What became of refund {name} is not clear: {_ended(refund.contradiction)}"
    if refund.confirmed is not None:
        fee = f", after a fee of {newest.fee}" if newest.fee else ""
        return f"{newest.amount} was paid to the {newest.tender} tender{at}{fee} (refund {name})."
    reason = getattr(newest, "reason", None)
    if reason is None:
        return f"{newest.amount} is asked for and not paid yet (refund {name})."
    return f"{newest.amount} (refund {name}) could not be paid{at}: {_ended(reason or 'its source gives no reason')}"


def _exchanges(state: Return, asked: set[str], papers: Sequence[Paper]) -> tuple[str, ...]:
    orders = {paper.effect.exchange: paper for paper in papers if isinstance(paper.effect, e.CreateExchangeOrder)}
    said = []
    for name, one in sorted(state.exchanges.items()):
        unit = state.units.get(one.unit or "")
        if (unit.order if unit is not None else one.name.order) not in asked:
            continue
        what = f"{one.quantity} × {one.sku} instead of {_name(unit) if unit is not None else 'a unit not told of yet'}"
        if one.contradiction is not None:
            said.append(f"{what}: {_ended(one.contradiction)}")
        elif one.cancelled:
            said.append(f"{what} was called off: the shopper gets money (exchange {name}).")
        elif name in orders:
            said.append(f"{what} (exchange {name}). {_paper('Its order', orders[name])}")
        else:
            made = f"its order is {one.order}" if one.order is not None else "no order of ours is owed for it yet"
            said.append(f"{what} (exchange {name}); {made}.")
    return tuple(said)


def _paper(what: str, paper: Paper) -> str:
    if paper.standing == "done":
        return f"{what} is in the books{f' as {paper.reference}' if paper.reference else ''}."
    if paper.standing in _HALTED and paper.why:
        return f"{what} is not in the books yet: {_ended(paper.why)}"
    return f"{what} is still to be made."


def _credit(effect: e.Effect) -> Money | None:
    match effect:
        case e.IssueCreditNote():
            return Money(effect.total_minor, effect.currency)
        case e.CorrectCreditNote():
            return Money(effect.delta_minor, effect.currency)
        case _:
            return None


def _listed(amounts: Sequence[Money]) -> str:
    return " and ".join(map(str, amounts)) or "nothing"


def _ended(text: str) -> str:
    """A sentence with its full stop, whoever wrote it."""
    plain = text.strip()
    return plain if not plain or plain[-1] in ".!?" else f"{plain}."
