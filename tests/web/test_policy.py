"""The versions of a policy on the console and over the API: who, when, for whom, and what changed."""

from __future__ import annotations

from dataclasses import replace

from backhaul.flows.change_policy import change_policy
from tests.support.town import Played


def changed(played: Played) -> int:
    """Finance has another policy count; answers the version."""
    shop = played.acme
    said = shop.deployment.effective.said[shop.merchant_id]
    other = replace(said, version="second", sellable_on="receipt", reasons={"<b>ugly</b>": "STYLE"})
    return change_policy(shop.deployment, shop.merchant_id, other, "new", "finance", "the <i>season</i> is over").id


def test_the_page_lists_versions_with_what_changed_and_nothing_is_markup(played: Played) -> None:
    changed(played)
    said = played.browser().get("/m/acme/policy/").content.decode()
    for part in ("backhaul.toml", "finance", "2 choices", "sellable_on", "inspection", "receipt", "new returns"):
        assert part in said, part
    assert "the &lt;i&gt;season" in said
    assert "<b>ugly" not in said


def test_programs_read_versions_and_where_they_differ(played: Played) -> None:
    number = changed(played)
    program = played.program()
    newest, first = program.get("/api/v1/policies").json()
    assert (newest["id"], newest["applies_to"], newest["author"]) == (number, "new", "finance")
    assert (first["applies_to"], first["author"]) == ("open", "backhaul.toml")
    assert program.get(f"/api/v1/policies/{number}").json()["says"]["sellable_on"] == "receipt"
    differs = {"choice": "sellable_on", "was": "inspection", "becomes": "receipt"}
    assert differs in program.get(f"/api/v1/policies/{number}/changes").json()
    back = program.get(f"/api/v1/policies/{first['id']}/changes", {"since": str(number)}).json()
    assert {"choice": "sellable_on", "was": "receipt", "becomes": "inspection"} in back
    assert program.get(f"/api/v1/policies/{first['id']}/changes").json() == []


def test_another_merchants_version_is_no_version(played: Played) -> None:
    number = changed(played)
    assert played.program(played.beta_token).get(f"/api/v1/policies/{number}").status_code == 404
    mine = played.program(played.beta_token).get("/api/v1/policies").json()[0]["id"]
    answer = played.program(played.beta_token).get(f"/api/v1/policies/{mine}/changes", {"since": str(number)})
    assert answer.status_code == 404
