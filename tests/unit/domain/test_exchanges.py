"""An exchange: one order of price zero for what was stated, its value carried, no cent given or credited twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.ledger import squared
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from tests.support.world import Shop, Told
from tests.unit.domain.cast import (
    DAY,
    JEANS,
    JEANS_PRICE,
    MONDAY,
    SHIRT,
    SHIRT_PRICE,
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

OURS = Policy("v1", exchange_owner="backhaul")
EXCHANGE = f.ExchangeConfirmed("X1", JEANS, "JEANS-34", at=MONDAY)
DEARER = replace(EXCHANGE, value=usd(JEANS_PRICE + 700))
CHEAPER = replace(EXCHANGE, value=usd(JEANS_PRICE - 1500))


def charged(minor: int, exchange: str = "X1", sequence: int | None = None) -> f.ChargeConfirmed:
    return f.ChargeConfirmed("C1", "1001", usd(minor), exchange, sequence)


def exchanged(exchange: f.ExchangeConfirmed = EXCHANGE, policy: Policy = OURS) -> Told:
    """Jeans that were handed in at a bar for other ones, everything done that is due."""
    told = at_the_bar(JEANS, policy=policy)
    told.tell(exchange)
    told.rest()
    return told


def arrived(told: Told) -> Told:
    told.tell(received(JEANS), inspected(JEANS))
    told.rest()
    return told


def orders(told: Told) -> list[tuple[str, int, int]]:
    """SKU, quantity and value of the exchange orders that are owed or done."""
    made = told.documents(e.CreateExchangeOrder)
    return [(order.sku, order.quantity, order.net_minor + order.tax_minor) for order in made]


def credited(told: Told) -> list[int]:
    return [note.total_minor for note in told.documents(e.IssueCreditNote)]


def test_an_even_exchange_makes_one_order_that_carries_the_value_and_no_credit_note() -> None:
    told = arrived(exchanged())
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]
    (order,) = told.documents(e.CreateExchangeOrder)
    assert (order.net_minor, order.tax_minor) == (6000, 480)
    assert not credited(told)
    assert not told.problems()
    assert not told.awaited()
    (closed,) = told.documents(e.CloseReturnAuthorisation)
    assert closed.uncredited == ("1001-888-0",)
    assert told.balance("exchange-value") == JEANS_PRICE
    assert told.balance("credited:goods") == -6000
    assert told.balance("credited:tax") == -480
    assert told.decision.closed


def test_the_authorisation_of_exchanged_goods_is_closed_only_when_the_order_for_the_replacement_is_made() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(EXCHANGE, received(JEANS), inspected(JEANS))
    close = next(key for key in told.after if key.startswith("close"))
    assert next(key for key in told.records if key.startswith("create-exchange-order")) in told.after[close]


def test_what_a_cheaper_replacement_leaves_is_credited_and_no_cent_of_the_rest() -> None:
    """A jacket of 18.93 comes back for one of 3.65: 15.28 goes back, not 22.58 with the exchange counted twice over."""
    jacket = f.UnitName("2002", "901", sku="JACKET")
    line = FrozenLine("1", "JACKET", 1, 1753, 140, unit_cost_minor=900, platform_refs=("901",))
    order = FrozenOrder("2002", "SHOP-2002", "USD", (line,))
    told = Shop({"2002": order}, OURS, known={"2002"}).told(
        "r2", *started(jacket), *dropped_off(jacket), *approved(jacket)
    )
    told.tell(f.ExchangeConfirmed("X2", jacket, "SCARF", value=usd(365)))
    told.rest()
    assert told.awaited() >= {"refund"}
    told.tell(f.RefundConfirmed("R2", "2002", usd(1528), "original", None, ()), received(jacket), inspected(jacket))
    told.rest()
    assert credited(told) == [1528]
    assert orders(told) == [("SCARF", 1, 365)]
    assert not told.problems()
    assert told.balance("credited:goods") + told.balance("credited:tax") == -1893
    assert [one.uncredited for one in told.documents(e.CloseReturnAuthorisation)] == [()]
    assert told.balance("refunded:original") == 1528
    assert told.balance("exchange-value") == 365
    assert told.decision.closed


def test_a_refund_that_names_no_units_pays_for_none_that_was_exchanged_even() -> None:
    told = at_the_bar(JEANS, SHIRT, policy=OURS)
    told.tell(EXCHANGE, refunded(SHIRT_PRICE))
    told.rest()
    assert [line.sku for note in told.documents(e.IssueCreditNote) for line in note.lines] == ["SHIRT-M"]


def test_a_refund_of_the_whole_price_beside_a_cheaper_replacement_is_an_exception_of_the_difference() -> None:
    told = exchanged(CHEAPER)
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert "amount-differs" in told.problems()
    assert sum(credited(told)) == JEANS_PRICE
    assert told.balance("clearing:r1") == 0


def test_a_dearer_replacement_is_open_until_the_shopper_was_charged_for_it() -> None:
    told = arrived(exchanged(DEARER))
    (open_,) = [one for one in told.decision.exceptions if one.kind == "exchange-uncharged"]
    assert (open_.owner, open_.value) == ("customer-care", (usd(700),))
    assert told.balance("clearing:r1") == -700
    assert not squared(told.posted.values())
    told.tell(charged(700))
    assert not told.problems()
    assert told.balance("charged") == -700
    assert told.decision.closed


def test_a_charge_that_is_paid_back_later_opens_the_exchange_again() -> None:
    told = arrived(exchanged(DEARER))
    told.tell(charged(700, sequence=1), charged(0, sequence=2))
    assert told.problems() == {"exchange-uncharged"}
    assert told.balance("clearing:r1") == -700


def test_a_charge_counts_for_the_exchange_that_it_names() -> None:
    told = arrived(exchanged(DEARER))
    shirts = replace(DEARER, exchange="X2", unit=SHIRT, value=usd(SHIRT_PRICE + 100))
    told.tell(*started(SHIRT), *dropped_off(SHIRT), *approved(SHIRT), shirts)
    told.rest()
    told.tell(charged(100, exchange="X2"))
    (open_,) = [one for one in told.decision.exceptions if one.kind == "exchange-uncharged"]
    assert (open_.about, open_.value) == ("X1", (usd(700),))


def test_a_charge_of_too_much_is_an_exception_of_what_is_too_much() -> None:
    told = arrived(exchanged(DEARER))
    told.tell(charged(1000))
    (open_,) = [one for one in told.decision.exceptions if one.kind == "exchange-uncharged"]
    assert open_.value == (usd(300),)
    assert told.balance("clearing:r1") == 300


def test_what_is_not_charged_can_be_written_off_by_a_person() -> None:
    told = arrived(exchanged(DEARER))
    told.tell(f.ExceptionWaived("exchange-uncharged:r1:X1", "carla", "a gesture"))
    assert told.balance("write-off") == -700
    assert told.decision.closed
    told.tell(charged(700))
    assert told.balance("write-off") == 0
    assert told.decision.closed


def test_a_charge_for_an_exchange_that_nobody_told_of_is_shown_with_its_value() -> None:
    told = arrived(exchanged())
    told.tell(charged(700, exchange="X9"))
    (astray,) = [one for one in told.decision.exceptions if one.kind == "exchange-contradiction"]
    assert astray.value == (usd(700),)
    assert not told.decision.closed


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ("confirmation", []),
        ("approval", [*dropped_off(JEANS)]),
        ("approval", [*approved(JEANS)]),
        ("receipt", [*dropped_off(JEANS), received(JEANS)]),
    ],
)
def test_the_order_is_made_when_the_policy_says(when: str, facts: list[f.Fact]) -> None:
    policy = replace(OURS, exchange_on=when)  # type: ignore[arg-type]
    told = shop(policy).told("r1", *started(JEANS), *facts, EXCHANGE)
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]
    *before, _last = [*started(JEANS), *facts, EXCHANGE] if not facts else [EXCHANGE, *started(JEANS), *facts]
    assert not orders(shop(policy).told("r1", *before))


def test_no_order_is_made_for_goods_that_were_missing_from_the_parcel_where_it_waits_for_their_receipt() -> None:
    told = shop(replace(OURS, exchange_on="receipt")).told("r1", *started(JEANS), *dropped_off(JEANS), EXCHANGE)
    told.tell(received(JEANS), inspected(JEANS, "missing"))
    assert not orders(told)
    assert not told.documents(e.CloseReturnAuthorisation)
    told.tell(f.FateDecided("1001-888-0", "claimed", "wanda", "the carrier lost it", "C-7"))
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]


def test_an_authorisation_stays_open_while_its_exchange_is_held_for_an_audit() -> None:
    told = shop(OURS).told("r1", *started(JEANS), *dropped_off(JEANS), f.RefundHeld(JEANS), EXCHANGE)
    arrived(told)
    assert not orders(told)
    assert not told.documents(e.CloseReturnAuthorisation)
    (audit,) = told.decision.expectations
    assert (audit.kind, audit.value) == ("audit", (usd(JEANS_PRICE),)), "somebody hears of it when it takes too long"
    told.tell(f.RefundReleased(JEANS))
    told.rest()
    assert told.decision.closed


def test_an_audit_is_not_awaited_for_what_was_replaced_already() -> None:
    told = exchanged()
    told.tell(f.RefundHeld(JEANS))
    arrived(told)
    assert not told.awaited()


def test_where_the_platform_makes_the_order_it_is_only_recorded() -> None:
    told = exchanged(policy=Policy("v1"))
    assert not orders(told)
    assert told.balance("exchange-value") == JEANS_PRICE
    assert arrived(told).decision.closed


def test_an_exchange_that_is_called_off_before_its_order_is_made_is_a_refund() -> None:
    told = shop(replace(OURS, exchange_on="receipt")).told("r1", *started(JEANS), *dropped_off(JEANS), EXCHANGE)
    told.tell(f.ExchangeCancelled("X1"), *approved(JEANS), refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert not orders(told)
    assert arrived(told).decision.closed
    assert credited(told) == [JEANS_PRICE]


def test_an_exchange_that_falls_back_to_a_refund_is_withdrawn_before_a_cent_is_credited() -> None:
    told = exchanged()
    told.tell(f.ExchangeCancelled("X1", "carla", "out of fashion"), refunded(JEANS_PRICE, JEANS))
    (withdraw,) = [key for key in told.due() if key.startswith("cancel-exchange-order")]
    assert not [key for key in told.due() if key.startswith("issue-credit-note")]
    told.do(withdraw)
    told.rest()
    assert credited(told) == [JEANS_PRICE]
    assert told.balance("exchange-value") == 0
    assert arrived(told).decision.closed


def test_a_replacement_that_has_left_cannot_be_withdrawn_and_nothing_is_credited() -> None:
    told = exchanged()
    told.tell(f.ExchangeCancelled("X1"), refunded(JEANS_PRICE, JEANS))
    told.refuse(next(key for key in told.due() if key.startswith("cancel-exchange-order")), "exchange-shipped")
    told.rest()
    (shipped,) = [one for one in told.decision.exceptions if one.kind == "exchange-shipped"]
    assert shipped.value == (usd(JEANS_PRICE),)
    assert not [key for key in told.records if told.is_done(key) and key.startswith("issue-credit-note")]


def test_what_is_out_of_stock_waits_for_a_person_who_has_it_refunded_instead() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(EXCHANGE)
    told.refuse(next(key for key in told.due() if key.startswith("create-exchange-order")), "exchange-out-of-stock")
    (short,) = [one for one in told.decision.exceptions if one.kind == "exchange-out-of-stock"]
    assert (short.owner, short.value) == ("customer-care", (usd(JEANS_PRICE),))
    assert told.balance("exchange-value") == 0
    told.tell(f.ExchangeCancelled("X1", "carla", "the shopper wants the money"))
    assert not told.problems()
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    assert credited(told) == [JEANS_PRICE]
    assert arrived(told).decision.closed


def test_an_exchange_told_of_after_the_unit_was_credited_whole_makes_no_order() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(refunded(JEANS_PRICE, JEANS))
    told.rest()
    told.tell(EXCHANGE)
    assert told.problems() == {"exchange-after-refund"}
    assert not orders(told)
    assert told.balance("exchange-value") == 0


def test_two_sources_that_state_different_replacements_make_no_order() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(EXCHANGE, replace(EXCHANGE, replacement_sku="JEANS-36"))
    assert "exchange-contradiction" in told.problems()
    assert not orders(told)


def test_two_exchanges_of_one_unit_make_one_order() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(EXCHANGE, replace(EXCHANGE, exchange="X2", replacement_sku="JEANS-36"))
    told.rest()
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]
    assert "exchange-contradiction" in told.problems()


def test_an_order_that_was_attempted_stays_as_it_was_when_the_value_is_told_anew() -> None:
    told = exchanged()
    told.tell(CHEAPER)
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]


def test_goods_that_never_come_for_a_replacement_that_went_out_at_once_are_charged() -> None:
    told = shop(replace(OURS, exchange_on="confirmation")).told("r1", *started(JEANS), EXCHANGE)
    told.rest()
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE)]
    assert told.awaited() == {"drop-off"}
    told.tell(f.ReturnExpired(JEANS, MONDAY + 30 * DAY))
    told.rest()
    (open_,) = [one for one in told.decision.exceptions if one.kind == "exchange-uncharged"]
    assert open_.value == (usd(JEANS_PRICE),)
    told.tell(charged(JEANS_PRICE))
    assert told.balance("clearing:r1") == 0
    assert told.decision.closed


def test_the_rest_of_a_cheaper_exchange_that_was_credited_before_anybody_spoke_of_it_is_no_refund_of_the_unit() -> None:
    told = at_the_bar(JEANS, policy=OURS)
    told.tell(refunded(1500, JEANS))
    told.rest()
    assert told.problems() == {"amount-differs"}
    told.tell(CHEAPER)
    told.rest()
    assert orders(told) == [("JEANS-34", 1, JEANS_PRICE - 1500)]
    assert arrived(told).decision.closed
    assert sum(told.balance(f"credited:{part}") for part in ("goods", "tax", "over-refund")) == -JEANS_PRICE


def test_what_an_exchange_is_worth_counts_once_and_never_as_money_too() -> None:
    """An order of 1528.00 of which something for 365.00 is exchanged: the rest is 1163.00, not 2258.00 or 798.00."""
    coat = f.UnitName("1528", "1", sku="COAT")
    sofa = f.UnitName("1528", "2", sku="SOFA")
    lines = (
        FrozenLine("1", "COAT", 1, 36_500, 0, platform_refs=("1",)),
        FrozenLine("2", "SOFA", 1, 116_300, 0, platform_refs=("2",)),
    )
    order = FrozenOrder("1528", "SHOP-1528", "USD", lines)
    told = Shop({"1528": order}, OURS, known={"1528"}).told("r1", *started(coat, sofa), *dropped_off(coat, sofa))
    told.tell(f.ExchangeConfirmed("X1", coat, "COAT-L", at=MONDAY), *approved(coat, sofa))
    told.rest()
    assert orders(told) == [("COAT-L", 1, 36_500)]
    told.tell(f.RefundConfirmed("R1", "1528", usd(116_300), units=(sofa,)))
    told.tell(*(received(unit) for unit in (coat, sofa)), *(inspected(unit) for unit in (coat, sofa)))
    told.rest()
    credited = sum(note.total_minor for note in told.documents(e.IssueCreditNote))
    assert credited == 116_300
    assert credited + orders(told)[0][2] == 152_800
    assert told.balance("clearing:r1") == 0
    assert told.decision.closed
