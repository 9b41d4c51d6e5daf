"""Who comes in: people with a password, programs with a token; and who may only look."""

from __future__ import annotations

import json
import re

from django.core.cache import cache
from django.test import Client

from backhaul.store import models
from tests.support.shop import PASSWORD
from tests.support.town import Played
from tests.web.addresses import POSTED, console, operations


def test_without_signing_in_every_page_leads_to_the_sign_in(played: Played) -> None:
    stranger = Client(headers={"host": "localhost"})
    for name, address in {**console("acme", "acme"), "home": "/", "merchants": "/m/"}.items():
        answer = stranger.post(address) if name in POSTED else stranger.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/login/?next="), address


def test_a_password_opens_the_console_and_signing_out_closes_it(played: Played) -> None:
    person = Client(headers={"host": "localhost"})
    answer = person.post("/accounts/login/", {"login": "finance", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/m/acme/"
    person.post("/accounts/logout/")
    assert person.get("/m/acme/").status_code == 302


def test_after_eight_wrong_passwords_the_right_one_does_not_help_either(played: Played) -> None:
    guesser = Client(headers={"host": "localhost"})
    for _ in range(8):
        guesser.post("/accounts/login/", {"login": "finance", "password": "guess"})
        cache.clear()  # allauth counts here, by process; the count that holds for all of them is axes' in the database
    answer = guesser.post("/accounts/login/", {"login": "finance", "password": PASSWORD})
    assert answer.status_code == 429
    assert guesser.get("/m/acme/").status_code == 302


def test_there_is_no_open_sign_up(played: Played) -> None:
    stranger = Client(headers={"host": "localhost"})
    form = {"username": "eve", "email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD}
    for answer in (stranger.get("/accounts/signup/"), stranger.post("/accounts/signup/", form)):
        assert "There is no sign-up here" in answer.content.decode()
    assert stranger.get("/m/").status_code == 302


def test_no_token_or_a_wrong_one_is_told_what_to_send(played: Played) -> None:
    bare = Client(headers={"host": "localhost"})
    for method, address, body in operations("acme"):
        sent = json.dumps(body or {})
        answer = bare.get(address) if method == "get" else bare.post(address, sent, content_type="application/json")
        assert answer.status_code == 401, address
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "Access page" in answer.json()["advice"]
    for token in ("bh_nonsense", "", "ü", "x" * 5000):
        assert played.program(token or " ").get("/api/v1/returns").status_code == 401


def test_a_session_is_no_token(seen: Played) -> None:
    assert seen.browser().get("/api/v1/returns").status_code == 401


def test_a_token_is_shown_once_works_and_is_kept_only_as_its_hash(played: Played) -> None:
    browser = played.browser()
    made = browser.post("/m/acme/access/", {"name": "month-end report"}).content.decode()
    found = re.search(r"bh_[\w-]{43}", made)
    assert found is not None
    token = found.group()
    assert played.program(token).get("/api/v1/returns").status_code == 200
    assert token not in browser.get("/m/acme/access/").content.decode()
    row = models.ApiToken.objects.get(name="month-end report")
    assert token not in str(vars(row))
    assert row.used_at is not None
    browser.post(f"/m/acme/access/{row.pk}/revoke/")
    assert played.program(token).get("/api/v1/returns").status_code == 401


def test_a_token_ends_with_its_persons_account(played: Played) -> None:
    assert played.program(played.reader_token).get("/api/v1/returns").status_code == 200
    models.Membership.objects.get(user__username="reader").user.delete()
    assert played.program(played.reader_token).get("/api/v1/returns").status_code == 401


def test_who_may_only_look_changes_nothing_and_is_told_so(played: Played) -> None:
    browser, addresses = played.browser("reader"), console("acme", "acme")
    for name in sorted(POSTED - {"access-revoke"}):
        answer = browser.post(addresses[name], {"what": "waive", "reason": "x", "key": "y", "disposition": "damaged"})
        assert answer.status_code == 403, name
        assert "may look" in answer.content.decode()
    for method, address, body in operations("acme"):
        if method == "post":
            program = played.program(played.reader_token)
            answer = program.post(address, json.dumps(body or {}), content_type="application/json")
            assert answer.status_code == 403, address
            assert answer.json()["title"] == "This token may look and change nothing"


def test_who_may_only_look_is_shown_no_button(seen: Played) -> None:
    said = seen.browser("reader").get("/m/acme/exceptions/list/").content.decode()
    assert 'value="waive"' not in said
    assert 'value="waive"' in seen.browser().get("/m/acme/exceptions/list/").content.decode()


def test_a_form_from_another_site_is_refused(played: Played) -> None:
    played.browser()
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = played.browser().cookies
    assert strict.post("/m/acme/exceptions/resolve/", {"what": "retry", "key": "x"}).status_code == 403


def test_a_form_leads_back_to_our_own_pages_only(played: Played) -> None:
    form = {"what": "retry", "key": "none", "next": "https://evil.example.com/"}
    assert played.browser().post("/m/acme/exceptions/resolve/", form)["Location"] == "/m/acme/exceptions/"


def test_whoever_has_two_merchants_chooses(played: Played) -> None:
    played.beta.person("finance")
    browser = played.browser()
    assert browser.get("/")["Location"] == "/m/"
    assert "Beta Books" in browser.get("/m/").content.decode()
    assert browser.get("/m/beta/").status_code == 200


def test_pages_are_kept_in_no_cache_and_run_no_foreign_script(seen: Played) -> None:
    answer = seen.browser().get("/m/acme/")
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
