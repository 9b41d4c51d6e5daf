"""The guards about units that do not come, by name, see guards."""

from __future__ import annotations

from tests.mutation.mutant import Guard

ABSENCE_GUARDS = (
    Guard("what is in hand is not given up", "units", "Unit.given_up", "not self.arrived", "True"),
    Guard("what was handed in is not kept by the shopper", "units", "Unit.stays", "self.goods != 'expected'", "False"),
    Guard(
        "what is in hand has left the shopper", "units", "Unit.never_left", "self.arrived or self.stays", "self.stays"
    ),
    Guard("the newest decision counts", "units", "Unit.decide", "_newness(decision) > _newness(self.decided)", "True"),
    Guard("what is missing is not in hand", "units", "Unit.arrived", "not self.missing", "True"),
    Guard("what came is not given up with the rest", "owed", "_is_absent", "ref not in received", "True"),
    Guard("what cannot be is not decided", "fates", "why_not", "unit.arrived", "False"),
    Guard("what was paid was returned", "fates", "_is_paid", "unit.ref in covered(note.lines, return_)", "False"),
)
