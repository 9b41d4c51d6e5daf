"""The console in a real browser: every screen opens without a complaint, fits a phone, and works from the keyboard."""

from __future__ import annotations

import re

import pytest

from backhaul.store import models
from tests.browser.conftest import Screen
from tests.support.town import Played
from tests.web.addresses import POSTED, console

pytestmark = pytest.mark.browser


def test_every_screen_opens_without_a_complaint_and_fits(screen: Screen, played: Played) -> None:
    trouble = models.Return.objects.get(orders=["ACME-1005"]).pk
    addresses = [address for name, address in console("acme", "acme").items() if name not in POSTED]
    addresses += [f"/m/acme/returns/{trouble}/", "/m/acme/exceptions/list/", "/m/acme/exceptions/?state=waived"]
    addresses += [
        "/m/acme/where/?order=ACME-1001",
        "/m/acme/where/?order=ACME-1005",
        "/m/acme/where/?order=" + "N" * 190,
    ]
    addresses += ["/m/acme/mappings/form/?kind=disposition&value=moth-eaten&site=BER1&target=damaged"]
    addresses += ["/m/acme/returns/?q=nothing-like-it", "/m/", "/accounts/password/change/"]
    for address in addresses:
        if ".csv" in address:
            continue
        assert screen.open(address).status == 200, address
        assert screen.overflow() <= 0, f"{address} is wider than the screen"
        assert screen.page.locator("h1").count() == 1, address
    assert screen.complaints == []


def test_long_names_do_not_burst_a_page(screen: Screen, played: Played) -> None:
    row = models.Return.objects.get(orders=["ACME-1005"])
    models.Return.objects.filter(id=row.pk).update(label="L" * 190, skus=["S" * 190], orders=["O" * 190])
    models.OperationalException.objects.filter(return_ref=row.pk).update(cause="C" * 900, about="A" * 190)
    models.Connection.objects.filter(name="acme-erp").update(failing_why="W" * 900, failing_since=played.acme.clock())
    for address in ("", "returns/", f"returns/{row.pk}/", "exceptions/", "exceptions/list/", "connections/"):
        screen.open(f"/m/acme/{address}")
        assert screen.overflow() <= 0, address


def test_a_filter_answers_without_a_new_page_and_can_be_shared(desk: Screen) -> None:
    desk.open("/m/acme/returns/")
    desk.page.evaluate("window.still_here = true")
    desk.page.get_by_label("Which returns").select_option("closed")
    desk.page.wait_for_url("**show=closed**")
    heading = desk.page.locator("#results h2")
    assert desk.page.evaluate("window.still_here") is True
    shown = heading.inner_text()
    desk.open("/m/acme/returns/?show=closed")
    assert heading.inner_text() == shown
    assert "15" not in shown
    assert desk.complaints == []


def test_going_back_shows_the_list_as_it_was(desk: Screen) -> None:
    desk.open("/m/acme/returns/")
    before = desk.page.locator("#results h2").inner_text()
    desk.page.get_by_label("Which returns").select_option("closed")
    desk.page.wait_for_url("**show=closed**")
    desk.page.go_back()
    desk.page.wait_for_url(re.compile("/returns/$"))
    desk.page.get_by_text(before, exact=True).wait_for()


def test_an_exception_is_waived_from_the_keyboard_alone(desk: Screen, played: Played) -> None:
    desk.open("/m/acme/exceptions/")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    group = desk.page.get_by_role("link", name="Effect refused")
    group.focus()
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/exceptions/list/**")
    rows = desk.page.locator("input[name=key]")
    many = rows.count()
    assert many > 1
    rows.first.focus()
    desk.page.keyboard.press("Space")
    assert desk.page.get_by_text("1 chosen").is_visible()
    desk.page.get_by_label("Reason to waive the chosen ones").focus()
    desk.page.keyboard.type("settled in the old period")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.textContent") == "Waive"
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("Waived. It stays in the record").wait_for()
    assert rows.count() == many - 1
    assert desk.complaints == []


def test_enter_in_the_reason_waives_and_never_retries(desk: Screen, played: Played) -> None:
    desk.open("/m/acme/exceptions/list/?kind=effect-refused")
    desk.page.locator("input[name=key]").first.check()
    desk.page.get_by_label("Reason to waive the chosen ones").fill("by hand")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("Waived. It stays in the record").wait_for()
    assert models.OperationalException.objects.filter(waived_why="by hand").count() == 1


def test_all_of_a_page_are_chosen_at_once(desk: Screen) -> None:
    desk.open("/m/acme/exceptions/list/?kind=effect-refused")
    desk.page.get_by_label("Choose all on this page").check()
    many = desk.page.locator("input[name=key]").count()
    assert desk.page.get_by_text(f"{many} chosen").is_visible()


def test_without_scripts_everything_needed_still_works(plain: Screen, played: Played) -> None:
    plain.open("/m/acme/returns/")
    plain.page.get_by_label("Find a return").fill("ACME-1002")
    plain.page.get_by_role("button", name="Show").click()
    plain.page.locator("#results td a").first.click()
    assert plain.page.locator("h1").inner_text().startswith("HR")
    plain.open("/m/acme/exceptions/list/?kind=effect-refused")
    plain.page.locator("input[name=key]").first.check()
    plain.page.get_by_label("Reason to waive the chosen ones").fill("without scripts")
    plain.page.get_by_role("button", name="Waive").click()
    assert plain.page.get_by_text("Waived. It stays in the record").is_visible()


def test_times_are_the_merchants_not_the_browsers(desk: Screen, played: Played) -> None:
    desk.open("/m/acme/returns/")
    shown = desk.page.locator("#results time").first
    assert shown.inner_text().endswith("CET")
    assert "+01:00" in (shown.get_attribute("datetime") or "")


def test_signing_out_is_in_reach(screen: Screen) -> None:
    screen.page.locator("details.person summary").click()
    screen.page.get_by_role("button", name="Sign out").click()
    screen.page.wait_for_url("**/accounts/login/**")
    assert screen.overflow() <= 0
    assert screen.complaints == []
