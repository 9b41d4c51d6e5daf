"""A person has one object of a failed run done again, from the page or over the API, and is told what happens now."""

from __future__ import annotations

import json

import pytest

from backhaul.sandbox.patchworks import Fault
from backhaul.store.browse.exceptions import one_exception
from tests.support.left_behind import Watched, open_keys, standings
from tests.support.shop import Town
from tests.support.town import Played


@pytest.fixture
def played(db: object) -> Played:
    """Two shops of which nothing is known yet, and somebody at each."""
    town = Town()
    acme, beta = town.open("acme", "Acme Outdoor"), town.open("beta", "Beta Books")
    return Played(acme, beta, (), (), acme.person("finance"), "", beta.person("rival"))


@pytest.fixture
def ground(played: Played) -> Watched:
    """A flow of Acme's has left one order behind."""
    ground = Watched(played.acme)
    ground.fail()
    return ground


def stranded() -> str:
    (key,) = open_keys()
    return key


def test_from_the_list_it_is_asked_for_once_and_its_row_says_so(played: Played, ground: Watched) -> None:
    key, address = stranded(), "/m/acme/exceptions/list/?kind=stranded-object"
    assert 'value="replay"' in played.browser().get(address).content.decode()
    page = played.browser().post("/m/acme/exceptions/resolve/", {"what": "replay", "key": key}, follow=True)
    assert "It is replayed alone, once" in page.content.decode()
    shown = played.browser().get(address).content.decode()
    assert "replay asked" in shown
    assert 'value="replay"' not in shown
    again = played.browser().post("/m/acme/exceptions/resolve/", {"what": "replay", "key": key}, follow=True)
    assert "finance has it replayed since" in again.content.decode()
    assert standings() == ["asked"]


def test_other_kinds_have_no_such_button(seen: Played) -> None:
    page = seen.browser().get("/m/acme/exceptions/list/?kind=effect-refused").content.decode()
    assert 'value="retry"' in page
    assert 'value="replay"' not in page


def test_over_the_api_an_unsure_one_needs_somebody_who_looked(played: Played, ground: Watched) -> None:
    key = stranded()
    ground.mend()
    ground.world.faults.ask(Fault.CUT, "start/raw")

    def asked(**more: object) -> tuple[bool, str]:
        answer = played.program().post(
            "/api/v1/exceptions/replay", json.dumps({"keys": [key], **more}), content_type="application/json"
        )
        assert answer.status_code == 200
        (said,) = answer.json()
        return said["done"], said["says"]

    assert asked()[0]
    ground.poll()
    row = one_exception(played.acme.merchant_id, key)
    assert row is not None
    assert (row.replay, row.replayable) == ("unsure", True)
    done, says = asked()
    assert (done, "Look in the other system" in says) == (False, True)
    assert asked(looked=True)[0]
    listed = played.program().get("/api/v1/exceptions?kind=stranded-object").json()["rows"]
    assert [(one["key"], one["replay"]) for one in listed] == [(key, "asked")]


def test_nobody_has_another_merchants_objects_replayed(played: Played, ground: Watched) -> None:
    body = json.dumps({"keys": [stranded()]})
    answer = played.program(played.beta_token).post("/api/v1/exceptions/replay", body, content_type="application/json")
    assert [one["done"] for one in answer.json()] == [False]
    assert standings() == []
