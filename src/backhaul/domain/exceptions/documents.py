"""Exceptions about documents: those that another system refused, and those that nobody makes yet."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.money import Money


def exchanges(scene: Scene) -> Iterator[OperationalException]:
    for name, fact in scene.return_.exchanges.items():
        yield scene.raised(
            "exchange-needs-order",
            name,
            f"{fact.replacement_sku} is to replace {fact.unit.sku or fact.unit.item}; no exchange order is made yet",
            "Enter the zero-value order in the ERP and waive this with its number.",
        )


def effects(scene: Scene) -> Iterator[OperationalException]:
    for item in scene.plan.owed:
        record = scene.records.by_key.get(item.key)
        if record is None or record.standing not in ("refused", "ambiguous"):
            continue
        if isinstance(record.effect, e.AnnounceReturn):
            continue  # the warehouse's, see announcements
        kind = record.kind or ("effect-ambiguous" if record.standing == "ambiguous" else "effect-refused")
        money = []
        if isinstance(record.effect, e.IssueCreditNote):
            money = [Money(record.effect.total_minor, record.effect.currency)]
        yield scene.raised(
            kind,
            record.key,
            record.why,
            "Mend the cause in the other system or in the policy, then retry.",
            uncredited=money,
        )
