"""What customer care reads out to a shopper who asks for the refund."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.decided import Fate
from backhaul.domain.money import Money
from backhaul.domain.whereabouts import Awaited, InTheWay, Paper, Story, Telling, summed_up, tell
from tests.support.world import Told
from tests.unit.domain.cast import (
    DAY,
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    approved,
    at_the_bar,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    started,
    usd,
)

BERLIN = ZoneInfo("Europe/Berlin")


def heard(
    told: Told, *trouble: InTheWay, now: datetime = MONDAY + 2 * DAY, orders: tuple[str, ...] = ("1001",)
) -> Telling:
    """What is said of the return as it stands."""
    papers = tuple(
        Paper(record.effect, record.standing, "" if record.reference is None else "CN-1", record.why)
        for record in told.records.values()
        if record.standing != "moot"
    )
    awaited = tuple(Awaited(one.kind, one.about, one.due(MONDAY)) for one in told.decision.expectations)
    return tell(Story(told.state, papers, awaited, trouble), orders, now, BERLIN)


def test_goods_on_their_way_say_when_and_by_what_they_were_handed_in_and_who_is_to_bring_them() -> None:
    said = heard(at_the_bar(SHIRT))
    assert said.goods == (
        "SHIRT-M was handed in on 3 Nov 2026, 13:00 CET (by “return-bar”) and waits at the hub to be sent on.",
    )
    assert said.awaited[1] == (
        "We wait for the hub and the carrier to bring SHIRT-M to the warehouse, by 24 Nov 2026, 13:00 CET."
    )
    assert said.awaited[0] == "We wait for the platform to pay for SHIRT-M, by 5 Nov 2026, 13:00 CET."
    assert said.money == (
        "SHIRT-M was approved for a refund on 3 Nov 2026, 13:00 CET; nobody has stated the money yet.",
    )
    assert (said.confirmed, said.credited, said.recorded) == ((), (), ())


def test_units_that_have_the_same_to_say_are_told_of_once() -> None:
    said = heard(at_the_bar(SHIRT, SECOND_SHIRT))
    assert said.goods[0].startswith("2 × SHIRT-M was handed in on")
    assert any("pay for 2 × SHIRT-M" in line for line in said.awaited)


def test_what_is_overdue_says_since_when() -> None:
    said = heard(at_the_bar(SHIRT), now=MONDAY + 5 * DAY)
    assert said.awaited[0] == (
        "We wait for the platform to pay for SHIRT-M, since 5 Nov 2026, 13:00 CET: overdue, it was due 2 days ago."
    )
    later_that_day = heard(at_the_bar(SHIRT), now=MONDAY + 3 * DAY + timedelta(hours=1))
    assert "it was due earlier today" in later_that_day.awaited[0]


def test_money_is_told_as_confirmed_credited_and_recorded() -> None:
    told = at_the_bar(JEANS)
    told.tell(refunded(JEANS_PRICE, JEANS))
    first = heard(told)
    assert first.money[0] == "64.80 USD was paid to the original tender (refund R1)."
    assert "A credit note of 64.80 USD is still to be made." in first.money
    assert (first.confirmed, first.credited, first.recorded) == ((usd(JEANS_PRICE),), (), ())
    told.rest()
    last = heard(told)
    assert "A credit note of 64.80 USD is in the books as CN-1." in last.money
    assert (last.confirmed, last.credited, last.recorded) == ((usd(JEANS_PRICE),),) * 3
    assert summed_up([last]) == (
        "64.80 USD was refunded; 64.80 USD of it is credited and 64.80 USD recorded in the books."
    )


def test_a_refund_that_is_pending_or_failed_is_not_called_paid() -> None:
    told = at_the_bar(JEANS)
    told.tell(f.RefundPending("R1", "1001", usd(6480), units=(JEANS,)))
    assert heard(told).money == ("64.80 USD is asked for and not paid yet (refund R1).",)
    told.tell(f.RefundFailed("R1", "1001", usd(6480), units=(JEANS,), at=MONDAY + DAY, reason="card expired"))
    assert heard(told).money == ("64.80 USD (refund R1) could not be paid on 3 Nov 2026, 13:00 CET: card expired.",)
    assert heard(told).confirmed == ()


def test_a_document_that_was_refused_says_why() -> None:
    told = at_the_bar(JEANS).tell(refunded(JEANS_PRICE, JEANS))
    note = next(record for record in told.records.values() if isinstance(record.effect, e.IssueCreditNote))
    said = tell(
        Story(told.state, (Paper(note.effect, "refused", "", "the period is closed"),), (), ()),
        ["1001"],
        MONDAY,
        BERLIN,
    )
    assert "A credit note of 64.80 USD is not in the books yet: the period is closed." in said.money


def test_goods_that_arrived_and_were_inspected_say_where_and_what_was_found() -> None:
    told = at_the_bar(SHIRT).tell(received(SHIRT), inspected(SHIRT, "damaged"))
    assert heard(told).goods[0].endswith("arrived at MAIN and was found “damaged”.")


def test_a_return_that_expired_or_was_not_handed_in_says_so() -> None:
    told = shop().told("r1", *started(SHIRT, JEANS), f.ReturnExpired(JEANS, MONDAY + DAY))
    said = heard(told)
    assert "JEANS-32 was announced on 2 Nov 2026, 13:00 CET; that expired on 3 Nov 2026, 13:00 CET" in said.goods[1]
    assert said.goods[0].endswith("is not handed in yet (by “return-bar”).")
    assert said.awaited == ("We wait for the shopper to hand in SHIRT-M, by 2 Dec 2026, 13:00 CET.",)
    assert said.money == ("No refund was approved or paid yet.",)


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        ("kept", "SHIRT-M stays with the shopper and is refunded all the same."),
        ("lost", "SHIRT-M was announced on 2 Nov 2026, 13:00 CET and is lost."),
        ("not-returned", "that was ended by a person of ours, and nothing is to come."),
    ],
)
def test_goods_that_will_not_come_are_not_promised(fate: Fate, said: str) -> None:
    told = shop().told("r1", *started(SHIRT))
    told.tell(f.FateDecided(next(iter(told.state.units)), fate, "Jo", "asked the shopper", at=MONDAY + DAY))
    assert heard(told).goods[0].endswith(said)
    assert all("hand in" not in line for line in heard(told).awaited)


def test_what_was_not_found_at_the_warehouse_says_so() -> None:
    told = at_the_bar(SHIRT).tell(received(SHIRT), inspected(SHIRT, "missing"))
    assert heard(told).goods[0].endswith("and was looked for at MAIN and not found.")


def test_what_the_platform_holds_or_declined_is_not_promised() -> None:
    told = shop().told("r1", *started(SHIRT, JEANS), *dropped_off(SHIRT, JEANS), *approved(SHIRT, JEANS))
    told.tell(f.RefundHeld(SHIRT, MONDAY + DAY), f.RefundDeclined(JEANS, MONDAY + DAY))
    said = heard(told)
    assert "SHIRT-M is not paid for yet: the platform looks at it first." in said.money
    assert "JEANS-32 is not paid for: the platform declined the refund." in said.money


def test_an_exchange_names_the_replacement_and_its_order() -> None:
    told = at_the_bar(SHIRT).tell(f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"))
    assert heard(told).exchanges == (
        "1 × SHIRT-L instead of SHIRT-M (exchange X1); no order of ours is owed for it yet.",
    )
    told.tell(f.ExchangeCancelled("X1", "Jo"))
    assert heard(told).exchanges == (
        "1 × SHIRT-L instead of SHIRT-M was called off: the shopper gets money (exchange X1).",
    )


def test_everything_in_the_way_has_its_owner_its_time_and_what_to_do() -> None:
    trouble = InTheWay("It is stuck", "Pull it out.", "customer-care", datetime(2026, 11, 5, 8, tzinfo=UTC))
    assert heard(at_the_bar(SHIRT), trouble).in_the_way == (
        "Customer care has to look at this by 5 Nov 2026, 09:00 CET: It is stuck. Pull it out.",
    )


def test_what_belongs_to_another_order_is_not_told() -> None:
    told = at_the_bar(JEANS).tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    said = heard(told, orders=("2002",))
    assert (said.goods, said.awaited, said.exchanges) == ((), (), ())
    assert (said.confirmed, said.credited, said.recorded) == ((), (), ())


def test_nothing_confirmed_is_said_in_so_many_words_and_currencies_are_never_added_up() -> None:
    assert summed_up([heard(at_the_bar(SHIRT))]) == "No refund is confirmed yet."
    told = at_the_bar(JEANS).tell(refunded(JEANS_PRICE, JEANS), refunded(100, refund="R2"))
    euros = Telling((), (), (), (), (), (Money(5, "EUR"),), (Money(5, "EUR"),), ())
    assert summed_up([heard(told), euros]).startswith("0.05 EUR and 65.80 USD was refunded; 0.05 EUR of it")
