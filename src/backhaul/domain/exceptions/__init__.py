"""Operational exceptions of a return: each derived from its state, so each is gone when its cause is gone."""

from __future__ import annotations

from backhaul.domain.exceptions import absences, announcements, bundles, documents, exchanges, goods, money, names
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.owed import Plan
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import Return

__all__ = ["OperationalException", "exceptions"]

RULES = (
    names.twins,
    goods.unsold,
    names.ambiguous,
    money.refunds,
    money.declined,
    money.held,
    money.differences,
    money.changed,
    absences.missing,
    absences.contradicted,
    goods.conditions,
    goods.damaged,
    goods.misplaced,
    goods.counts,
    bundles.conflicts,
    exchanges.contradictions,
    exchanges.without_unit,
    exchanges.astray,
    exchanges.after_refund,
    exchanges.orders,
    exchanges.uneven,
    documents.effects,
    documents.unapproved,
    documents.untold,
    announcements.announcements,
)


def exceptions(return_: Return, policy: Policy, plan: Plan, records: Records) -> tuple[OperationalException, ...]:
    """All that stands in the way of this return, most telling first within each rule; one per key."""
    scene = Scene(return_, policy, plan, records)
    found = {exception.key: exception for rule in RULES for exception in rule(scene)}
    return tuple(found.values())
