"""Entries are added and reversed, never edited; what holds again is entered anew."""

from __future__ import annotations

from backhaul.domain.ledger import Entry, Posting, balances, unposted


def entry(quantity: int) -> Entry:
    return Entry("refund:r1:R1", (Posting("clearing:r1", "refunded:original", quantity, "USD"),))


def post(posted: dict[str, Entry], *wanted: Entry) -> list[str]:
    """The ledger after these entries are what should stand in it; answers the causes that were added."""
    added = unposted(wanted, posted)
    for one in added:
        assert one.cause not in posted
        posted[one.cause] = one
    return [one.cause for one in added]


def test_what_stands_already_is_not_entered_again() -> None:
    posted: dict[str, Entry] = {}
    assert post(posted, entry(5)) == ["refund:r1:R1"]
    assert post(posted, entry(5)) == []


def test_a_changed_entry_is_reversed_and_entered_anew_as_often_as_it_changes() -> None:
    posted: dict[str, Entry] = {}
    for quantity in (5, 7, 5, 5, 9):
        post(posted, entry(quantity))
        assert balances(posted.values())["refunded:original", "USD"] == quantity
    assert "refund:r1:R1#4" in posted
    assert "reverse:refund:r1:R1#3" in posted


def test_what_holds_no_more_is_reversed_once_and_may_hold_again() -> None:
    posted: dict[str, Entry] = {}
    post(posted, entry(5))
    assert post(posted) == ["reverse:refund:r1:R1"]
    assert post(posted) == []
    assert balances(posted.values()) == {}
    assert post(posted, entry(5)) == ["refund:r1:R1#2"]
    assert post(posted) == ["reverse:refund:r1:R1#2"]
    assert balances(posted.values()) == {}
