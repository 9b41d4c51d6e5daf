"""What a person may decide about a unit that does not come, and why not where it cannot be."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered
from backhaul.domain.decided import Fate
from backhaul.domain.records import Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

MEANINGS: dict[Fate, str] = {
    "awaited": "is awaited again; what was decided before counts no more",
    "not-returned": "was not returned: nothing is owed for it, and what was sold is free for another return",
    "kept": "stays with the shopper and is credited without goods once the refund is confirmed",
    "lost": "is lost; what announces it in other systems is given up",
    "claimed": "is claimed; what announces it in other systems is given up",
}


def why_not(return_: Return, records: Records, unit: Unit, fate: Fate, claim: str) -> str:
    """Why that cannot be decided of the unit, with what can; "" where it can."""
    name = unit.sku or unit.ref
    if fate == "awaited":
        return ""
    if unit.arrived:
        return f"{name} is in hand at {unit.site}: decide its condition instead."
    if fate == "kept" and unit.goods != "expected":
        return f"{name} was handed in: it is lost, claimed, or was not returned, but the shopper does not have it."
    if fate == "claimed" and not claim.strip():
        return "A claim needs its reference: it is what the loss is looked up by."
    if fate == "not-returned" and _is_paid(return_, records, unit):
        return f"{name} is refunded or credited already: it is kept, lost or claimed."
    return ""


def _is_paid(return_: Return, records: Records, unit: Unit) -> bool:
    notes = records.frozen(e.IssueCreditNote)
    if any(unit.ref in covered(note.lines, return_) for _, note in notes):
        return True
    paid = [refund.confirmed for refund in return_.refunds.values()]
    return any(return_.names.get(name) is unit for fact in paid if fact is not None for name in fact.units)
