"""The guards of approvals by name, see guards."""

from __future__ import annotations

from tests.mutation.mutant import Guard

_MODULE = "approvals"

APPROVAL_GUARDS = (
    Guard("nothing is paid by default", _MODULE, "given_leave", "policy.approve_refunds == 'never'", "False"),
    Guard("a person's no stops the rule", _MODULE, "given_leave", "unit.approval.approved", "True"),
    Guard("the rule pays for what is sellable only", _MODULE, "given_leave", "place.account == 'stock'", "True"),
    Guard("nobody is paid twice for one item", _MODULE, "approvals", "unit.item in told", "False"),
    Guard("what is approved is not approved again", _MODULE, "why_not", "unit.money == 'approved'", "False"),
    Guard("what was declined is not paid", _MODULE, "why_not", "unit.declined", "False"),
    Guard("what is looked at is not paid", _MODULE, "why_not", "unit.held", "False"),
    Guard("what is exchanged is not paid", _MODULE, "why_not", "unit.exchange is not None", "False"),
    Guard("what was not sold is not paid", _MODULE, "why_not", "unit.allocation is None", "False"),
    Guard("what nobody has in hand is not paid", _MODULE, "why_not", "not unit.arrived", "False"),
    Guard("what a refund pays for is not paid again", _MODULE, "why_not", "unit.ref in paid", "False"),
    Guard("what is being paid is not paid again", _MODULE, "is_under_way", "not fact.units", "False"),
    Guard("a refund that waits stops its order", _MODULE, "approvals", "any(one.held for one in settled)", "False"),
    Guard("a return of two codes is asked about by none", _MODULE, "unnamed", "len(codes) != 1", "not codes"),
)
