"""Find the gaps: values that messages carried and that lead nowhere, with how often and since when."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backhaul.domain import effects as e
from backhaul.domain.allocation import lines_for
from backhaul.domain.mappings import Kind, Name
from backhaul.domain.policy import Policy
from backhaul.domain.returns import fold
from backhaul.domain.specificity import ANY, plain, spelled
from backhaul.flows.deployment import Deployment
from backhaul.store import seen
from backhaul.store.cases import load
from backhaul.store.seen import Seen

SINCE = timedelta(days=90)
_MOST_RETURNS = 500
_UNKNOWN = re.compile(r"has the unknown value ('.*'|\".*\"); add an alias")
_LEAD_BY_THEMSELVES = ("missing",)


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that leads nowhere. ``waits``: goods, documents or messages wait for it; else it is only left out."""

    kind: Kind
    value: str
    site: str
    sku_class: str
    count: int
    first_at: datetime
    last_at: datetime
    waits: bool

    @property
    def name(self) -> Name:
        return (self.kind, self.value, self.site, self.sku_class)

    def __str__(self) -> str:
        what = f"{self.kind} {spelled(self.value, self.site, self.sku_class)!r}"
        since = f"first {self.first_at:%Y-%m-%d}, last {self.last_at:%Y-%m-%d}"
        return f"{what} leads nowhere: seen {self.count} times, {since}"


def find_gaps(deployment: Deployment, merchant_id: int, since: timedelta = SINCE) -> tuple[Gap, ...]:
    """What waits first, then what is seen most. Returns that were told nothing ``since`` are not looked at."""
    deployment.renew()
    policy, after = deployment.policies[merchant_id], deployment.now() - since
    found = [
        *_conditions(policy, seen.conditions(merchant_id, after)),
        *_unsold(policy, merchant_id),
        *_unknown(merchant_id),
        *_names(deployment, merchant_id, "location", e.ReceiveReturn, seen.sites(merchant_id, after), policy),
        *_names(deployment, merchant_id, "tender", e.RecordRefund, seen.tenders(merchant_id, after), policy),
        *_reasons(policy, seen.reasons(merchant_id, after)),
    ]
    return tuple(sorted(_together(found), key=lambda gap: (not gap.waits, -gap.count, gap.kind, gap.value, gap.site)))


def _conditions(policy: Policy, found: Iterable[Seen]) -> Iterator[Gap]:
    for one in found:
        site = policy.site(one.site)
        word = policy.disposition(one.value, site)
        sku_class = policy.sku_class(policy.sku(one.sku)) if one.sku else ""
        if word in _LEAD_BY_THEMSELVES or policy.place(word, site, sku_class) is not None:
            continue
        yield _gap("disposition", replace(one, value=plain(one.value), site=site), waits=True)


def _reasons(policy: Policy, found: Iterable[Seen]) -> Iterator[Gap]:
    return (
        _gap("reason", replace(one, value=plain(one.value)), waits=False)
        for one in found
        if policy.reason(one.value) is None
    )


def _names(
    deployment: Deployment, merchant_id: int, kind: Kind, effect: type[e.Effect], found: Iterable[Seen], policy: Policy
) -> Iterator[Gap]:
    """Sites and tenders that the system does not know which makes the documents."""
    link = deployment.performer(merchant_id, effect)
    known = link.connector.maps.values(link.settings, kind) if link is not None and link.connector.maps else None
    for one in found if known is not None else ():
        name = policy.site(one.value) if kind == "location" else one.value
        if known is not None and name not in known:
            yield _gap(kind, one, waits=kind == "location")


def _unsold(policy: Policy, merchant_id: int) -> Iterator[Gap]:
    """SKUs of units that the order did not sell under that name."""
    open_ = seen.open_since(merchant_id, "unit-not-sold")[:_MOST_RETURNS]
    since = {(return_id, about): at for return_id, about, _, at in open_}
    for case in load({return_id for return_id, *_ in open_ if return_id is not None}).values():
        orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}
        for unit in fold(case.return_id, case.facts, orders=orders, policy=policy).units.values():
            at, order = since.get((case.return_id, unit.ref)), orders.get(unit.order)
            if at is not None and order is not None and unit.sku is not None and not lines_for(unit, order, policy):
                yield _gap("sku-alias", Seen(unit.sku, "", "", 1, at, at), waits=True)


def _unknown(merchant_id: int) -> Iterator[Gap]:
    for _, _, cause, at in seen.open_since(merchant_id, "unknown-value"):
        word = unknown_word(cause)
        if word is not None:
            yield _gap("word", Seen(word, "", "", 1, at, at), waits=True)


def unknown_word(cause: str) -> str | None:
    """The word that nobody had explained when a message was read, out of the cause that its exception states."""
    found = _UNKNOWN.search(cause)
    return str(ast.literal_eval(found[1])) if found is not None else None


def _gap(kind: Kind, one: Seen, *, waits: bool) -> Gap:
    return Gap(kind, one.value, one.site or ANY, ANY, one.count, one.first_at, one.last_at, waits)


def _together(found: Iterable[Gap]) -> Iterable[Gap]:
    """One gap per value and site, whatever SKUs and spellings it was seen with."""
    answer: dict[tuple[str, ...], Gap] = {}
    for gap in found:
        name = (gap.kind, gap.value, gap.site)
        known = answer.get(name)
        answer[name] = (
            gap
            if known is None
            else replace(
                known,
                count=known.count + gap.count,
                first_at=min(known.first_at, gap.first_at),
                last_at=max(known.last_at, gap.last_at),
            )
        )
    return answer.values()
