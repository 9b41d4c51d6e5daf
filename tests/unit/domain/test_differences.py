"""What another policy would make of a return, told from two decisions over the same facts."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import effects as e
from backhaul.domain.decision import decide
from backhaul.domain.differences import Difference, Totals, difference
from backhaul.domain.policy import Place, Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import fold
from tests.support.world import Told
from tests.unit.domain.cast import JEANS, JEANS_PRICE, at_the_bar, inspected, received, refunded, usd


def would_be(told: Told, policy: Policy) -> Difference:
    """What that policy would make of the return as it stands."""
    records = Records({key: one for key, one in told.records.items() if one.standing != "moot"})
    state = fold(told.id, told.facts, label=told.id, orders=told.state.orders, policy=policy)
    return difference(told.decision, decide(state, policy, records, told.posted), records, state.waived)


def told_but_not_done() -> Told:
    told = at_the_bar(JEANS)
    told.tell(received(JEANS))
    told.rest()
    return told.tell(inspected(JEANS, "damaged"), refunded(JEANS_PRICE, JEANS))


def test_the_same_policy_makes_no_difference() -> None:
    told = told_but_not_done()
    assert not would_be(told, told.shop.policy)


def test_a_document_that_goes_elsewhere_is_owed_otherwise_not_twice() -> None:
    told = told_but_not_done()
    policy = replace(told.shop.policy, places={**told.shop.policy.places, "damaged": Place("quarantine", "QUAR")})
    (one,) = [each for each in would_be(told, policy).documents if each.verb == e.PutAway.verb]
    assert one.how == "otherwise"
    assert {"account damaged -> quarantine", "location DAMAGED -> QUAR"} <= set(one.parts)


def test_what_was_attempted_is_in_no_difference() -> None:
    told = told_but_not_done()
    policy = replace(told.shop.policy, places={**told.shop.policy.places, "damaged": Place("quarantine", "QUAR")})
    (key,) = [key for key in told.due() if key.startswith(e.PutAway.verb)]
    told.attempt(key)
    assert [one for one in would_be(told, policy).documents if one.verb == e.PutAway.verb] == []


def test_an_order_of_documents_that_comes_too_late_is_no_difference() -> None:
    told = at_the_bar(JEANS).tell(received(JEANS), refunded(JEANS_PRICE, JEANS))
    (note,) = [key for key in told.due() if key.startswith(e.IssueCreditNote.verb)]
    later = replace(
        told.decision, owed=tuple(replace(one, after=(*one.after, "a receipt")) for one in told.decision.owed)
    )
    assert note in {one.key for one in difference(told.decision, later, Records(told.records)).documents}
    told.attempt(note)
    assert note not in {one.key for one in difference(told.decision, later, Records(told.records)).documents}


def test_the_platforms_word_that_counts_makes_a_credit_note_more_and_its_money() -> None:
    told = at_the_bar(JEANS)
    differs = would_be(told, replace(told.shop.policy, refund_confirmation="approval"))
    notes = [one for one in differs.documents if one.verb == e.IssueCreditNote.verb]
    assert [(one.how, one.was, one.becomes) for one in notes] == [("more", None, usd(JEANS_PRICE))]
    assert differs.credited == (usd(JEANS_PRICE),)
    assert differs.awaited_no_more == ("refund",)
    assert differs.awaited == ()


def test_a_credit_note_that_is_owed_no_longer_takes_its_money_back() -> None:
    told = at_the_bar(JEANS, policy=Policy("v1", refund_confirmation="approval"))
    told.records = {key: replace(one, frozen=False) for key, one in told.records.items() if "credit" not in key}
    told.records = {key: one for key, one in told.records.items() if not key.startswith(e.RecordRefund.verb)}
    told.decide()
    differs = would_be(told, replace(told.shop.policy, refund_confirmation="money"))
    assert differs.credited == (usd(-JEANS_PRICE),)
    assert ("less", e.IssueCreditNote.verb) in {(one.how, one.verb) for one in differs.documents}


def test_waiting_for_something_else_first_is_a_difference() -> None:
    told = at_the_bar(JEANS).tell(received(JEANS), refunded(JEANS_PRICE, JEANS))
    differs = would_be(told, replace(told.shop.policy, credit_note_on="receipt"))
    (note,) = [one for one in differs.documents if one.verb == e.IssueCreditNote.verb]
    assert (note.how, note.parts) == ("otherwise", ("after",))


def test_exceptions_open_close_and_change_hands() -> None:
    told = at_the_bar(JEANS).tell(received(JEANS), inspected(JEANS, "moth-eaten"))
    policy = told.shop.policy
    closes = would_be(told, replace(policy, dispositions={"moth-eaten": "damaged"}))
    assert [one.kind for one in closes.closed] == ["unmapped-disposition"]
    moved = would_be(told, replace(policy, owners={**policy.owners, "unmapped-disposition": "operations"}))
    assert [(one.kind, one.owner) for one in moved.handed_over] == [("unmapped-disposition", "operations")]
    (key,) = [one.key for one in closes.closed]
    assert difference(told.decision, told.decision, Records()).closed == ()
    records = Records(told.records)
    mapped = replace(policy, dispositions={"moth-eaten": "damaged"})
    state = fold(told.id, told.facts, label=told.id, orders=told.state.orders, policy=mapped)
    after = decide(state, mapped, records, told.posted)
    assert difference(told.decision, after, records, [key]).closed == ()


def test_totals_are_kept_per_verb_currency_and_kind() -> None:
    told = at_the_bar(JEANS)
    policy = replace(told.shop.policy, refund_confirmation="approval")
    records = Records(told.records)
    after = decide(
        fold(told.id, told.facts, label=told.id, orders=told.state.orders, policy=policy), policy, records, {}
    )
    totals = Totals()
    for _ in range(2):
        totals.add(told.decision, after, difference(told.decision, after, records))
    totals.add(told.decision, told.decision, Difference())
    assert (totals.returns, totals.changed) == (3, 2)
    assert totals.documents["more"][e.IssueCreditNote.verb] == 2
    assert (totals.before_minor["USD"], totals.after_minor["USD"]) == (0, 2 * JEANS_PRICE)
