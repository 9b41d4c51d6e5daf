"""Exceptions about what the warehouse was not told: it does not expect what is on its way, or waits in vain."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.announcements import KIND, is_obsolete
from backhaul.domain.exceptions.scene import OperationalException, Scene


def announcements(scene: Scene) -> Iterator[OperationalException]:
    for record, effect in scene.records.frozen(e.AnnounceReturn):
        if record.standing not in ("refused", "ambiguous"):
            continue
        if is_obsolete(record.key, effect, scene.return_, scene.records):
            continue
        units = [unit for line in effect.lines for ref in line.units if (unit := scene.return_.names.resolve(ref))]
        what = f"{len(units)} unit(s) for {effect.site}" if units else f"that nothing comes to {effect.site} any more"
        yield scene.raised(
            KIND,
            record.key,
            f"the warehouse was not told of {what}: {record.why}",
            "Mend the connection or the warehouse's side, then retry; or tell the warehouse by hand and waive this.",
            units=units,
        )
