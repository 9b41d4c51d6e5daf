"""Nobody sees another merchant's rows: not by address, not by id, not in any list, not over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client

from backhaul.store import models
from tests.support.town import Played
from tests.web.addresses import POSTED, console, operations


def text_of(answer: HttpResponseBase) -> str:
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]  # synchronous here
    return str(answer.content.decode())  # type: ignore[attr-defined]  # every other answer has its content


def foreign_words() -> list[str]:
    """Everything that only Beta's rows say: names of returns, orders, connections, effects, exceptions."""
    words = ["Beta Books", *models.Connection.objects.filter(merchant__name="beta").values_list("name", flat=True)]
    words += models.Return.objects.filter(merchant__name="beta").values_list("id", flat=True)
    words += models.Return.objects.filter(merchant__name="beta").values_list("label", flat=True)
    return [*words, "BETA-"]


def send(client: Client, method: str, address: str, body: Any) -> HttpResponseBase:
    if method == "get":
        return client.get(address)
    return client.post(address, json.dumps(body or {}), content_type="application/json")


def test_the_other_merchants_pages_do_not_exist_for_me(played: Played) -> None:
    browser = played.browser()
    for name, address in console("beta", "beta").items():
        answer = browser.post(address) if name in POSTED else browser.get(address)
        assert answer.status_code == 404, address


def test_the_other_merchants_things_do_not_exist_under_my_address(seen: Played) -> None:
    browser = seen.browser()
    for name in ("return", "message"):
        assert browser.get(console("acme", "acme")[name]).status_code == 200
        assert browser.get(console("acme", "beta")[name]).status_code == 404


def test_no_page_of_mine_says_a_word_of_theirs(seen: Played) -> None:
    browser, words = seen.browser(), foreign_words()
    addresses = [address for name, address in console("acme", "acme").items() if name not in POSTED]
    addresses += ["/m/acme/exceptions/list/", "/m/acme/exceptions/?state=waived", "/m/acme/returns/?q=BETA-1001"]
    addresses += ["/m/acme/messages/?connection=beta-happy", "/m/", "/"]
    for address in addresses:
        said = text_of(browser.get(address, follow=True)).replace("q=BETA-1001", "").replace("BETA-1001", "", 3)
        assert [word for word in words if word in said] == [], address


def test_no_answer_of_the_api_says_a_word_of_theirs(played: Played) -> None:
    program, words = played.program(), foreign_words()
    mine = operations("acme")
    assert len(mine) >= 15
    for method, address, body in mine:
        answer = send(program, method, address, body)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        assert [word for word in words if word in text_of(answer)] == [], address


def test_their_ids_lead_nowhere_over_the_api(played: Played) -> None:
    program = played.program()
    mine = operations("acme")
    named = [operation for operation in operations("beta") if operation not in mine]
    assert len(named) >= 5
    for method, address, body in named:
        assert send(program, method, address, body).status_code == 404, address


def test_their_exceptions_and_messages_cannot_be_resolved_by_me(played: Played) -> None:
    theirs = models.OperationalException.objects.filter(merchant__name="beta", closed_at=None)
    key = theirs.filter(return_ref__isnull=False)[0].key
    cause = played.program(played.beta_token).get("/api/v1/messages/causes").json()[0]["name"]
    form = {"key": key, "what": "waive", "reason": "mine now"}
    played.browser().post("/m/acme/exceptions/resolve/", form)
    body = json.dumps({"keys": [key], "reason": "mine now"})
    answer = played.program().post("/api/v1/exceptions/waive", body, content_type="application/json")
    assert [each["done"] for each in answer.json()] == [False]
    assert theirs.filter(key=key, waived_at=None).exists()
    before = list(models.Message.objects.filter(connection__merchant__name="beta").values_list("id", "state"))
    played.browser().post("/m/acme/messages/replay/", {"connection": "beta-happy", "cause": cause})
    assert list(models.Message.objects.filter(connection__merchant__name="beta").values_list("id", "state")) == before


def test_their_tokens_cannot_be_revoked_by_me(seen: Played) -> None:
    seen.browser().post(console("acme", "beta")["access-revoke"])
    assert seen.program(seen.beta_token).get("/api/v1/connections").status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/returns", "/api/v1/exceptions", "/api/v1/messages", "/api/v1/documents"])
def test_paging_through_everything_never_leaves_the_merchant(seen: Played, address: str) -> None:
    program, after, count = seen.program(seen.beta_token), "", 0
    while True:
        answer = program.get(address, {"size": "3", "after": after}).json()
        assert "ACME" not in json.dumps(answer)
        count += len(answer["rows"])
        after = answer["next"]
        if not after:
            break
    assert count > 3
