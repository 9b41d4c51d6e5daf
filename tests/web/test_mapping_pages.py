"""A person maps on the console: gaps first, a preview before anything is saved, undo, a sheet seen before it counts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backhaul.domain.mappings import ValueMapping
from backhaul.flows.map_values import map_values
from backhaul.flows.usable import Change
from backhaul.project.deployment import adopt, current
from backhaul.store import models
from backhaul.store.mappings import active
from backhaul.web.console.mappings import MOST_BYTES
from tests.support.town import Played
from tests.web.addresses import console
from tests.web.test_actions import open_one

PAGE, FORM, LIST = "/m/acme/mappings/", "/m/acme/mappings/form/", "/m/acme/exceptions/list/"
MOTHS = {"kind": "disposition", "value": "moth-eaten", "site": "BER1", "target": "damaged"}


def said(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def mapped(played: Played) -> dict[str, str]:
    return {one.mapping.value: one.mapping.target for one in active(played.acme.merchant_id)}


def save(browser: Client, **more: str) -> str:
    return said(browser.post("/m/acme/mappings/set/", MOTHS | more, follow=True))


def send(browser: Client, text: str | bytes, **more: str) -> str:
    file = SimpleUploadedFile("sheet.csv", text.encode() if isinstance(text, str) else text)
    return said(browser.post("/m/acme/mappings/import/", {"file": file, **more}, follow=True))


def shown(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_a_gap_is_on_top_with_what_waits_and_a_choice_leads_to_its_preview(played: Played) -> None:
    page = said(played.browser().get(PAGE))
    assert "Nothing is mapped yet" in page
    assert "<strong>moth-eaten</strong> at BER1" in page
    assert "1 return, 1 unit" in page
    assert "54.50 USD" in page
    assert page.index("moth-eaten") < page.index("too-small"), "what holds returns up comes first"
    form = said(played.browser().get(FORM, MOTHS))
    assert "Waiting returns that go on</dt><dd>1</dd>" in form
    assert "1 unit in 1 return waits for this, worth 54.50 USD at cost (1 to DAMAGED (damaged) at BER1)." in form
    assert mapped(played) == {}, "looking changes nothing"


def test_an_exception_opens_the_form_filled_in_and_is_gone_when_it_is_saved(played: Played) -> None:
    browser, stuck = played.browser(), open_one(played, "unmapped-disposition")
    address = f"/m/acme/returns/{stuck.return_ref_id}/"
    links = [
        re.search(r'href="([^"]+)">Map it<', said(browser.get(at))) for at in (address, "/m/acme/exceptions/list/")
    ]
    assert all(links)
    link = links[0][1].replace("&amp;", "&") if links[0] else ""
    assert parse_qs(urlsplit(link).query) == {"exception": [stuck.key], "next": [address]}
    form = said(browser.get(link))
    assert (shown(form, "next"), 'value="moth-eaten"' in form, 'value="BER1"' in form) == (address, True, True)
    assert ">damaged</a>" in form, "the policy's conditions are offered, however little they look like it"
    answer = browser.post("/m/acme/mappings/set/", MOTHS | {"next": address, "why": "told by phone"})
    assert answer["Location"] == address
    page = said(browser.get(address))
    assert "1 return decided anew, 1 unit goes to DAMAGED (damaged) at BER1; 0 still wait." in page
    stuck.refresh_from_db()
    assert stuck.closed_at is not None
    (kept,) = active(played.acme.merchant_id)
    assert (kept.set_by, kept.why) == ("finance", "told by phone")
    assert "waits for no mapping any more" in said(browser.get(link)), "the link of yesterday says so"


def test_what_is_mapped_stands_there_with_who_and_why_and_is_undone(played: Played) -> None:
    browser = played.browser()
    save(browser, why="the new scanner")
    save(browser, target="quarantine", why="on second thoughts")
    page = said(browser.get(PAGE))
    assert "before: damaged" in page
    assert "by finance" in page
    assert "on second thoughts" in page
    undo = MOTHS | {"why": "a mistake", "next": f"{PAGE}?kind=disposition"}
    assert "0 still wait" in said(browser.post("/m/acme/mappings/undo/", undo, follow=True))
    assert mapped(played) == {"moth-eaten": "damaged"}
    versions = said(browser.get(FORM, MOTHS | {"target": ""}))
    assert versions.index("a mistake") < versions.index("on second thoughts") < versions.index("the new scanner")
    assert "1 return decided anew; 1 still wait; 1 unit leads nowhere by it." in save(browser, ends="yes")
    assert mapped(played) == {}
    assert "before: damaged" in said(browser.get(PAGE, {"ended": "yes"}))
    never = said(browser.post("/m/acme/mappings/undo/", MOTHS | {"value": "never"}, follow=True))
    assert "Nothing was undone: disposition never@BER1 was never mapped" in never


def test_what_cannot_be_mapped_is_said_in_the_form_and_again_when_it_is_sent(played: Played) -> None:
    browser, wrong = played.browser(), MOTHS | {"target": "nowhere"}
    form = said(browser.get(FORM, wrong))
    assert "&#x27;nowhere&#x27; leads nowhere at BER1" in form
    assert "/mappings/set/" not in form, "there is nothing to save"
    sent = save(browser, target="nowhere")
    assert "Nothing was mapped: &#x27;nowhere&#x27; leads nowhere at BER1" in sent
    assert 'value="nowhere"' in sent, "what was typed is still there"
    assert browser.post("/m/acme/mappings/set/", MOTHS | {"kind": "teapot"}).status_code == 404
    assert mapped(played) == {}


def test_a_mapping_that_strands_units_says_so_before(played: Played) -> None:
    browser = played.browser()
    save(browser)
    page = send(browser, "kind,value,target\n")
    assert "1 unit leads nowhere by it" in page


def test_a_filter_of_the_list_does_not_look_for_gaps_again(played: Played) -> None:
    save(played.browser())
    part = said(played.browser().get(PAGE, {"q": "EATEN"}, headers={"HX-Target": "results"}))
    assert "moth-eaten</strong>" in part
    assert "too-small" not in part
    assert "No mapping is like that" in said(played.browser().get(PAGE, {"kind": "tender"}))


def test_a_sheet_is_changed_only_as_it_was_seen(played: Played) -> None:
    browser = played.browser()
    save(browser, why="the new scanner")
    answer = browser.get(console("acme", "acme")["mappings-csv"])
    assert answer["Content-Disposition"] == 'attachment; filename="mappings-acme.csv"'
    assert "Nothing changes" in send(browser, answer.content)
    text = "kind,value,site,target\ndisposition,moth-eaten,BER1,quarantine\nreason,too-small,,SIZE\n"
    page = send(browser, text)
    assert "What the sheet would change" in page
    assert mapped(played) == {"moth-eaten": "damaged"}
    apply = {"sheet": text, "seen": shown(page, "seen"), "why": "spring cleaning"}
    other = Change(ValueMapping("reason", "broken", "DEFECT"))
    map_values(played.acme.deployment, played.acme.merchant_id, [other], "ada")
    again = said(browser.post("/m/acme/mappings/import/", apply, follow=True))
    assert "Something was mapped since you looked" in again
    assert ">broken<" in again
    assert mapped(played)["moth-eaten"] == "damaged"
    apply["seen"] = shown(again, "seen")
    assert "decided anew" in said(browser.post("/m/acme/mappings/import/", apply, follow=True))
    assert mapped(played) == {"moth-eaten": "quarantine", "too-small": "SIZE"}
    assert {one.why for one in active(played.acme.merchant_id)} == {"spring cleaning"}
    kept = send(browser, "kind,value,target\nreason,too-small,SMALL\n", keep_others="yes")
    assert "not in it" not in kept


def test_a_sheet_that_cannot_be_used_is_told_by_its_lines(played: Played) -> None:
    browser = played.browser()
    page = send(browser, "kind,value,target\nteapot,a,b\nreason,,X\n")
    assert "Nothing was changed." in page
    assert "Line 2: kind" in page
    assert "Line 3: value is empty" in page
    assert "not written in UTF-8" in send(browser, b"kind,value,target\nreason,caf\xe9,X\n")
    assert "too large for a form" in send(browser, b"x" * (MOST_BYTES + 1))
    assert "Choose a CSV file" in said(browser.post("/m/acme/mappings/import/", {}, follow=True))


def test_who_may_only_look_sees_gaps_and_mappings_and_nothing_to_press(played: Played) -> None:
    save(played.browser())
    reader = played.browser("reader")
    for page in (said(reader.get(PAGE)), said(reader.get(FORM, MOTHS | {"target": "quarantine"}))):
        assert "moth-eaten" in page
        assert 'method="post" action="/m/' not in page
    assert "Map it" not in said(reader.get(LIST))


def test_a_merchant_that_is_configured_no_more_is_shown_what_was_mapped(played: Played) -> None:
    save(played.browser())
    left = {name: policy for name, policy in current().effective.said.items() if name != played.acme.merchant_id}
    adopt(type(current())(current().links, left, current().keys, current().now))
    page = said(played.browser().get(PAGE))
    assert "is not configured" in page
    assert "moth-eaten" in page
    assert played.browser().get(FORM).status_code == 404
    assert played.browser().post("/m/acme/mappings/set/", MOTHS).status_code == 404


def test_others_exceptions_fill_in_nothing(played: Played) -> None:
    theirs = models.OperationalException.objects.filter(merchant__name="beta", kind="unmapped-disposition")[0]
    assert "moth-eaten" not in said(played.browser().get(FORM, {"exception": theirs.key}))
