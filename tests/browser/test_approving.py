"""A person has the shopper paid for what came by mail, in the browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Screen
from tests.support.mailed import SEEN, Mailed, Scene

pytestmark = pytest.mark.browser


@pytest.fixture
def played(db: object) -> Iterator[Scene]:
    """A shop where people approve, and somebody of its finance."""
    with Mailed("person", SEEN) as scene:
        scene.shop.person("finance")
        yield scene


def test_a_person_chooses_and_says_why_before_anybody_is_paid(screen: Screen, played: Scene) -> None:
    screen.open(f"/m/acme/returns/{played.back()}/")
    screen.page.get_by_text("Decide whether it is paid for").click()
    form = screen.page.locator("form[action$='/approval/']")
    assert screen.overflow() <= 0
    form.get_by_role("button", name="Decide").click()  # nothing is chosen yet: the browser asks for it
    form.get_by_label("Whether the unit is paid for").select_option("yes")
    form.get_by_label("Reason for the decision").fill("it looks new")
    screen.page.keyboard.press("Enter")
    screen.page.get_by_text("finance approved the refund of").wait_for()
    assert screen.page.locator("form[action$='/approval/']").count() == 0
    played.send()
    assert played.payouts == 1
    assert screen.complaints == []
