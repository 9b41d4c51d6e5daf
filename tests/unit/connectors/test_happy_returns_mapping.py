"""What a merchant's own payload carries beyond the published fields is read where the settings say it is."""

from typing import Any

import pytest
from pydantic import ValidationError

from backhaul.domain import facts as f
from backhaul.domain.money import Money
from backhaul.sdk.messages import Unreadable
from tests.unit.connectors.told import NOW, asn, item, read, settings

MONEY = {"refund_id": "/refund/id", "refund_amount": "/refund/amount", "refund_currency": "/refund/currency"}


def refunds(body: Any, mapping: dict[str, str], **more: Any) -> list[f.RefundConfirmed]:
    """The refunds that are read."""
    (reading,) = read(body, mapping=mapping, **more)
    return [fact for fact in reading.facts if isinstance(fact, f.RefundConfirmed)]


def paid(amount: Any = "21.60", currency: str = "USD", **more: Any) -> dict[str, Any]:
    """An approval whose item carries a refund."""
    return asn("approved", items=[item(refund={"id": "re_1", "amount": amount, "currency": currency}, **more)])


def test_nothing_is_read_that_no_pointer_names() -> None:
    assert refunds(paid(), {}) == []


def test_an_item_s_own_amount_is_a_refund_of_that_unit() -> None:
    (refund,) = refunds(paid(), MONEY)
    unit = f.UnitName("SHOP-1001", "12345", 0, None, "SHIRT-M")
    assert refund == f.RefundConfirmed("re_1/SHOP-1001-12345-0", "SHOP-1001", Money(2160, "USD"), units=(unit,), at=NOW)


def test_one_amount_for_the_whole_body_is_one_refund_whatever_the_number_of_items() -> None:
    body = asn("approved", items=[item(), item(orderLineItemID="12345-1-2")], total={"id": "re_1", "minor": 4320})
    mapping = {"refund_id": "$/total/id", "refund_amount": "$/total/minor", "refund_currency": "USD"}
    (refund,) = refunds(body, mapping, refund_amounts_in="minor")
    assert (refund.refund, refund.amount, refund.units) == ("re_1", Money(4320, "USD"), ())


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [(21.6, "USD", 2160), (2160, "JPY", 2160), ("0.1", "KWD", 100), (0.07, "EUR", 7)]
)
def test_an_amount_is_exact_in_the_currency_s_own_minor_units(amount: Any, currency: str, minor: int) -> None:
    assert refunds(paid(amount, currency), MONEY)[0].amount == Money(minor, currency)


@pytest.mark.parametrize("amount", ["21.605", "many", True, "NaN", "1e99", {}])
def test_an_amount_that_is_none_is_not_rounded_into_one(amount: Any) -> None:
    with pytest.raises(Unreadable, match="refund_amount"):
        refunds(paid(amount), MONEY)


def test_an_amount_without_a_currency_is_no_money() -> None:
    with pytest.raises(Unreadable, match="without a currency"):
        refunds(paid(), {"refund_id": "/refund/id", "refund_amount": "/refund/amount"})
    with pytest.raises(Unreadable, match="not a currency code"):
        refunds(paid(currency="dollars"), MONEY)


def test_a_refund_without_an_amount_or_an_id_is_not_confirmed() -> None:
    assert refunds(asn("approved"), MONEY) == []
    assert refunds(paid(), {"refund_amount": "/refund/amount", "refund_currency": "USD"}) == []


def test_tender_and_fee_are_read_beside_the_amount() -> None:
    body = asn("approved", items=[item(refund={"id": "re_1", "amount": "20.60", "fee": "1.00", "to": "gift card"})])
    mapping = MONEY | {"refund_currency": "USD", "refund_fee": "/refund/fee", "refund_tender": "/refund/to"}
    (refund,) = refunds(body, mapping)
    assert (refund.fee, refund.tender) == (Money(100, "USD"), "gift card")


def test_a_stated_replacement_makes_an_exchange() -> None:
    (reading,) = read(asn("approved", items=[item(swap="SHIRT-L")]), mapping={"replacement_sku": "/swap"})
    exchanges = [fact for fact in reading.facts if isinstance(fact, f.ExchangeConfirmed)]
    assert [(each.exchange, each.replacement_sku) for each in exchanges] == [("exchange-SHOP-1001-12345-0", "SHIRT-L")]


def test_a_disposition_is_counted_only_for_a_unit_that_can_be_told_apart() -> None:
    mapping = {"disposition": "/grade", "item_id": "/unit"}
    (reading,) = read(asn("approved", items=[item(grade="damaged", unit="u-1")]), mapping=mapping)
    found = [fact for fact in reading.facts if isinstance(fact, f.ItemInspected)]
    assert [(each.unit.item, each.disposition, each.total, each.site) for each in found] == [
        ("u-1", "damaged", 1, "happy-returns")
    ]
    with pytest.raises(Unreadable, match="without an item id"):
        read(asn("approved", items=[item(grade="damaged")]), mapping=mapping)


def test_times_in_a_polled_item_tell_what_no_webhook_told() -> None:
    body = {"items": [item(received_at="2026-11-02T10:00:00Z", refunded_at="2026-11-02T10:00:05Z")]}
    mapping = {"dropped_off_at": "/received_at", "approved_at": "/refunded_at"}
    (reading,) = read(body, "return.polled", mapping=mapping)
    assert [type(fact) for fact in reading.facts] == [f.ReturnInitiated, f.ItemDroppedOff, f.RefundApproved]


def test_an_express_code_in_a_webhook_names_the_return() -> None:
    (reading,) = read(asn(items=[item(code="HRVPBGPR")]), mapping={"express_code": "/code"})
    assert [(name.kind, name.value) for name in reading.names] == [("return", "r-1"), ("express", "HRVPBGPR")]


@pytest.mark.parametrize("mapping", [{"refund_id": "refund/id"}, {"refund_id": "/a~2"}, {"colour": "/a"}])
def test_a_wrong_mapping_is_refused_with_the_settings(mapping: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(mapping=mapping)
