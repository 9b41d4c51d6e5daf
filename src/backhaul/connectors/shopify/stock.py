"""The stock flush: one change per SKU and location, all in one call, as deltas and never as levels.

Shopify remembers the key of a change for a day and shows it nowhere: what is older and may have been done is a person's
to look up in the item's history, where our batch stands as the reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from backhaul.connectors.shopify.client import Node, Refusal, Shopify
from backhaul.connectors.shopify.refunds import idempotency_key
from backhaul.connectors.shopify.tasks import escaped
from backhaul.domain.effects import FlushStorefrontStock
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Found, Outcome, Refused, Task

_REMEMBERED = timedelta(hours=23)
_RETOLD = timedelta(days=2)
_PAGE = 50
_MOST_KEYS = 5


def variants(system: Shopify, skus: Iterable[str]) -> dict[str, Node]:
    """The variants of these SKUs, those that exist once; asked for together."""
    wanted = sorted(set(skus))
    found: dict[str, list[Node]] = {}
    for start in range(0, len(wanted), _PAGE):
        query = " OR ".join(f'sku:"{escaped(sku)}"' for sku in wanted[start : start + _PAGE])
        for one in system.ask("VariantsNamed", q=query)["productVariants"]["nodes"]:
            found.setdefault(one["sku"] or "", []).append(one)
    return {sku: found[sku][0] for sku in wanted if len(found.get(sku, ())) == 1}


def find_flushed(task: Task, system: Shopify) -> Found:
    """Within a day Shopify itself knows what it has done: the same call again changes nothing.

    Raises CannotLook for what is older, and for what was gathered so soon after a restore that a forgotten batch may
    have raised the same units.
    """
    batch = task.effect_as(FlushStorefrontStock).batch
    forgotten = task.restored_at is not None and _gathered_at(batch) < task.restored_at + _RETOLD
    if forgotten or system.now() - (task.tried_since or _gathered_at(batch)) > _REMEMBERED:
        raise CannotLook(f"Shopify does not tell whether it has batch {batch}: see the stock history of its items")
    return Absent()


def _gathered_at(batch: str) -> datetime:
    stamp = batch.rsplit("-", 2)[-2]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def flush(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Raise what can be raised; members that Shopify cannot take are left, and refused when a batch has no others."""
    effect = task.effect_as(FlushStorefrontStock)
    known = _items(system, {member.sku for member in effect.members})
    problems: dict[str, str] = {}
    deltas: Counter[tuple[str, str]] = Counter()
    for member in effect.members:
        item, location = known.get(member.sku), system.settings.locations.get(member.location)
        if location is None:
            problems[member.key] = f"`locations` of the connection does not say where {member.location} is"
        elif item is None:
            problems[member.key] = f"Shopify has no variant, or several, or a bundle, with the SKU {member.sku}"
        else:
            deltas[item, location] += 1
    if not deltas:
        return Refused(f"{'; '.join(sorted(set(problems.values())))}; mend that, then retry")
    changes = [
        {"inventoryItemId": item, "locationId": location, "delta": delta, "changeFromQuantity": None}
        for (item, location), delta in sorted(deltas.items())
    ]
    wanted = {
        "name": "available",
        "reason": "restock",
        "referenceDocumentUri": f"gid://backhaul/StockFlush/{effect.batch}",
        "changes": changes,
    }
    for turn in range(_MOST_KEYS):
        try:
            made = system.change(
                "AdjustStock", "inventoryAdjustQuantities", input=wanted, key=idempotency_key(task.key, turn)
            )
        except Refusal as refusal:
            if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" in refusal.codes:
                continue
            return Refused(str(refusal))
        return Done(made["inventoryAdjustmentGroup"]["id"], left=tuple(sorted(problems)))
    return Refused(f"Shopify says of {_MOST_KEYS} attempts at batch {effect.batch} that they failed before")


def _items(system: Shopify, skus: set[str]) -> dict[str, str]:
    """The inventory item of each SKU, remembered; a bundle has none of its own."""
    asked = [sku for sku in skus if system.recall("item", sku) is None]
    for sku, one in (variants(system, asked) if asked else {}).items():
        if not one["requiresComponents"]:
            system.remember("item", sku, one["inventoryItem"]["id"])
    return {sku: item for sku in skus if (item := system.recall("item", sku)) is not None}
