"""Units alike are counted, not named: what of a forgotten document is free covers what is wanted, once."""

from __future__ import annotations

from collections import Counter

from backhaul.connectors.tryton.claims import Covered, Forgotten, cover, leave_recorded
from backhaul.domain.effects import DocumentLine, Effect, LookUpOrder, PutAway
from backhaul.sdk.outcomes import Task

Slot = tuple[str, str]
DAMAGED, SELLABLE = ("109", "DAMAGED"), ("109", "STO")


def document(number: int, *carried: tuple[str, Slot], complete: bool = True) -> Forgotten[Slot]:
    return Forgotten(f"shipment,{number}", complete, Counter(slot for _, slot in carried), frozenset(carried))


def told(covered: Covered[Slot]) -> tuple[tuple[str, ...], list[str]]:
    return covered.names, covered.left


def test_a_unit_is_found_by_its_name_before_one_alike_takes_its_place() -> None:
    documents = [document(1, ("belt-0", SELLABLE)), document(2, ("belt-1", SELLABLE))]
    assert told(cover({"belt-1": SELLABLE}, documents)) == (("shipment,2",), [])


def test_units_that_changed_places_are_found_by_their_line_and_place() -> None:
    documents = [document(1, ("belt-0", DAMAGED)), document(2, ("belt-1", SELLABLE))]
    assert told(cover({"belt-1": DAMAGED}, documents)) == (("shipment,1",), [])
    assert told(cover({"belt-0": SELLABLE}, documents)) == (("shipment,2",), [])


def test_a_unit_too_many_is_left() -> None:
    documents = [document(1, ("belt-0", SELLABLE))]
    assert told(cover({"belt-0": SELLABLE, "belt-1": SELLABLE}, documents)) == (("shipment,1",), ["belt-1"])


def test_one_for_another_place_covers_nothing() -> None:
    assert told(cover({"belt-0": SELLABLE}, [document(1, ("belt-0", DAMAGED))])) == ((), ["belt-0"])


def test_no_more_documents_are_taken_than_fit_into_a_reference() -> None:
    documents = [document(number, (f"belt-{number}", SELLABLE)) for number in range(9)]
    covered = cover({f"belt-{number}": SELLABLE for number in range(9)}, documents)
    assert len(covered.names) == 5
    assert covered.left == [f"belt-{number}" for number in range(5, 9)]


def test_what_effects_on_record_have_of_documents_is_not_free() -> None:
    belts = DocumentLine("109", "BELT-90", ("belt-0", "belt-1"))
    recorded: dict[str, tuple[Effect, ...]] = {
        "shipment,1 shipment,2": (PutAway("R1", "1001", "MAIN", "damaged", "DAMAGED", (belts,)),)
    }
    task = Task("put-away:R2", LookUpOrder("R2", "1001"), recovered=True, recorded=recorded)
    documents = [document(1, ("belt-0", DAMAGED)), document(2, ("belt-1", DAMAGED), ("belt-2", DAMAGED))]

    def alike(effect: Effect) -> Counter[Slot]:
        assert isinstance(effect, PutAway)
        return Counter((line.order_line, effect.location) for line in effect.lines for _ in line.units)

    free = leave_recorded(documents, task, alike)
    assert [one.free.total() for one in free] == [0, 1]
    assert told(cover({"belt-0": DAMAGED}, free)) == (("shipment,2",), [])
