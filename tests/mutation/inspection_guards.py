"""The guards about counts and conditions by name, see guards."""

from __future__ import annotations

from tests.mutation.mutant import Guard

INSPECTION_GUARDS = (
    Guard("small losses are borne without a word", "exceptions.goods", "damaged", "one.currency in asked_over", "True"),
    Guard(
        "what the limit bears is not asked about",
        "exceptions.goods",
        "damaged",
        "one.minor > asked_over[one.currency]",
        "True",
    ),
    Guard("money that came back is no loss", "exceptions.goods", "damaged", "_is_paid_now(scene, unit)", "True"),
    Guard("a count too many that was corrected is none", "receipts", "_problems", "dated == tally.told", "False"),
    Guard("what a person calls missing is not too few", "exceptions.goods", "counts", "off <= 0", "False"),
)
