"""What the warehouse is told to expect: when, what, again when it changes, and nothing of the shopper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.world import Shop, Told
from tests.unit.domain.cast import (
    DAY,
    JEANS,
    MONDAY,
    ORDER,
    SECOND_SHIRT,
    SHIRT,
    THIRD_SHIRT,
    dropped_off,
    inspected,
    received,
    shop,
    started,
)

AT_DROP_OFF = Policy("v1", announce_on="drop-off")
EXPIRED = f.ReturnExpired(SECOND_SHIRT, MONDAY + 30 * DAY)


def told_of(*facts: f.Fact, policy: Policy = AT_DROP_OFF) -> Told:
    told = shop(policy).told("r1", *facts)
    told.rest()
    return told


def went_on(told: Told, *facts: f.Fact) -> Told:
    told.tell(*facts)
    told.rest()
    return told


def announced(told: Told) -> list[e.AnnounceReturn]:
    return sorted(told.documents(e.AnnounceReturn), key=lambda effect: effect.sequence)


def counts(effect: e.AnnounceReturn) -> dict[str, int]:
    return {line.sku: line.quantity for line in effect.lines}


def test_what_was_dropped_off_is_announced_once_on_its_authorisation() -> None:
    told = told_of(*started(SHIRT, SECOND_SHIRT, JEANS), *dropped_off(SHIRT, SECOND_SHIRT, JEANS))
    (one,) = announced(told)
    (authorisation,) = (key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb))
    assert counts(one) == {"SHIRT-M": 2, "JEANS-32": 1}
    assert {line.authorisation for line in one.lines} == {authorisation}
    assert [line.line_ref for line in one.lines] == ["777", "888"]
    assert (one.site, one.sequence, one.follows) == ("MAIN", 1, "")
    assert (one.arrives_from, one.arrives_to) == (date(2026, 11, 3), date(2026, 11, 24))


def test_nothing_is_announced_before_its_authorisation_is_there() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    assert announced(told) == []
    told.do(next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb)))
    assert len(announced(told)) == 1


def test_it_carries_the_number_that_the_erp_gave_the_authorisation() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    key = next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb))
    told.do(key)
    told.tell(f.AuthorisationNumbered(key, "RS-4711"))
    assert [line.number for line in announced(told)[0].lines] == ["RS-4711"]


def test_when_it_is_announced_is_the_merchants_choice() -> None:
    steps: list[list[f.Fact]] = [
        started(SHIRT),
        dropped_off(SHIRT),
        [f.ItemShippedToWarehouse(SHIRT, "1Z9", MONDAY + 3 * DAY)],
    ]
    for choice, at in (("authorisation", 1), ("drop-off", 2), ("shipment", 3), ("never", 99)):
        told = told_of(policy=Policy("v1", announce_on=choice))  # type: ignore[arg-type]
        for number, facts in enumerate(steps, 1):
            went_on(told, *facts)
            assert bool(announced(told)) == (number >= at), f"{choice} after step {number}"


def test_a_merchant_whose_warehouse_takes_no_announcements_owes_none_and_closes_returns() -> None:
    told = told_of(*started(SHIRT), *dropped_off(SHIRT), policy=Policy("v1"))
    assert announced(told) == []


def test_another_unit_on_its_way_makes_a_further_announcement_of_all_of_them() -> None:
    told = told_of(*started(SHIRT, JEANS), *dropped_off(SHIRT))
    went_on(told, *dropped_off(JEANS))
    first, second = announced(told)
    assert [counts(first), counts(second)] == [{"SHIRT-M": 1}, {"SHIRT-M": 1, "JEANS-32": 1}]
    assert second.follows == e.key(first)
    assert told.after[e.key(second)][-1] == e.key(first)


def test_what_was_not_attempted_yet_is_told_in_one_go() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT, JEANS), *dropped_off(SHIRT))
    told.do(next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb)))
    told.tell(*dropped_off(JEANS))
    (one,) = announced(told)
    assert (counts(one), one.sequence) == ({"SHIRT-M": 1, "JEANS-32": 1}, 1)


def test_units_that_expire_are_taken_off_and_the_last_one_takes_it_all_back() -> None:
    told = told_of(*started(SHIRT, SECOND_SHIRT), policy=Policy("v1", announce_on="authorisation"))
    went_on(told, EXPIRED)
    went_on(told, f.ReturnExpired(SHIRT, MONDAY + 30 * DAY))
    assert [counts(one) for one in announced(told)] == [{"SHIRT-M": 2}, {"SHIRT-M": 1}, {}]
    assert [one.sequence for one in announced(told)] == [1, 2, 3]


def test_what_expired_and_comes_after_all_is_announced_anew_by_another_key() -> None:
    told = told_of(*started(SECOND_SHIRT), policy=Policy("v1", announce_on="authorisation"))
    went_on(told, EXPIRED)
    went_on(told, *dropped_off(SECOND_SHIRT))
    assert [counts(one) for one in announced(told)] == [{"SHIRT-M": 1}, {}, {"SHIRT-M": 1}]
    assert len({e.key(one) for one in announced(told)}) == 3


def test_a_bag_a_shipment_or_another_day_is_told_while_something_still_comes() -> None:
    told = told_of(*started(SHIRT), *dropped_off(SHIRT))
    went_on(told, f.BagLabelled("HR2ABC"))
    went_on(told, f.ItemShippedToWarehouse(SHIRT, "1Z999", MONDAY + 3 * DAY))
    _, bag, shipment = announced(told)
    assert ("bag", "HR2ABC") in bag.names
    assert (shipment.shipments, shipment.arrives_from) == (("1Z999",), date(2026, 11, 5))
    went_on(told, received(SHIRT), f.BagLabelled("HR2XYZ"))
    assert len(announced(told)) == 3


def test_what_the_platform_calls_the_return_is_on_it() -> None:
    names = (("rma", "RMA20240101A"), ("express", "HRVPBGPR"))
    told = shop(AT_DROP_OFF).told("r1")
    told.called = names
    went_on(told, *started(SHIRT), *dropped_off(SHIRT), f.BagLabelled("HR2ABC"))
    (one,) = announced(told)
    assert one.names == (("bag", "HR2ABC"), *sorted(names))
    told.called = (*names, ("label", "LABEL-7"))
    went_on(told)
    assert ("label", "LABEL-7") in announced(told)[1].names


def test_what_arrives_is_no_news_to_who_received_it() -> None:
    told = told_of(*started(SHIRT, JEANS), *dropped_off(SHIRT, JEANS))
    went_on(told, received(SHIRT))
    went_on(told, received(JEANS), inspected(SHIRT), inspected(JEANS, "missing"))
    assert len(announced(told)) == 1


def test_what_arrived_before_anybody_announced_it_is_not_announced() -> None:
    told = told_of(*started(SHIRT), *dropped_off(SHIRT), received(SHIRT))
    assert announced(told) == []


def test_a_unit_that_turned_up_beside_those_that_have_arrived_is_no_news() -> None:
    told = told_of(*started(SHIRT), *dropped_off(SHIRT))
    went_on(told, received(SHIRT))
    went_on(told, *started(JEANS), received(JEANS))
    assert len(announced(told)) == 1


def test_that_the_last_one_comes_no_more_is_news_though_the_others_have_arrived() -> None:
    told = told_of(*started(SHIRT, SECOND_SHIRT), policy=Policy("v1", announce_on="authorisation"))
    went_on(told, received(SHIRT), EXPIRED)
    assert [counts(one) for one in announced(told)] == [{"SHIRT-M": 2}, {"SHIRT-M": 1}]


def refused(told: Told, which: int = -1) -> str:
    key = e.key(announced(told)[which])
    told.records[key] = replace(told.records[key], standing="refused", frozen=True, why="400 no such site")
    told.decide()
    return key


def test_one_that_the_warehouse_refused_is_its_exception_until_all_has_arrived() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.do(next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb)))
    refused(told)
    (problem,) = [one for one in told.decision.exceptions if one.kind == "not-announced"]
    assert (problem.owner, problem.value[0].minor) == ("warehouse", 700)
    assert "400 no such site" in problem.cause
    went_on(told, received(SHIRT))
    assert "not-announced" not in told.problems()


def test_a_later_one_takes_the_place_of_one_that_was_refused_without_waiting_for_it() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT, JEANS), *dropped_off(SHIRT))
    told.do(next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb)))
    key = refused(told)
    told.tell(*dropped_off(JEANS))
    later = announced(told)[-1]
    assert later.follows == key
    assert key not in told.after[e.key(later)]
    told.do(e.key(later))
    assert "not-announced" not in told.problems()


def settled(told: Told) -> Told:
    """Refunded, received and in stock: nothing but an announcement could keep it open."""
    refund = f.RefundConfirmed("R1", "1001", ORDER_MONEY, "original", None, (SHIRT,), None)
    return went_on(told, refund, received(SHIRT), inspected(SHIRT))


ORDER_MONEY = Money(1944, "USD")


def test_a_refused_announcement_keeps_no_return_open_once_all_has_arrived() -> None:
    told = shop(AT_DROP_OFF).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.do(next(key for key in told.records if key.startswith(e.OpenReturnAuthorisation.verb)))
    refused(told)
    assert settled(told).decision.closed


def test_a_taking_back_that_was_refused_keeps_it_open_until_it_is_sent_or_waived() -> None:
    told = told_of(*started(SHIRT, SECOND_SHIRT), policy=Policy("v1", announce_on="authorisation"))
    told.tell(EXPIRED, f.ReturnExpired(SHIRT, MONDAY + 30 * DAY))
    key = refused(told)
    told.rest()
    assert "not-announced" in told.problems()
    assert not told.decision.closed
    went_on(told, f.ExceptionWaived(f"not-announced:r1:{key}", "warehouse", "told by telephone", MONDAY))
    assert told.decision.closed


def test_nothing_of_the_shopper_or_of_money_is_in_it() -> None:
    private = {"email": "shopper@example.com", "name": "Jane Roe", "street": "1 Elm St", "price": "19.44"}
    lines = tuple(replace(line, extra=private) for line in ORDER.lines)
    order: FrozenOrder = replace(ORDER, lines=lines, extra=private)
    told = Shop({"1001": order}, AT_DROP_OFF, known={"1001"}).told(
        "r1", *started(SHIRT), *dropped_off(SHIRT), *started(THIRD_SHIRT)
    )
    told.rest()
    said = repr(announced(told))
    assert "SHIRT-M" in said
    for secret in (*private.values(), "1944", "1800", "144", "5400", "USD"):
        assert secret not in said
