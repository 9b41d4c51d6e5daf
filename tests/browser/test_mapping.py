"""A word that the policy does not know is mapped from its exception, at a desk and on a phone: its return goes on."""

from __future__ import annotations

import pytest

from backhaul.store import models
from tests.browser.conftest import Screen
from tests.support.day import parcel
from tests.support.town import Played

pytestmark = pytest.mark.browser


def test_a_gap_is_mapped_from_the_exception_and_its_return_completes(screen: Screen, played: Played) -> None:
    one = parcel(played.acme, 6001, "MUG")
    for word in ("started", "dropped_off", "approved"):
        one.said(word)
    played.acme.work()
    one.refunded(1290)
    one.received()
    one.inspected("slighty damaged")
    played.acme.work()
    row = models.Return.objects.get(orders=[one.order])
    assert not row.squared
    screen.open(f"/m/acme/returns/{row.pk}/")
    screen.page.get_by_role("link", name="Map it").click()
    assert screen.page.get_by_label("Value").input_value() == "slighty-damaged"
    screen.page.get_by_role("link", name="damaged", exact=True).click()
    weighed = screen.page.locator("#weighed")
    assert "1 unit in 1 return waits for this" in weighed.inner_text()
    assert weighed.is_visible()
    assert screen.overflow() <= 0
    screen.page.get_by_label("Note").fill("the new scanner's word")
    screen.page.get_by_role("button", name="Map it").press("Enter")
    screen.page.get_by_text("0 still wait").wait_for()
    assert "In the way" not in screen.page.locator("main").inner_text()
    played.acme.work()
    screen.page.reload()
    assert screen.page.locator("h1").inner_text().split()[1:] == ["Closed", "squared"]
    screen.open("/m/acme/mappings/")
    assert "the new scanner's word" in screen.page.locator("#results").inner_text()
    assert screen.overflow() <= 0
    assert screen.complaints == []


def test_the_list_is_filtered_and_undone_from_the_keyboard(desk: Screen, played: Played) -> None:
    desk.open("/m/acme/mappings/form/?kind=reason&value=too-small&target=SIZE")
    desk.page.get_by_role("button", name="Map it").press("Enter")
    desk.page.get_by_text("decided anew").wait_for()
    desk.page.get_by_label("Kind").select_option("reason")
    desk.page.wait_for_url("**kind=reason**")
    desk.page.locator("summary", has_text="Undo").press("Enter")
    desk.page.get_by_label("Why it is undone").press("Enter")
    desk.page.get_by_text("No mapping is like that").wait_for()
    assert desk.complaints == []
