"""A program maps what leads nowhere: it sees what waits, what would come of it, and what came of it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.contrib.auth.models import User

from backhaul.project.deployment import adopt, current
from backhaul.store import models
from backhaul.store.sql import rows
from tests.support.town import Played

MAPPINGS = "/api/v1/mappings"
MOTHS = {"kind": "disposition", "value": "Moth_eaten", "target": "damaged", "site": "BER1"}


def post(played: Played, what: str, body: Any, code: int = 200, token: str | None = None) -> Any:
    answer = played.program(token).post(f"{MAPPINGS}/{what}", json.dumps(body), content_type="application/json")
    assert answer.status_code == code, answer.content
    return answer.json()


def listed(played: Played, **query: str) -> list[Any]:
    return list(played.program().get(MAPPINGS, query).json()["rows"])


def test_a_gap_is_seen_weighed_mapped_and_gone(played: Played) -> None:
    gap = played.program().get(f"{MAPPINGS}/gaps").json()[0]
    assert (gap["kind"], gap["value"], gap["site"]) == ("disposition", "moth-eaten", "BER1")
    assert (gap["waiting"]["returns"], gap["waiting"]["units"]) == (1, 1)
    assert gap["waiting"]["value"][0]["currency"] == "USD"
    near = played.program().get(f"{MAPPINGS}/suggestions", {"kind": gap["kind"], "value": "damagd"}).json()
    assert near[0]["target"] == "damaged"
    weighed = post(played, "preview", {"changes": [MOTHS]})
    assert (weighed["returns"], weighed["units"], weighed["decided"]) == (1, 1, None)
    assert weighed["says"].startswith("1 unit in 1 return waits for this, worth ")
    assert listed(played) == [], "a preview writes nothing"
    done = post(played, "set", {"changes": [MOTHS], "why": "the new scanner's word"})
    assert (done["returns"], done["decided"], done["left"], done["still"]) == (1, 1, 0, 0)
    assert done["leads_to"] == [{"place": "DAMAGED (damaged) at BER1", "units": 1}]
    (row,) = listed(played)
    assert (row["value"], row["target"], row["before"]) == ("moth-eaten", "damaged", None)
    assert (row["set_by"], row["why"]) == ("finance (token tests)", "the new scanner's word")
    gaps = played.program().get(f"{MAPPINGS}/gaps").json()
    assert "moth-eaten" not in [each["value"] for each in gaps]
    theirs = played.program(played.beta_token)
    assert theirs.get(MAPPINGS).json()["rows"] == []
    assert theirs.get(f"{MAPPINGS}/gaps").json()[0]["value"] == "moth-eaten", "others map for themselves"


def test_undone_and_ended_it_is_kept_with_every_version(played: Played) -> None:
    name = {"kind": "disposition", "value": "moth-eaten", "site": "BER1"}
    post(played, "set", {"changes": [MOTHS]})
    post(played, "set", {"changes": [MOTHS | {"target": "quarantine"}]})
    assert listed(played)[0]["before"] == "damaged"
    post(played, "undo", name)
    assert [row["target"] for row in listed(played)] == ["damaged"]
    post(played, "set", {"changes": [MOTHS | {"target": None, "why": "a mistake"}]})
    assert listed(played) == []
    (ended,) = listed(played, ended="true")
    assert (ended["target"], ended["before"], ended["why"]) == (None, "damaged", "a mistake")
    versions = played.program().get(f"{MAPPINGS}/versions", name).json()
    assert [each["target"] for each in versions] == [None, "damaged", "quarantine", "damaged"]
    assert "was never mapped" in post(played, "undo", name | {"value": "never"}, 422)["detail"]


def test_what_cannot_be_mapped_is_named_by_its_number_and_nothing_is(played: Played) -> None:
    wrong = {"kind": "place", "value": "moth-eaten", "target": "stock:STO"}
    for what in ("preview", "set"):
        problem = post(played, what, {"changes": [MOTHS, wrong]}, 422)
        assert [each["where"] for each in problem["wrong"]] == ["body.changes.1"]
        assert "sellable stock" in problem["wrong"][0]["why"]
    assert rows("SELECT count(*) FROM mappings") == [(0,)]


def test_the_list_is_found_by_kind_and_word_and_paged(played: Played) -> None:
    reasons = [{"kind": "reason", "value": f"Reason {number}", "target": "RETURN"} for number in range(5)]
    post(played, "set", {"changes": [*reasons, MOTHS]})
    assert len(listed(played, kind="reason")) == 5
    assert [row["value"] for row in listed(played, search="EATEN")] == ["moth-eaten"]
    assert [row["value"] for row in listed(played, search="damag")] == ["moth-eaten"]
    found, after = [], ""
    for _ in range(3):
        page = played.program().get(MAPPINGS, {"kind": "reason", "size": "2", "after": after}).json()
        found += [row["value"] for row in page["rows"]]
        after = page["next"]
    assert (sorted(found), after) == ([f"reason-{number}" for number in range(5)], "")
    for cursor in ("nonsense", "MjAyNi0xMS0wOVQwODowMDowMCswMDowMCB4"):
        assert played.program().get(MAPPINGS, {"after": cursor}).status_code == 400


def test_a_sheet_goes_out_and_comes_back(played: Played) -> None:
    post(played, "set", {"changes": [MOTHS | {"why": "=1+1"}]})
    answer = played.program().get(f"{MAPPINGS}/sheet")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert [row["why"] for row in csv.DictReader(io.StringIO(text))] == ["'=1+1"], "no cell is a formula"
    same = post(played, "sheet", {"sheet": text, "apply": True})
    assert (same["changes"], same["came"]["changes"]) == ([], 0)
    edited = text.replace(",damaged,", ",quarantine,") + "reason,too-small,,,SIZE,\n"
    looked = post(played, "sheet", {"sheet": edited})
    assert [(each["line"], each["was"], each["becomes"]) for each in looked["changes"]] == [
        (2, "damaged", "quarantine"),
        (3, None, "SIZE"),
    ]
    assert (looked["applied"], looked["came"]["decided"]) == (False, None)
    assert [row["target"] for row in listed(played)] == ["damaged"], "a look writes nothing"
    assert post(played, "sheet", {"sheet": edited, "apply": True, "why": "spring cleaning"})["applied"]
    assert {row["target"]: row["why"] for row in listed(played)} == {"quarantine": "=1+1", "SIZE": "spring cleaning"}
    gone = post(played, "sheet", {"sheet": "kind,value,target\nreason,too-small,SIZE\n"})
    assert [(each["line"], each["becomes"]) for each in gone["changes"]] == [(0, None)]


def test_a_bad_sheet_is_answered_line_by_line_and_changes_nothing(played: Played) -> None:
    sheet = "kind,value,target\ndisposition,moth-eaten,damaged\nreason,,X\nteapot,a,b\n"
    problem = post(played, "sheet", {"sheet": sheet, "apply": True}, 422)
    assert [each["where"] for each in problem["wrong"]] == ["body.sheet.3", "body.sheet.4"]
    unusable = "kind,value,target\nreason,too-small,SIZE\ndisposition,moth-eaten,nowhere\n"
    problem = post(played, "sheet", {"sheet": unusable, "apply": True}, 422)
    assert [each["where"] for each in problem["wrong"]] == ["body.sheet.3"]
    assert rows("SELECT count(*) FROM mappings") == [(0,)]


def test_a_name_that_is_longer_than_there_is_room_for_maps_too(played: Played) -> None:
    models.ApiToken.objects.filter(membership__user__username="finance").update(name="t" * 100)
    User.objects.filter(username="finance").update(username="f" * 150)
    assert post(played, "set", {"changes": [MOTHS]})["decided"] == 1
    assert listed(played)[0]["set_by"].startswith("f" * 150 + " (token t")


def test_a_merchant_that_is_configured_no_more_is_told_so(played: Played) -> None:
    left = {name: policy for name, policy in current().effective.said.items() if name != played.acme.merchant_id}
    adopt(type(current())(current().links, left, current().keys, current().now))
    assert played.program().get(MAPPINGS).status_code == 200
    for what in ("gaps", "suggestions?kind=reason&value=x"):
        answer = played.program().get(f"{MAPPINGS}/{what}")
        assert (answer.status_code, answer.json()["title"]) == (404, "Merchant not configured")
    assert "backhaul.toml" in post(played, "set", {"changes": [MOTHS]}, 404)["advice"]
