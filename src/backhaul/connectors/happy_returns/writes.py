"""What is written to Happy Returns, where the policy says so: that a shopper is paid, and what was in the bags.

Approving an item pays out, has no idempotency and no way back. Whether an item is approved is not published; where a
mapping says which field tells it, we look, also before the first attempt. Without one, what may have been sent is never
sent again.
"""

from __future__ import annotations

from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.mapping import Mapped
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.domain.effects import ApproveRefund, ReportContents
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Found, Outcome, Task

# The published conditions of an approval; any other of ours is left out, it is optional.
CONDITIONS = frozenset({"sellable", "damaged", "missing", "wrong-item"})
# Events of one return are merged for a minute; we allow an approval as long to be seen.
SEEN_AFTER_S = 60.0


def approves(settings: HappyReturnsSettings) -> bool:
    """Whether this connection can approve: it needs the key."""
    return settings.api_key is not None


def reports(settings: HappyReturnsSettings) -> bool:
    """Whether it can tell what was in the bags: their words for conditions are not published and must be given."""
    return settings.api_key is not None and bool(settings.contents_dispositions)


def find_approval(task: Task, system: HappyReturns) -> Found:
    """Whether the item is approved by now, by whomever. Raises CannotLook where nobody can say."""
    effect = task.effect_as(ApproveRefund)
    mapping = system.settings.mapping
    if mapping.approved_at is None:
        raise CannotLook(f"nobody can say whether {effect.item} is approved: mapping.approved_at names no field")
    for item in system.returns("happyReturnsExpressCode", effect.code):
        mapped = Mapped(mapping, item, item)
        if effect.item in (item.get("happyReturnsItemID"), mapped.text("item_id")):
            return Done(f"{effect.code}/{effect.item}") if mapped.moment("approved_at") is not None else Absent()
    raise CannotLook(f"Happy Returns shows no item {effect.item} under {effect.code}")


def approve(task: Task, system: HappyReturns, _: Found) -> Outcome:
    """Have the shopper paid."""
    effect = task.effect_as(ApproveRefund)
    system.approve(effect.code, effect.item, effect.condition if effect.condition in CONDITIONS else "")
    return Done(f"{effect.code}/{effect.item}")


def find_report(task: Task, _: HappyReturns) -> Found:
    """There is no asking what was reported."""
    raise CannotLook(f"Happy Returns does not say whether it has {task.key}")


def report(task: Task, system: HappyReturns, _: Found) -> Outcome:
    """Tell what was found of the item, in the words of the settings."""
    effect = task.effect_as(ReportContents)
    given = {
        "happyReturnsItemID": effect.item,
        "returnBagBarcode": effect.bag,
        "checkedInAt": effect.checked_in_at.isoformat() if effect.checked_in_at is not None else "",
        "disposition": system.settings.contents_dispositions.get(effect.disposition, ""),
    }
    system.report({name: value for name, value in given.items() if value})
    return Done(f"{effect.item}#{effect.sequence}")
