"""What another policy would make of a return: two decisions over the same facts, compared.

What was attempted is the same in both and never part of a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from backhaul.domain import effects as e
from backhaul.domain.decision import Decision
from backhaul.domain.exceptions import OperationalException
from backhaul.domain.money import Money
from backhaul.domain.records import Owed, Records

How = Literal["more", "less", "otherwise"]
AFTER = "after"


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that would be owed in addition, no longer, or otherwise; ``parts`` names what differs in it.

    ``was`` and ``becomes`` are the money it is about, None where it is about none or is not there.
    """

    how: How
    verb: str
    key: str
    order: str
    parts: tuple[str, ...] = ()
    was: Money | None = None
    becomes: Money | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One return. ``credited`` is how much more (or less) its credit notes would come to, one per currency.

    ``handed_over`` are exceptions that would be another owner's. Waived exceptions are in none of these.
    """

    documents: tuple[Changed, ...] = ()
    credited: tuple[Money, ...] = ()
    opened: tuple[OperationalException, ...] = ()
    closed: tuple[OperationalException, ...] = ()
    handed_over: tuple[OperationalException, ...] = ()
    awaited: tuple[str, ...] = ()
    awaited_no_more: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


@dataclass(slots=True)
class Totals:
    """Over all returns: documents by verb, credit notes by currency before and after, exceptions by kind."""

    returns: int = 0
    changed: int = 0
    documents: dict[How, Counter[str]] = field(
        default_factory=lambda: {"more": Counter(), "less": Counter(), "otherwise": Counter()}
    )
    before_minor: Counter[str] = field(default_factory=Counter)
    after_minor: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    handed_over: Counter[str] = field(default_factory=Counter)
    at_risk_minor: Counter[str] = field(default_factory=Counter)

    def add(self, before: Decision, after: Decision, difference: Difference) -> None:
        """Count one return more."""
        self.returns += 1
        self.changed += bool(difference)
        self.before_minor.update(credited(before))
        self.after_minor.update(credited(after))
        for one in difference.documents:
            self.documents[one.how][one.verb] += 1
        for counted, raised in (
            (self.opened, difference.opened),
            (self.closed, difference.closed),
            (self.handed_over, difference.handed_over),
        ):
            counted.update(one.kind for one in raised)
        for sign, raised in ((1, difference.opened), (-1, difference.closed)):
            for amount in (amount for one in raised for amount in one.value):
                self.at_risk_minor[amount.currency] += sign * amount.minor


def difference(before: Decision, after: Decision, records: Records, waived: Iterable[str] = ()) -> Difference:
    """What the second decision wants otherwise than the first; both were made with these records."""
    old, new = ({item.key: item for item in one.owed if not _is_kept(item.key, records)} for one in (before, after))
    was, becomes = ({one.key: one for one in decision.exceptions} for decision in (before, after))
    for key in waived:
        was.pop(key, None), becomes.pop(key, None)
    sums, later = credited(before), credited(after)
    awaited = {one.key: one.kind for one in before.expectations}
    to_come = {one.key: one.kind for one in after.expectations}
    return Difference(
        tuple(sorted(_documents(old, new), key=lambda one: (one.verb, one.key))),
        tuple(
            Money(more, currency) for currency in sorted({*sums, *later}) if (more := later[currency] - sums[currency])
        ),
        tuple(becomes[key] for key in sorted(becomes.keys() - was.keys())),
        tuple(was[key] for key in sorted(was.keys() - becomes.keys())),
        tuple(becomes[key] for key in sorted(becomes.keys() & was.keys()) if becomes[key].owner != was[key].owner),
        tuple(to_come[key] for key in sorted(to_come.keys() - awaited.keys())),
        tuple(awaited[key] for key in sorted(awaited.keys() - to_come.keys())),
    )


def credited(decision: Decision) -> Counter[str]:
    """What all credit notes of a decision and their corrections come to, minor units by currency."""
    sums: Counter[str] = Counter()
    for item in decision.owed:
        if isinstance(item.effect, e.IssueCreditNote | e.CorrectCreditNote) and (amount := _money(item.effect)):
            sums[amount.currency] += amount.minor
    return sums


def _is_kept(key: str, records: Records) -> bool:
    record = records.by_key.get(key)
    return record is not None and (record.frozen or record.standing == "done")


def _documents(old: Mapping[str, Owed], new: Mapping[str, Owed]) -> Iterable[Changed]:
    less = {key: item for key, item in old.items() if key not in new}
    more = {key: item for key, item in new.items() if key not in old}
    for key in old.keys() & new.keys():
        if old[key] != new[key] and (parts := _parts(old[key], new[key])):
            yield _otherwise(old[key], new[key], parts)
    for item in more.values():
        # The same document about the same units under another key, as where the key says where they go.
        twin = next((one for one in less.values() if _about(one.effect) == _about(item.effect)), None)
        if twin is not None:
            del less[twin.key]
            yield _otherwise(twin, item, _parts(twin, item))
        else:
            yield Changed("more", item.effect.verb, item.key, _order(item.effect), becomes=_money(item.effect))
    for item in less.values():
        yield Changed("less", item.effect.verb, item.key, _order(item.effect), was=_money(item.effect))


def _otherwise(was: Owed, becomes: Owed, parts: tuple[str, ...]) -> Changed:
    order, verb = _order(becomes.effect), becomes.effect.verb
    return Changed("otherwise", verb, becomes.key, order, parts, _money(was.effect), _money(becomes.effect))


def _parts(was: Owed, becomes: Owed) -> tuple[str, ...]:
    """The names of what differs, with both values where they are short."""
    found = []
    for one in fields(was.effect):
        left, right = getattr(was.effect, one.name), getattr(becomes.effect, one.name, None)
        if left != right:
            short = all(isinstance(value, str | int | None) and len(str(value)) <= 40 for value in (left, right))
            found.append(f"{one.name} {left} -> {right}" if short else one.name)
    return (*found, *((AFTER,) if was.after != becomes.after else ()))


def _about(effect: e.Effect) -> tuple[str, str, frozenset[str]]:
    lines = getattr(effect, "lines", ()) or tuple(filter(None, (getattr(effect, "line", None),)))
    units = frozenset(unit for line in lines for unit in line.units)
    return effect.verb, _order(effect), units or frozenset((getattr(effect, "refund", ""),))


def _order(effect: e.Effect) -> str:
    return str(getattr(effect, "order", ""))


def _money(effect: e.Effect) -> Money | None:
    match effect:
        case e.IssueCreditNote():
            return Money(effect.total_minor, effect.currency)
        case e.CorrectCreditNote():
            return Money(effect.delta_minor, effect.currency)
        case e.RecordRefund():
            return Money(effect.amount_minor, effect.currency)
        case _:
            return None
