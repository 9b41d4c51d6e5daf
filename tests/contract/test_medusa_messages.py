"""What a Medusa shop forwards and what its polls bring is read by the contract; what it costs is right to the cent."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr, ValidationError

from backhaul.connectors.medusa import connector
from backhaul.connectors.medusa.amounts import sent, whole
from backhaul.connectors.medusa.reader import REFUND, read_refund
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.connectors.medusa.statements import refund_note
from backhaul.domain import facts as f
from backhaul.domain.document_lines import StorefrontLine
from backhaul.domain.money import Money
from backhaul.sdk.conformance import NOW, ReadingContract
from backhaul.sdk.messages import Message, readings_of

FIXTURES = Path(__file__).parent / "fixtures" / "medusa"
NEWS = json.loads((FIXTURES / "order-news.refunded.json").read_text())
SIGNED = MedusaSettings(
    base_url="https://shop.example.com",
    key=SecretStr("sk_made_up"),
    signature_secrets=(SecretStr("hush"),),
    return_location="sloc_1",
    tenders={"pp_wallet": "store-credit"},
)


class TestMedusasMessages(ReadingContract):
    connector = connector
    settings = SIGNED
    closed = SIGNED.model_copy(update={"signature_secrets": ()})
    secrets = ("sk_made_up", "hush")
    polled = frozenset({REFUND})
    examples: ClassVar[dict[str, bytes]] = {file.stem: file.read_bytes() for file in FIXTURES.glob("*.json")}
    unknown = (json.dumps({**NEWS, "name": "weather.changed"}).encode(),)


def told(name: str, settings: MedusaSettings = SIGNED, **other: str) -> f.RefundConfirmed:
    body = {**json.loads((FIXTURES / f"{name}.json").read_text()), **other}
    (reading,) = readings_of(read_refund(Message("medusa", json.dumps(body).encode(), NOW, kind=REFUND), settings))
    (fact,) = reading.facts
    assert isinstance(fact, f.RefundConfirmed)
    assert reading.order == fact.order
    return fact


def test_a_refund_of_ours_says_in_its_note_what_it_is_for() -> None:
    fact = told("refund")
    assert (fact.order, fact.amount, fact.tender) == ("1004", Money(4320, "USD"), "original")
    assert [(unit.line, unit.sku) for unit in fact.units] == [
        ("ordli_01M8GHAZ59VHBT74BRMKMVM5MS", "SET"),
        *[("ordli_01M8GHAZ59WNCAX53AQ8W8WXH5", "SHIRT-M")] * 2,
    ]


def test_of_one_by_hand_only_the_money_is_known_rounded_to_the_cent() -> None:
    fact = told("refund.by_hand", provider="pp_wallet")
    assert (fact.amount, fact.tender, fact.units) == (Money(556, "USD"), "store-credit", ())


def test_where_line_ids_are_not_shared_only_the_sku_is_said() -> None:
    fact = told("refund", SIGNED.model_copy(update={"line_ids": "own"}))
    assert {(unit.line, unit.sku) for unit in fact.units} == {(None, "SET"), (None, "SHIRT-M")}


@pytest.mark.parametrize("sku", ["SHIRT, M/L [blue] x 2", "ÄRMEL 1", "a%20b", ""])
def test_any_sku_comes_back_out_of_the_note(sku: str) -> None:
    lines = (StorefrontLine("1", sku, ("u1", "u2"), "ordli_1"), StorefrontLine("2", "MUG", ("u3",)))
    fact = told("refund", note=refund_note("RMA, [1] for x/y", "issue-refund:r:1:u1", lines))
    assert [(unit.line, unit.sku) for unit in fact.units] == [*[("ordli_1", sku or None)] * 2, (None, "MUG")]


def test_cents_go_to_the_largest_remainders_and_sum_to_the_rounded_sum() -> None:
    assert whole([Decimal("19.44"), Decimal("46.656")], "usd") == (1944, 4666)
    assert whole([Decimal("0.005")] * 3, "usd") == (1, 1, 0)
    assert whole([Decimal("100.4"), Decimal("100.4")], "jpy") == (101, 100)
    assert whole([], "usd") == ()


def test_what_is_left_of_a_payment_to_less_than_a_cent_goes_with_the_last_of_it() -> None:
    assert sent(Money(7150, "USD"), Decimal("71.496")) == 71.496
    assert sent(Money(7149, "USD"), Decimal("71.496")) == 71.49
    assert sent(Money(2160, "USD"), Decimal("71.496")) == 21.6
    assert sent(Money(300, "JPY"), Decimal("300.4")) == 300.4


def test_an_order_is_known_by_one_of_three_names() -> None:
    for field in ("display_id", "id", "metadata.reference"):
        assert SIGNED.model_validate({**SIGNED.model_dump(), "order_field": field}).order_field == field
    with pytest.raises(ValidationError):
        SIGNED.model_validate({**SIGNED.model_dump(), "order_field": "email"})
