"""What customer care decides about an exchange, in the browser, at a desk and on a phone."""

from __future__ import annotations

import pytest

from backhaul.store import models
from tests.browser.conftest import Screen
from tests.support.town import Played

pytestmark = pytest.mark.browser


def exchanged(played: Played) -> str:
    """The page of a return of which one unit is exchanged for something dearer."""
    started = models.Fact.objects.filter(kind="ReturnInitiated", return_ref__merchant_id=played.acme.merchant_id)
    row = started.order_by("id")[0]
    unit = row.body["unit"]
    name = models.Identity.objects.filter(return_ref=row.return_ref_id, kind="return").values_list("value", flat=True)[
        0
    ]
    body = {
        "message_id": "x-1", "occurred_at": "2026-11-09T08:00:00Z", "kind": "exchange", "order_number": unit["order"],
        "return_ref": {"kind": "return", "value": name}, "exchange_id": "ex_1", "replacement_sku": "MUG",
        "unit": {"line_ref": unit["line"], "offset": unit["offset"], "sku": unit["sku"]},
        "value": {"minor": 99_999, "currency": "USD"},
    }  # fmt: skip
    played.acme.tell("money", body)
    return f"/m/acme/returns/{row.return_ref_id}/"


def test_a_charge_is_recorded_and_the_exchange_refunded_instead(desk: Screen, played: Played) -> None:
    address = exchanged(played)
    desk.open(address)
    section = desk.page.locator("#exchanges")
    section.get_by_text("Record a charge").click()
    section.get_by_label("The payment's id").fill("pi_77")
    section.get_by_label("Amount").fill("7,00")
    section.get_by_role("button", name="Record").click()
    assert "7.00" in desk.page.locator("#exchanges").inner_text()
    section = desk.page.locator("#exchanges")
    section.get_by_text("Refund instead").first.click()
    section.get_by_label("Why the shopper gets money instead").fill("out of fashion")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#exchanges").get_by_text("refunded instead", exact=True).wait_for()
    assert desk.complaints == []


def test_an_exchange_fits_on_every_screen(screen: Screen, played: Played) -> None:
    screen.open(exchanged(played))
    screen.page.locator("#exchanges").get_by_text("Record a charge").click()
    assert screen.overflow() <= 0
    assert screen.complaints == []
