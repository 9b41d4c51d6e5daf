"""Where is my refund: found as the shopper types it, told over all returns, and nothing of another merchant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.flows.find_refund import find_refund
from backhaul.store import models
from tests.support.day import parcel
from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.town import Played


def answer(seen: Played, number: str) -> Any:
    return dict(seen.program().get(f"/api/v1/orders/{number}/refund").json())


@pytest.mark.parametrize(
    "typed", ["ACME-1002", "acme-1002", "%23ACME-1002", " %23 Acme-1002 ", "ACME- 1002", "aCmE-1002"]
)
def test_an_order_is_found_as_the_shopper_types_it(seen: Played, typed: str) -> None:
    said = answer(seen, typed)
    assert said["orders"] == ["ACME-1002"]
    assert "was refunded" in str(said["says"])


@pytest.mark.parametrize(("kept", "typed"), [("#Web-77", "web-77"), ("Web 78", "#WEB78")])
def test_a_number_that_is_kept_in_another_spelling_is_found(played: Played, kept: str, typed: str) -> None:
    known = models.Order.objects.get(merchant__name="acme", number="ACME-1002")
    returned = models.ReturnOrder.objects.filter(order=known)[0].return_ref
    other = models.Order.objects.create(merchant=known.merchant, number=kept)
    models.ReturnOrder.objects.create(order=other, return_ref=returned)
    said = find_refund(played.acme.deployment, played.acme.merchant_id, typed)
    assert (said.found, said.orders) == (True, (kept,))


def test_the_answer_names_money_goods_and_documents_in_the_merchants_time(seen: Played) -> None:
    said = answer(seen, "ACME-1002")
    (one,) = said["returns"]
    assert one["confirmed"] == one["credited"] == one["recorded"] != []
    assert "was handed in on" in one["goods"][0]
    assert "CET" in one["goods"][0]
    assert any("is in the books as CN-" in line for line in one["money"])
    assert (one["awaited"], one["in_the_way"]) == ([], [])


def test_all_returns_of_an_order_are_told_and_what_is_in_the_way_has_an_owner(seen: Played) -> None:
    said = answer(seen, "ACME-1001")
    assert len(said["returns"]) == 2
    lines = [line for one in said["returns"] for line in one["in_the_way"]]
    assert any("has to look at this by" in line for line in lines)
    stuck = answer(seen, "ACME-1005")
    assert "fiscal period 2026-10 is closed" in json.dumps(stuck)


def test_a_name_of_the_return_leads_to_its_order(seen: Played) -> None:
    express = seen.parcels[1].express
    said = answer(seen, express.lower())
    assert said["orders"] == ["ACME-1002"]
    assert f"found by {express}" in str(said["says"])


def test_an_unknown_order_says_what_was_looked_at(seen: Played) -> None:
    problem = seen.program().get("/api/v1/orders/NOWHERE-1/refund")
    assert problem.status_code == 404
    orders = models.Order.objects.filter(merchant__name="acme").count()
    assert f"Looked at the {orders} orders" in problem.json()["detail"]
    assert (
        "Nothing is known of order NOWHERE-1" in seen.browser().get("/m/acme/where/?order=NOWHERE-1").content.decode()
    )


def test_money_for_an_order_that_no_return_speaks_of_is_told(seen: Played) -> None:
    said = find_refund(seen.acme.deployment, seen.acme.merchant_id, "#acme-9999")
    assert not said.found
    assert "but a message does" in said.says
    assert said.in_the_way[0].startswith("Finance has to look at this by")


def test_another_merchants_order_is_unknown(seen: Played) -> None:
    assert seen.program().get("/api/v1/orders/BETA-1001/refund").status_code == 404
    assert seen.program(seen.beta_token).get("/api/v1/orders/BETA-1001/refund").status_code == 200
    said = seen.browser().get("/m/acme/where/?order=BETA-1001").content.decode()
    assert "Nothing is known of order BETA-1001" in said
    code = seen.beta_parcels[0].express
    assert seen.program().get(f"/api/v1/orders/{code}/refund").status_code == 404


def test_the_page_answers_and_the_pages_of_returns_lead_to_it(seen: Played) -> None:
    browser = seen.browser()
    said = browser.get("/m/acme/where/", {"order": "#acme-1002"}).content.decode()
    returned = models.Return.objects.get(orders=["ACME-1002"], linked_to=None)
    for part in ("was handed in on", "was refunded", f"/m/acme/returns/{returned.pk}/"):
        assert part in said, part
    assert "/m/acme/where/?order=ACME-1002" in browser.get(f"/m/acme/returns/{returned.pk}/").content.decode()
    assert "/m/acme/where/" in browser.get("/m/acme/returns/").content.decode()
    assert "Type the number of the order" in browser.get("/m/acme/where/").content.decode()


def test_what_a_shopper_wrote_is_never_markup(played: Played) -> None:
    one = parcel(played.acme, 7002, "<b>MUG</b>")
    one.said("started")
    said = played.browser().get("/m/acme/where/", {"order": one.order}).content.decode()
    assert "&lt;b&gt;MUG" in said
    assert "<b>MUG" not in said


def test_the_command_says_the_same_and_ends_with_1_where_nothing_is_known(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    for name, value in {"BACKHAUL_MASTER_KEY": MASTER.hex(), "BACKHAUL_CONFIG": str(config)}.items():
        monkeypatch.setenv(name, value)

    def types(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(app, ["where", *words, "--config", str(config)], env={"COLUMNS": "300"})
        return told.exit_code, told.output

    code, said = types("#acme-1002")
    assert (code, "was refunded" in said, "Goods" in said) == (0, True, True)
    code, said = types("acme-1002", "--json")
    assert json.loads(said)["returns"][0]["telling"]["confirmed"][0]["currency"] == "USD"
    code, said = types("NOWHERE-1")
    assert (code, "Nothing is known of order NOWHERE-1" in said) == (1, True)
