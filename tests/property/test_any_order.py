"""At rest it does not matter in which order, how often, or between which attempts a return's facts were told."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.property.positions import net_position
from tests.property.strategies import Story, histories
from tests.support.world import Shop, Told


def told_straight(story: Story) -> Told:
    shop = Shop({story.order.number: story.order}, story.policy)
    told = shop.told("r1", *story.facts["r1"])
    shop.rest()
    return told


def told_badly(story: Story, data: st.DataObject) -> Told:
    """Shuffled and repeated, with effects attempted, done or left unsure between any two facts."""
    shop = Shop({story.order.number: story.order}, story.policy)
    told = shop.told("r1")
    facts = data.draw(st.permutations(story.facts["r1"]))
    for fact in facts:
        told.tell(fact)
        for _ in range(data.draw(st.integers(0, 3))):
            if due := told.due():
                key = data.draw(st.sampled_from(due))
                told.do(key) if data.draw(st.booleans()) else told.attempt(key)
        if data.draw(st.booleans()):
            told.tell(data.draw(st.sampled_from(facts)))
    shop.rest()
    return told


@given(histories(), st.data())
def test_any_order_and_repetition_ends_at_the_same_position(story: Story, data: st.DataObject) -> None:
    note(f"{story.policy}, {story.order}")
    straight, badly = told_straight(story), told_badly(story, data)
    assert net_position(badly) == net_position(straight)
    assert badly.decision.squared == straight.decision.squared
    assert badly.awaited() - {"refund"} == straight.awaited() - {"refund"}  # which of two alike is paid may differ


@given(histories(), st.data())
def test_deciding_again_changes_nothing(story: Story, data: st.DataObject) -> None:
    told = told_badly(story, data)
    records, posted, before = dict(told.records), dict(told.posted), told.decision
    again = told.decide()
    assert (told.records, told.posted) == (records, posted)
    assert not again.entries
    assert again.owed == before.owed
