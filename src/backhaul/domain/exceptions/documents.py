"""Exceptions about documents: those that another system refused, and those that nobody makes yet."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.exceptions.exchanges import is_of_an_exchange
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.money import Money


def effects(scene: Scene) -> Iterator[OperationalException]:
    for item in scene.plan.owed:
        record = scene.records.by_key.get(item.key)
        if record is None or record.standing not in ("refused", "ambiguous"):
            continue
        if isinstance(record.effect, e.AnnounceReturn) or is_of_an_exchange(record.effect):
            continue  # with remedies of their own, see announcements and exchanges
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
