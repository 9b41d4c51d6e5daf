"""What the pages say: the right things about the right return, in the merchant's zone and in whole cents."""

from __future__ import annotations

import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from backhaul.domain.money import Money
from backhaul.project.deployment import adopt, current
from backhaul.store import models
from backhaul.store.seals import Keyring
from tests.support.day import parcel
from tests.support.town import Played


def page_of(seen: Played, order: str) -> str:
    row = models.Return.objects.get(orders=[order], label__startswith="HR", closed__in=(True, False), linked_to=None)
    return seen.browser().get(f"/m/acme/returns/{row.pk}/").content.decode()


def test_a_squared_return_tells_its_whole_story(seen: Played) -> None:
    said = page_of(seen, "ACME-1002")
    for part in (
        "squared", "was dropped off", "The platform approved the refund", "was paid to the original tender",
        "received so far at BER1", "Issue credit note", "Record refund", "stock:BER1:STO", "refunded:original",
        "https://erp.example.com/issue-credit-note/CN-",
    ):  # fmt: skip
        assert part in said, part
    assert "In the way" not in said


def test_a_return_in_trouble_says_what_is_in_the_way_and_what_waits_for_it(seen: Played) -> None:
    said = page_of(seen, "ACME-1005")
    assert "In the way" in said
    assert "fiscal period 2026-10 is closed" in said
    assert "waits for issue-credit-note:" in said


def test_a_message_page_shows_the_body_and_its_return(seen: Played) -> None:
    returned = models.Return.objects.get(orders=["ACME-1002"])
    message = models.Message.objects.filter(returns=[returned.pk]).order_by("id")[0]
    said = seen.browser().get(f"/m/acme/messages/{message.pk}/").content.decode()
    assert "&quot;orderNumber&quot;: &quot;ACME-1002&quot;" in said
    assert f"/m/acme/returns/{returned.pk}/" in said


def test_an_erased_message_says_so_and_its_story_stays(played: Played) -> None:
    returned = models.Return.objects.get(orders=["ACME-1002"])
    message = models.Message.objects.filter(returns=[returned.pk]).order_by("id")[0]
    models.ReturnKey.objects.filter(return_ref=returned.pk).update(sealed=None)
    said = played.browser().get(f"/m/acme/messages/{message.pk}/").content.decode()
    assert "Erased with its return" in said
    assert "orderNumber" not in said
    assert played.program().get(f"/api/v1/messages/{message.pk}").json()["body"] is None
    assert played.browser().get(f"/m/acme/returns/{returned.pk}/").status_code == 200


def test_another_master_key_opens_nothing(played: Played) -> None:
    adopt(replace(current(), keys=Keyring(bytes(32))))
    message = models.Message.objects.filter(connection__name="acme-happy", state="unreadable")[0]
    assert "Erased" in played.browser().get(f"/m/acme/messages/{message.pk}/").content.decode()


@pytest.mark.parametrize("search", ["hr", "return", "order", "sku", "ours", "lower"])
def test_a_return_is_found_by_each_of_its_names(seen: Played, search: str) -> None:
    row = models.Return.objects.get(orders=["ACME-1004"])
    names = dict(models.Identity.objects.filter(return_ref=row.pk).values_list("kind", "value"))
    asked = {
        "hr": names["express"], "return": names["return"], "order": "ACME-1004", "sku": row.skus[0], "ours": row.pk,
        "lower": names["express"].lower(),
    }[search]  # fmt: skip
    said = seen.browser().get("/m/acme/returns/", {"q": asked}).content.decode()
    assert row.label in said
    if search != "sku":
        assert "1 return" in said
        found = seen.program().get("/api/v1/returns", {"search": asked}).json()["rows"]
        assert [each["id"] for each in found] == [row.pk]


def test_what_is_not_there_is_said_to_be_not_there(seen: Played) -> None:
    said = seen.browser().get("/m/acme/returns/", {"q": "NOWHERE-1"}).content.decode()
    assert "No return is like that" in said
    answer = seen.program().get("/api/v1/returns/RNOWHERE")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "This merchant has no return RNOWHERE."
    assert "GET /api/v1/returns" in answer.json()["advice"]


def test_a_wrong_cursor_is_a_problem_for_programs_and_the_first_page_for_people(seen: Played) -> None:
    answer = seen.program().get("/api/v1/returns", {"after": "nonsense"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Not a cursor")
    assert seen.browser().get("/m/acme/returns/", {"after": "nonsense"}).status_code == 200


def test_the_overview_adds_up(seen: Played) -> None:
    said = seen.browser().get("/m/acme/").content.decode()
    groups = seen.program().get("/api/v1/exceptions/groups").json()
    total: dict[str, int] = {}
    for group in groups:
        for each in group["value"]:
            total[each["currency"]] = total.get(each["currency"], 0) + each["minor"]
    assert f"{Money(total['USD'], 'USD').decimal:,} USD" in said
    count = sum(group["count"] for group in groups)
    assert f'<span class="h1">{count}</span>' in said


def test_times_are_the_merchants_and_say_so(played: Played) -> None:
    first = played.acme.clock.at
    name = parcel(played.acme, 7001, "MUG")
    name.said("started")
    said = page_of(played, "ACME-7001")
    local = first.astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{local:%H:%M} CET</time>" in said
    assert "Times are Europe/Berlin" in said


@pytest.mark.parametrize(
    ("money", "shown"),
    [(Money(123456, "USD"), "1,234.56 USD"), (Money(-5, "EUR"), "-0.05 EUR"), (Money(1500, "JPY"), "1,500 JPY"),
     (Money(1, "KWD"), "0.001 KWD")],
)  # fmt: skip
def test_money_is_written_with_the_currencys_own_decimals(money: Money, shown: str) -> None:
    template = Template("{% load console %}{{ value|money }}")
    assert shown in template.render(Context({"value": money}))
    assert shown in template.render(Context({"value": [money]}))


def test_nothing_at_stake_is_a_dash() -> None:
    assert Template("{% load console %}{{ value|money }}").render(Context({"value": ()})) == "–"


def test_the_schema_is_served_and_names_every_problem(seen: Played) -> None:
    schema = json.loads(seen.program().get("/api/v1/openapi.json").content)
    assert schema["info"]["title"] == "Backhaul"
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert {"200", "401", "404", "422"} <= set(operation["responses"])
            assert operation["security"]
