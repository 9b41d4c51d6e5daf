"""What people and programs set in motion really happens, and each is told what happens now."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from backhaul.store import models
from tests.support.town import Played
from tests.support.twins import sold, told_apart_by_name


def open_one(played: Played, kind: str) -> models.OperationalException:
    found = models.OperationalException.objects.filter(merchant_id=played.acme.merchant_id, kind=kind, closed_at=None)
    return found.order_by("key")[0]


def asked(played: Played, address: str, body: Any) -> Any:
    answer = played.program().post(address, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_refused_credit_note_is_made_once_its_cause_is_mended_and_it_is_retried(played: Played) -> None:
    refused = open_one(played, "effect-refused")
    order = models.Effect.objects.get(key=refused.about).order
    assert order is not None
    why = played.acme.books.refuses.pop(("issue-credit-note", order.number))
    try:
        page = played.browser().post("/m/acme/exceptions/resolve/", {"what": "retry", "key": refused.key}, follow=True)
        assert "is tried again now" in page.content.decode()
        played.acme.work()
    finally:
        played.acme.books.refuses["issue-credit-note", order.number] = why
    assert models.Effect.objects.get(key=refused.about).standing == "done"
    assert models.OperationalException.objects.get(key=refused.key).closed_at is not None


def test_waiving_many_keeps_who_and_why(played: Played) -> None:
    keys = list(models.OperationalException.objects.filter(
        merchant_id=played.acme.merchant_id, kind="effect-refused", closed_at=None
    ).values_list("key", flat=True))  # fmt: skip
    assert len(keys) > 1
    form = {"what": "waive", "key": keys, "reason": "settled by hand in the old period"}
    page = played.browser().post("/m/acme/exceptions/resolve/", form, follow=True).content.decode()
    assert f"{len(keys)} ×: Waived." in page
    for row in models.OperationalException.objects.filter(key__in=keys):
        assert (row.waived_by, row.waived_why) == ("finance", "settled by hand in the old period")
    waived = played.browser().get("/m/acme/exceptions/list/?state=waived").content.decode()
    assert "settled by hand in the old period" in waived


def test_nothing_is_waived_without_a_reason(played: Played) -> None:
    one = open_one(played, "effect-refused")
    form = {"what": "waive", "key": one.key, "reason": "   "}
    page = played.browser().post("/m/acme/exceptions/resolve/", form, follow=True).content.decode()
    assert "Say why it may be waived" in page
    answer = played.program().post(
        "/api/v1/exceptions/waive", json.dumps({"keys": [one.key], "reason": "  "}), content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["wrong"][0]["where"].endswith("reason")
    one.refresh_from_db()
    assert one.waived_at is None


def test_one_that_cannot_be_waived_does_not_keep_the_other(played: Played) -> None:
    one = open_one(played, "effect-refused")
    said = asked(played, "/api/v1/exceptions/waive", {"keys": ["none-such", one.key], "reason": "settled"})
    assert [each["done"] for each in said] == [False, True]
    assert "There is no exception none-such" in said[0]["says"]
    one.refresh_from_db()
    assert one.waived_by == "finance (token tests)"


def test_a_message_is_read_again_from_the_page_and_over_the_api(played: Played) -> None:
    row = models.Message.objects.filter(connection__name="acme-happy", state="unreadable").order_by("id")[0]
    page = played.browser().post(f"/m/acme/messages/{row.pk}/replay/", follow=True).content.decode()
    assert f"Message {row.pk} is read again now" in page
    row.refresh_from_db()
    assert row.state == "waiting"
    models.Message.objects.filter(id=row.pk).update(state="unreadable")
    said = asked(played, f"/api/v1/messages/{row.pk}/replay", {})
    assert said["done"]
    row.refresh_from_db()
    assert row.state == "waiting"


def test_all_messages_of_a_cause_are_read_again(played: Played) -> None:
    broken = models.Message.objects.filter(connection__name="acme-happy", state="unreadable")
    for number in (1, 2):
        played.acme.tell("happy", None, raw=b'{"event": "return_status_updated", "items": [[' * number)
    causes = played.program().get("/api/v1/messages/causes").json()
    cause = next(each for each in causes if "not JSON" in each["why"])
    assert cause["count"] == 3
    ours = [row.pk for row in broken if "not JSON" in row.why]
    assert len(ours) == 3
    form = {"state": "unreadable", "connection": "acme-happy", "cause": cause["name"]}
    played.browser().post("/m/acme/messages/replay/", form)
    assert set(models.Message.objects.filter(id__in=ours).values_list("state", flat=True)) == {"waiting"}
    assert broken.exists()


def test_a_person_decides_what_a_unit_is_and_it_goes_there(played: Played) -> None:
    stuck = open_one(played, "unmapped-disposition")
    address = f"/m/acme/returns/{stuck.return_ref_id}/"
    assert "Decide what it is" in played.browser().get(address).content.decode()
    form = {"unit": stuck.about, "disposition": "damaged", "reason": "seen it myself"}
    page = played.browser().post(f"{address}disposition/", form, follow=True).content.decode()
    assert "is damaged from now on" in page
    played.acme.work()
    said = played.browser().get(address).content.decode()
    assert "finance decided that" in said
    assert models.Effect.objects.filter(return_ref=stuck.return_ref_id, verb="put-away", standing="done").exists()


def test_a_decision_needs_a_known_word_and_a_reason(played: Played) -> None:
    stuck = open_one(played, "unmapped-disposition")
    address = f"/m/acme/returns/{stuck.return_ref_id}/disposition/"
    for form in ({"disposition": "eaten", "reason": "x"}, {"disposition": "damaged", "reason": " "}):
        page = played.browser().post(address, {"unit": stuck.about, **form}, follow=True)
        assert "Choose what the unit is and say why" in page.content.decode()
    body = {"unit": stuck.about, "disposition": "eaten", "reason": "x"}
    answer = played.program().post(
        f"/api/v1/returns/{stuck.return_ref_id}/disposition", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 422
    assert "quarantine" in answer.json()["wrong"][0]["why"]
    assert not models.Fact.objects.filter(kind="DispositionDecided").exists()


def test_a_correction_is_asked_for_with_its_reason(played: Played) -> None:
    done = models.Effect.objects.filter(verb="issue-credit-note", standing="done", merchant_id=played.acme.merchant_id)
    note = done.order_by("id")[0]
    refund = note.payload["refund"]
    form = {"refund": refund, "reason": "the processor restated it"}
    page = played.browser().post(f"/m/acme/returns/{note.return_ref_id}/correction/", form, follow=True)
    assert "is booked as a document of its own" in page.content.decode()
    fact = models.Fact.objects.get(kind="CorrectionDecided")
    assert (fact.body["refund"], fact.body["by"]) == (refund, "finance")


def test_two_names_are_said_to_be_one_return_where_the_exception_stands(played: Played) -> None:
    sold(played.acme)
    told_apart_by_name(played.acme)
    asks = open_one(played, "possible-twin")
    address = f"/m/acme/returns/{asks.return_ref_id}/"
    shown = played.browser().get(address).content.decode()
    assert "They are one return" in shown
    assert f'<a href="/m/acme/returns/{asks.about}/">Look at the other return</a>' in shown
    form = {"other": asks.about, "reason": "the shopper showed me the receipt"}
    page = played.browser().post(f"{address}join/", form, follow=True).content.decode()
    assert "They are one return now" in page
    assert models.Return.objects.get(id=asks.return_ref_id).linked_to_id == asks.about
    again = asked(played, f"/api/v1/returns/{asks.return_ref_id}/join", form)
    assert (again["done"], "has joined another return already" in again["says"]) == (False, True)


def test_an_exchange_is_refunded_instead_and_paid_for_where_it_is_shown(played: Played) -> None:
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
    address, api = f"/m/acme/returns/{row.return_ref_id}/", f"/api/v1/returns/{row.return_ref_id}"
    shown = played.browser().get(address).content.decode()
    assert 'id="exchanges"' in shown
    assert "Refund instead" in shown
    paid = {"exchange": "ex_1", "charge": "pi_1", "amount": "much", "currency": "USD"}
    assert "is no amount of money" in played.browser().post(f"{address}charge/", paid, follow=True).content.decode()
    page = played.browser().post(f"{address}charge/", paid | {"amount": "7,00"}, follow=True).content.decode()
    assert "is recorded for exchange ex_1" in page
    (exchange,) = played.program().get(api).json()["exchanges"]
    assert exchange["charged"] == [{"minor": 700, "currency": "USD"}]
    charge = {"exchange": "ex_1", "charge": "pi_1", "amount": {"minor": 800, "currency": "USD"}}
    assert asked(played, f"{api}/charge", charge)["done"]
    why = {"exchange": "ex_1", "reason": " "}
    assert "Say why" in played.browser().post(f"{address}refund-instead/", why, follow=True).content.decode()
    assert asked(played, f"{api}/refund-instead", why | {"reason": "out of fashion"})["done"]
    (exchange,) = played.program().get(api).json()["exchanges"]
    assert (exchange["standing"], exchange["charged"]) == ("refunded instead", [{"minor": 800, "currency": "USD"}])


def test_a_person_decides_what_became_of_a_unit_that_does_not_come(played: Played) -> None:
    ours = played.acme.merchant_id
    waiting = models.Expectation.objects.filter(merchant_id=ours, kind="arrival").order_by("key")[0]
    address = f"/m/acme/returns/{waiting.return_ref_id}/"
    assert "Decide what became of it" in played.browser().get(address).content.decode()
    form = {"unit": waiting.about, "fate": "claimed", "claim": "", "reason": "the carrier lost it"}
    assert "needs its reference" in played.browser().post(f"{address}fate/", form, follow=True).content.decode()
    page = played.browser().post(f"{address}fate/", form | {"claim": "C-77"}, follow=True).content.decode()
    assert "is claimed" in page
    assert "finance decided that" in page
    assert not models.Expectation.objects.filter(key=waiting.key, merchant_id=ours).exists()
    assert (
        "Choose what became"
        in played.browser().post(f"{address}fate/", {"fate": "eaten"}, follow=True).content.decode()
    )
    api = f"/api/v1/returns/{waiting.return_ref_id}/fate"
    played.acme.clock.at += timedelta(minutes=1)
    assert asked(played, api, {"unit": waiting.about, "fate": "awaited", "reason": "it was found"})["done"]
    assert models.Expectation.objects.filter(key=waiting.key, merchant_id=ours).exists()
    wrong = json.dumps({"unit": waiting.about, "fate": "eaten", "reason": "x"})
    assert played.program().post(api, wrong, content_type="application/json").status_code == 422
