"""A person has what a flow left behind done again, alone, in the browser, at a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Screen
from tests.support.left_behind import Watched, open_keys, standings

pytestmark = pytest.mark.browser


@pytest.fixture
def played(db: object) -> Watched:
    """A shop whose flow left an order behind, and somebody of its finance."""
    ground = Watched()
    ground.shop.person("finance")
    ground.fail()
    return ground


def test_an_order_that_was_left_behind_is_replayed_and_gone_once_it_arrived(screen: Screen, played: Watched) -> None:
    screen.open("/m/acme/exceptions/list/?kind=stranded-object")
    played.mend()
    assert screen.overflow() <= 0
    screen.page.get_by_label("Choose Stranded object of GHOST-2").check()
    screen.page.get_by_role("button", name="Replay").click()
    screen.page.get_by_text("It is replayed alone, once").wait_for()
    screen.page.get_by_text("replay asked").wait_for()
    assert screen.page.get_by_role("button", name="Replay").count() == 0
    assert screen.overflow() <= 0
    for _ in range(2):
        played.poll()
        played.forward()
    screen.page.reload()
    screen.page.get_by_text("None left").wait_for()
    assert (standings(), played.taken, open_keys()) == (["finished"], ["GHOST-2"], [])
    assert screen.complaints == []
