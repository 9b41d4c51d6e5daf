"""Whatever another policy would make of a return, what was attempted is no part of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backhaul.domain.decision import decide
from backhaul.domain.differences import difference
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import fold
from tests.property.strategies import Story, histories, policies
from tests.support.world import Shop


@given(histories(), policies(), st.integers(0, 12))
def test_what_was_attempted_stays_as_it_is(story: Story, other: Policy, steps: int) -> None:
    told = Shop({story.order.number: story.order}, story.policy).told("r1", *story.facts["r1"])
    for _ in range(steps):
        if due := told.due():
            told.do(due[0])
    if due := told.due():
        told.attempt(due[-1])
    records = Records({key: one for key, one in told.records.items() if one.standing != "moot"})
    state = fold(told.id, told.facts, label=told.id, orders=told.state.orders, policy=other)
    differs = difference(told.decision, decide(state, other, records, told.posted), records, state.waived)
    assert {key for key, one in told.records.items() if one.frozen}.isdisjoint(one.key for one in differs.documents)
    assert not difference(told.decision, told.decision, records)
