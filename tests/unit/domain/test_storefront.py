"""What the storefront is owed: its own return, the goods as they were found, our refund, its stock, and the mark."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.policy import Policy
from tests.support.world import Told
from tests.unit.domain.cast import (
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    THIRD_SHIRT,
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

SHOP = Policy("v1", storefront_returns="authorisation", mark_orders="changes")
PAYS = replace(SHOP, refund_owner="backhaul")
FLUSHES = replace(SHOP, stock_owners={"*": "backhaul"})
RESTOCKS = replace(SHOP, stock_owners={"*": "storefront"})


def marks(told: Told) -> list[tuple[str, str]]:
    sent = sorted(told.documents(e.MarkOrder), key=lambda one: one.sequence)
    return [(one.goods, one.money) for one in sent]


def pay(told: Told, refund: str = "R1") -> Told:
    """The storefront confirms what we had it pay, as it states it: by its lines."""
    for one in told.documents(e.IssueRefund):
        units = tuple(told.state.units[ref] for line in one.lines for ref in line.units)
        names = tuple(f.UnitName(unit.order, unit.line, unit.offset, sku=unit.sku) for unit in units)
        told.tell(f.RefundConfirmed(refund, "1001", usd(one.amount_minor), units=names))
    return told


def test_without_a_storefront_nothing_is_owed_to_it() -> None:
    told = at_the_bar(SHIRT)
    assert not told.documents(e.OpenStorefrontReturn)
    assert not told.documents(e.MarkOrder)


def test_the_storefront_has_a_return_before_the_goods_come() -> None:
    told = shop(SHOP).told("r1", *started(SHIRT, JEANS))
    told.rest()
    (opened,) = told.documents(e.OpenStorefrontReturn)
    assert [(line.sku, line.line_ref, line.quantity) for line in opened.lines] == [
        ("SHIRT-M", "777", 1),
        ("JEANS-32", "888", 1),
    ]
    told.tell(*dropped_off(SHIRT, JEANS), *approved(SHIRT, JEANS), refunded(SHIRT_PRICE + JEANS_PRICE, SHIRT, JEANS))
    told.rest()
    assert len(told.documents(e.OpenStorefrontReturn)) == 1


def test_a_return_that_never_comes_is_cancelled_at_the_storefront_and_opened_anew_when_it_does() -> None:
    told = shop(SHOP).told("r1", *started(SHIRT))
    told.rest()
    told.tell(f.ReturnExpired(SHIRT))
    told.rest()
    assert len(told.documents(e.CancelStorefrontReturn)) == 1
    assert marks(told)[-1] == ("called-off", "none")
    told.tell(*dropped_off(SHIRT))
    told.rest()
    assert sorted(one.again for one in told.documents(e.OpenStorefrontReturn)) == [0, 1]


def test_goods_are_told_to_the_storefront_when_they_are_looked_at_and_not_before() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, policy=RESTOCKS)
    told.tell(received(SHIRT, 2))
    told.rest()
    assert not told.documents(e.TakeBackAtStorefront)
    told.tell(inspected(SHIRT), inspected(SHIRT, "damaged"))
    told.rest()
    (taken,) = told.documents(e.TakeBackAtStorefront)
    assert sorted((line.restock, line.location, line.quantity) for line in taken.lines) == [
        (False, "DAMAGED", 1),
        (True, "STO", 1),
    ]


def test_a_second_look_counts_what_was_told_before() -> None:
    told = at_the_bar(SHIRT, SECOND_SHIRT, policy=RESTOCKS)
    told.tell(received(SHIRT, 2), inspected(SHIRT))
    told.rest()
    told.tell(inspected(SHIRT, total=2))
    told.rest()
    lines = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
    assert sorted((line.before.told, line.quantity) for line in lines) == [(0, 1), (1, 1)]


def test_a_location_has_one_owner() -> None:
    """What the storefront raises itself is not flushed, what we flush it must not raise, and the ERP's is neither."""
    for policy, restocked, flushed in ((RESTOCKS, 1, 0), (FLUSHES, 0, 1), (SHOP, 0, 0)):
        told = at_the_bar(SHIRT, policy=policy)
        told.tell(received(SHIRT), inspected(SHIRT))
        told.rest()
        lines = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
        assert sum(line.restock for line in lines) == restocked
        assert len(told.documents(e.RestockAtStorefront)) == flushed


def test_an_owner_that_changes_on_the_way_counts_no_unit_twice() -> None:
    told = at_the_bar(SHIRT, policy=RESTOCKS)
    told.tell(received(SHIRT), inspected(SHIRT))
    told.rest()
    told.shop.policy = FLUSHES
    told.decide()
    told.rest()
    assert not told.documents(e.RestockAtStorefront)

    told = at_the_bar(SHIRT, policy=FLUSHES)
    told.tell(received(SHIRT), inspected(SHIRT))
    for verb in ("receive-return", "restock", "restock-at-storefront"):
        told.do(next(key for key in told.due() if key.startswith(f"{verb}:")))
    told.shop.policy = RESTOCKS
    told.decide()
    told.rest()
    (taken,) = told.documents(e.TakeBackAtStorefront)
    assert not any(line.restock for line in taken.lines)


def test_what_the_erp_has_raised_already_is_raised_by_nobody_else() -> None:
    """Given to us on the way, a unit that the ERP's own push had counted was flushed once more."""
    for policy in (FLUSHES, RESTOCKS):
        told = at_the_bar(SHIRT, SECOND_SHIRT, policy=SHOP)
        told.tell(received(SHIRT), inspected(SHIRT))
        for verb in ("receive-return", "restock"):
            told.do(next(key for key in told.due() if key.startswith(f"{verb}:")))
        told.shop.policy = policy
        told.decide()
        told.rest()
        assert not told.documents(e.RestockAtStorefront)
        assert not any(line.restock for one in told.documents(e.TakeBackAtStorefront) for line in one.lines)
        told.tell(received(SHIRT, 2), inspected(SHIRT, total=2))
        told.rest()
        taken = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
        raised = len(told.documents(e.RestockAtStorefront)) + sum(line.quantity for line in taken if line.restock)
        assert raised == 1, "the second is its new owner's"


def test_what_was_to_be_raised_when_it_was_placed_is_raised_whoever_owns_the_stock_since() -> None:
    told = at_the_bar(SHIRT, policy=FLUSHES)
    told.tell(received(SHIRT), inspected(SHIRT))
    for verb in ("receive-return", "restock"):
        told.do(next(key for key in told.due() if key.startswith(f"{verb}:")))
    told.shop.policy = SHOP
    told.decide()
    told.rest()
    assert len(told.documents(e.RestockAtStorefront)) == 1


def test_what_becomes_sellable_after_the_storefront_took_it_back_is_raised_by_us() -> None:
    """It took it back into quarantine and raises nothing for it any more."""
    told = at_the_bar(SHIRT, policy=RESTOCKS)
    told.tell(received(SHIRT), inspected(SHIRT, "quarantine"))
    told.rest()
    told.tell(f.DispositionDecided("1001-777-0", "sellable", "Jo", "looked at it", MONDAY))
    told.rest()
    taken = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
    assert not any(line.restock for line in taken)
    assert len(told.documents(e.RestockAtStorefront)) == 1


def test_our_refund_goes_out_once_on_the_platforms_word() -> None:
    told = shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)
    told.tell(*approved(SHIRT))
    told.rest()
    (refund,) = told.documents(e.IssueRefund)
    assert refund.amount_minor == SHIRT_PRICE
    assert not told.documents(e.IssueCreditNote), "asked for is not paid"
    pay(told)
    told.rest()
    assert len(told.documents(e.IssueRefund)) == 1
    assert [note.total_minor for note in told.documents(e.IssueCreditNote)] == [SHIRT_PRICE]


def test_what_somebody_paid_by_hand_is_not_paid_by_us() -> None:
    told = shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT), refunded(SHIRT_PRICE, SHIRT))
    told.tell(*approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)
    assert [note.total_minor for note in told.documents(e.IssueCreditNote)] == [SHIRT_PRICE]


def test_our_refund_says_which_others_it_is_besides() -> None:
    told = shop(PAYS).told("r1", *started(SHIRT, JEANS), *dropped_off(SHIRT, JEANS), refunded(SHIRT_PRICE, SHIRT))
    told.tell(*approved(SHIRT, JEANS))
    told.rest()
    (refund,) = told.documents(e.IssueRefund)
    assert (refund.amount_minor, refund.besides) == (JEANS_PRICE, ("R1",))


def test_what_is_pending_is_not_paid_by_us() -> None:
    told = shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.tell(f.RefundPending("R1", "1001", usd(SHIRT_PRICE), units=(SHIRT,)), *approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)
    assert marks(told)[-1] == ("dropped-off", "pending")


def test_where_the_platform_pays_we_do_not() -> None:
    told = at_the_bar(SHIRT, policy=SHOP)
    assert not told.documents(e.IssueRefund)


def test_a_unit_approved_later_has_a_refund_of_its_own() -> None:
    told = at_the_bar(SHIRT, policy=PAYS)
    pay(told)
    told.tell(*started(JEANS), *dropped_off(JEANS), *approved(JEANS))
    told.rest()
    assert sorted(one.amount_minor for one in told.documents(e.IssueRefund)) == [SHIRT_PRICE, JEANS_PRICE]


def test_an_exchanged_unit_is_not_refunded_by_us() -> None:
    policy = replace(PAYS, exchange_owner="backhaul", exchange_at="both")
    told = shop(policy).told("r1", *started(SHIRT), *dropped_off(SHIRT))
    told.tell(f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"), *approved(SHIRT))
    told.rest()
    assert not told.documents(e.IssueRefund)
    assert marks(told)[-1] == ("dropped-off", "exchanged")


def test_the_fee_is_kept_once() -> None:
    policy = replace(PAYS, fees={"mail": usd(500)})
    told = shop(policy).told("r1", *started(SHIRT, JEANS, method="mail"), *dropped_off(SHIRT, JEANS), *approved(SHIRT))
    told.rest()
    told.tell(*approved(JEANS))
    told.rest()
    assert sorted((one.amount_minor, one.fee_minor) for one in told.documents(e.IssueRefund)) == [
        (SHIRT_PRICE - 500, 500),
        (JEANS_PRICE, 0),
    ]


def test_a_refund_on_receipt_waits_for_the_goods_and_one_on_inspection_for_what_is_sellable() -> None:
    told = at_the_bar(SHIRT, policy=replace(PAYS, refund_on="receipt"))
    assert not told.documents(e.IssueRefund)
    told.tell(received(SHIRT))
    told.rest()
    assert len(told.documents(e.IssueRefund)) == 1
    for condition, paid in (("damaged", 0), ("sellable", 1)):
        told = at_the_bar(SHIRT, policy=replace(PAYS, refund_on="inspection"))
        told.tell(received(SHIRT), inspected(SHIRT, condition))
        told.rest()
        assert len(told.documents(e.IssueRefund)) == paid
    told = at_the_bar(SHIRT, policy=replace(PAYS, refund_on="inspection"))
    told.tell(received(SHIRT), inspected(SHIRT, "damaged"))
    told.tell(f.ApprovalDecided("1001-777-0", True, "Jo", "our fault", MONDAY))  # noqa: FBT003
    told.rest()
    assert len(told.documents(e.IssueRefund)) == 1


def test_what_a_person_or_the_rule_lets_us_pay_the_platform_is_not_told_to_pay_too() -> None:
    """One who pays: told to approve, the platform would have paid the same unit a second time."""
    for approve, says in (("person", [f.ApprovalDecided("1001-777-0", True, "Jo", "new", MONDAY)]), ("sellable", [])):  # noqa: FBT003
        policy = replace(PAYS, approve_refunds=approve)  # type: ignore[arg-type]
        told = shop(policy).told("r1")
        told.called = (("express", "HRVPBGPR"), ("return", "515764c3"))
        unit = replace(SHIRT, item="i-1")
        told.tell(*started(unit, method="mail"), *dropped_off(unit), received(SHIRT), inspected(SHIRT), *says)
        told.rest()
        assert len(told.documents(e.IssueRefund)) == 1
        assert not told.documents(e.ApproveRefund)


def test_what_the_platform_was_told_to_pay_before_is_not_paid_by_us() -> None:
    told = shop(replace(SHOP, approve_refunds="sellable")).told("r1")
    told.called = (("express", "HRVPBGPR"), ("return", "515764c3"))
    unit = replace(SHIRT, item="i-1")
    told.tell(*started(unit, method="mail"), *dropped_off(unit), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert len(told.documents(e.ApproveRefund)) == 1
    told.shop.policy = replace(PAYS, approve_refunds="sellable")
    told.tell(*approved(unit))
    told.rest()
    assert not told.documents(e.IssueRefund)


def test_a_declined_or_held_unit_is_not_paid_for() -> None:
    for word in (f.RefundDeclined, f.RefundHeld):
        told = shop(PAYS).told("r1", *started(SHIRT), *dropped_off(SHIRT), word(SHIRT), *approved(SHIRT))
        told.rest()
        assert not told.documents(e.IssueRefund)


def test_the_storefronts_order_of_an_exchange_comes_first_and_gives_the_erps_its_number() -> None:
    policy = replace(SHOP, exchange_owner="backhaul", exchange_at="both")
    told = shop(policy).told("r1", *started(SHIRT), *dropped_off(SHIRT), f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"))
    due = [key for key in told.due() if "exchange" in key]
    assert [key.split(":")[0] for key in due] == ["order-exchange-at-storefront"]
    told.do(due[0])
    told.tell(f.ExchangeOrdered("X1", "#1007"))
    (erp,) = told.documents(e.CreateExchangeOrder)
    assert erp.number == "#1007"
    told.rest()
    assert told.is_done(e.key(erp))


def test_an_exchange_that_became_a_refund_is_withdrawn_in_both_before_anything_is_credited() -> None:
    policy = replace(SHOP, exchange_owner="backhaul", exchange_at="both")
    told = shop(policy).told("r1", *started(SHIRT), *dropped_off(SHIRT), f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"))
    told.rest()
    told.tell(f.ExchangeCancelled("X1"), *approved(SHIRT), refunded(SHIRT_PRICE, SHIRT))
    order = []
    while due := told.due():
        order.append(due[0].split(":")[0])
        told.do(due[0])
    steps = [verb for verb in order if "exchange" in verb or verb == "issue-credit-note"]
    assert steps == ["cancel-exchange-at-storefront", "cancel-exchange-order", "issue-credit-note"]


def test_a_return_that_is_through_is_closed_at_the_storefront() -> None:
    told = at_the_bar(SHIRT, policy=SHOP)
    told.tell(refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT))
    told.rest()
    assert len(told.documents(e.CloseStorefrontReturn)) == 1
    assert told.decision.closed


def test_each_change_is_marked_once_and_what_was_never_sent_is_skipped() -> None:
    told = shop(SHOP).told("r1", *started(SHIRT))
    told.tell(*dropped_off(SHIRT))
    told.tell(*approved(SHIRT))
    told.rest()
    assert marks(told) == [("dropped-off", "approved")]
    told.tell(refunded(SHIRT_PRICE, SHIRT), received(SHIRT))
    told.rest()
    told.tell(inspected(SHIRT))
    told.rest()
    assert marks(told) == [("dropped-off", "approved"), ("received", "refunded"), ("inspected", "refunded")]
    told.tell(received(SHIRT))
    told.rest()
    assert len(marks(told)) == 3


def test_the_mark_says_the_least_far_of_several_units() -> None:
    told = at_the_bar(SHIRT, JEANS, policy=SHOP)
    told.tell(received(SHIRT), inspected(SHIRT), refunded(SHIRT_PRICE, SHIRT))
    told.rest()
    assert marks(told)[-1] == ("dropped-off", "approved")


def test_our_refund_waits_until_the_replacement_is_withdrawn() -> None:
    policy = replace(PAYS, exchange_owner="backhaul", exchange_at="both")
    told = shop(policy).told("r1", *started(SHIRT), *dropped_off(SHIRT), f.ExchangeConfirmed("X1", SHIRT, "SHIRT-L"))
    told.rest()
    told.tell(f.ExchangeCancelled("X1"), *approved(SHIRT))
    told.refuse(next(key for key in told.due() if key.startswith("cancel-exchange-at-storefront:")), "exchange-shipped")
    told.rest()
    (refund,) = told.documents(e.IssueRefund)
    assert not told.is_done(e.key(refund)), "nobody gets both"


def test_a_second_refund_has_the_room_that_the_first_left() -> None:
    """What our first refund came to is counted once, as stated; not once more as ours."""
    told = at_the_bar(SHIRT, SECOND_SHIRT, JEANS, policy=PAYS)
    pay(told)
    told.tell(*started(THIRD_SHIRT), *dropped_off(THIRD_SHIRT), *approved(THIRD_SHIRT))
    told.rest()
    assert sum(one.amount_minor for one in told.documents(e.IssueRefund)) == 3 * SHIRT_PRICE + JEANS_PRICE


def test_which_of_two_alike_is_the_damaged_one_does_not_raise_a_unit_twice_nor_never() -> None:
    for first, second, restocked in (("sellable", "damaged", [True, False]), ("damaged", "sellable", [False, True])):
        told = shop(RESTOCKS).told("r1", *started(SHIRT), *dropped_off(SHIRT))
        told.tell(received(SHIRT), inspected(SHIRT, first))
        told.rest()
        told.tell(
            *started(SECOND_SHIRT),
            received(SHIRT, 2),
            f.DispositionDecided("1001-777-0", second, "Jo", "it is the other one", MONDAY),
            f.DispositionDecided("1001-777-1", first, "Jo", "it is the other one", MONDAY),
        )
        told.rest()
        lines = [line for one in told.documents(e.TakeBackAtStorefront) for line in one.lines]
        assert [line.restock for line in sorted(lines, key=lambda one: one.before.told)] == restocked
