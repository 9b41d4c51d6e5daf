"""After a restore a document is recognised by its units, and another effect's is left to that effect."""

from __future__ import annotations

from typing import Any

from backhaul.connectors.tryton.traces import from_before_a_restore, trace
from backhaul.domain.effects import LookUpOrder
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Task

UNITS = {"1001-11-0", "1001-11-1"}


def sale(units: set[str], reference: str = "open-return-authorisation:R-BEFORE") -> dict[str, Any]:
    return {"id": 7, "comment": trace(units), "state": "processing", "reference": reference}


def looked(document: dict[str, Any], **more: Any) -> Found:
    task = Task("open-return-authorisation:R-NOW", LookUpOrder("R-NOW", "1001"), recovered=True, **more)
    return from_before_a_restore(task, "sale.sale", [document], UNITS, ("processing", "done"))


def test_a_forgotten_document_for_the_same_units_is_adopted() -> None:
    assert looked(sale(UNITS)) == Done("sale.sale,7", adopted=True)


def test_one_for_some_of_them_needs_a_person() -> None:
    assert looked(sale({"1001-11-0"})) == Ambiguous(("sale.sale,7",))


def test_one_that_carries_another_effects_key_is_that_effects() -> None:
    assert looked(sale(UNITS, "open-return-authorisation:R2"), others=frozenset({"open-return-authorisation:R2"})) == (
        Absent()
    )
