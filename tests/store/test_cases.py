"""What a decision is made from: also what other returns were credited on the same order."""

from __future__ import annotations

from datetime import UTC, datetime

from backhaul.domain.effects import CorrectCreditNote, IssueCreditNote, key
from backhaul.store import cases, merchants, registry
from backhaul.store.codec import to_json
from backhaul.store.outcomes import Outcomes, PlannedEffect, write
from backhaul.store.registry import Minted

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def test_a_correction_counts_in_what_was_credited_on_the_order(db: object) -> None:
    merchant_id = merchants.keep("acme", "Acme", "UTC")
    scope = merchants.keep_connection(merchant_id, "happy-returns", "happy-returns", None)
    registry.mint([Minted(name, merchant_id, scope, name, None) for name in ("R1", "R2")], NOW)
    order = registry.lock_orders(merchant_id, ["SHOP-1"])["SHOP-1"]
    registry.speak_of([(order, "R1"), (order, "R2")])
    note = IssueCreditNote("R1", "SHOP-1", "a", "l", "re-1", "USD", (), 0, 0, 2000)
    correction = CorrectCreditNote("R1", "SHOP-1", key(note), "l", "re-1", "USD", -300)
    planned = [
        PlannedEffect(key(one), one.verb, merchant_id, scope, "R1", order, to_json(one), "p", (), "waiting")
        for one in (note, correction)
    ]
    write(Outcomes(effects=planned), NOW, {})
    assert cases.load(["R2"])["R2"].orders["SHOP-1"].credited == {"R1": 1700}
