"""Whatever sources put into names, words and bodies, a page shows it and runs none of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backhaul.store import models
from backhaul.store.browse.documents import WantedDocuments, documents
from backhaul.web import deployed
from backhaul.web.console.export import cell
from tests.support.day import Parcel
from tests.support.town import Played
from tests.web.addresses import POSTED, console
from tests.web.test_scoping import text_of

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@pytest.fixture
def evil(played: Played) -> Played:
    """A return whose every name is an attack, and everything in trouble with it."""
    order = f"EVIL-{EVIL}"
    played.acme.sold(order, (EVIL, 1, 2000))
    parcel = Parcel(played.acme, order, f"r-{EVIL}", f"HR-{EVIL}", ((f"{order}1", EVIL, 0),))
    for word in ("started", "dropped_off", "approved", f"odd {EVIL}"):
        parcel.said(word)
    played.acme.books.refuses["issue-credit-note", order] = f"no: {EVIL}"
    played.acme.work()
    parcel.refunded(2000)
    played.acme.work()
    parcel.received()
    parcel.inspected(f"odd {EVIL}")
    played.acme.work()
    played.acme.tell("happy", None, raw=f'{{"event": "{EVIL}'.encode())
    models.Connection.objects.filter(name="acme-erp").update(
        failing_since=played.acme.clock(), failing_why=f"down: {EVIL}"
    )
    del played.acme.books.refuses["issue-credit-note", order]
    return played


def test_no_page_lets_a_foreign_word_become_markup(evil: Played) -> None:
    browser = evil.browser()
    returned = models.Return.objects.get(label__startswith="HR-<script>")
    message = models.Message.objects.filter(returns__contains=[returned.pk]).order_by("id")[0]
    broken = models.Message.objects.filter(state="unreadable").order_by("-id")[0]
    addresses = [address for name, address in console("acme", "acme").items() if name not in POSTED]
    addresses += [f"/m/acme/returns/{returned.pk}/", f"/m/acme/messages/{message.pk}/"]
    addresses += [f"/m/acme/messages/{broken.pk}/", "/m/acme/exceptions/list/"]
    shown = 0
    for address in addresses:
        if ".csv" in address:
            continue
        for query in ("", "?q=<script>alert(2)</script>&kind=<script>&owner=<script>&state=<script>&after=<script>"):
            said = text_of(browser.get(address + query))
            assert "<script>alert" not in said, address
            assert "<img src=x" not in said, address
            shown += said.count("&lt;script&gt;alert(&#x27;x&#x27;)")
    assert shown > 20


def test_a_document_is_linked_only_to_a_web_address(evil: Played) -> None:
    row = documents(evil.acme.merchant_id, WantedDocuments(standing="done")).rows[0]
    assert (deployed.address(row) or "").startswith("https://erp.example.com/")
    link = evil.acme.links["acme-erp"]
    before, link.settings = link.settings, link.settings.model_copy(update={"base_url": "javascript:alert(1)//"})
    try:
        assert deployed.address(row) is None
    finally:
        link.settings = before


def test_an_exported_cell_is_never_a_formula(evil: Played) -> None:
    evil.acme.sold("=1+1", ("@SUM(A1)", 1, 1000))
    parcel = Parcel(evil.acme, "=1+1", "=cmd", "=HYPERLINK(1)", (("=1+11", "@SUM(A1)", 0),))
    parcel.said("started")
    for name in ("returns-csv", "exceptions-csv"):
        text = text_of(evil.browser().get(console("acme", "acme")[name]))
        cells = [one for row in csv.reader(io.StringIO(text)) for one in row]
        assert len(cells) > 50
        assert not [one for one in cells if one.startswith(("=", "+", "@"))]


def test_a_cell_says_what_it_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert cell(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), berlin) == "2026-07-01T14:00:00+02:00"
    assert [cell(value, berlin) for value in (True, False, None, 7, "-5", "plain")] == [
        "yes", "no", "", 7, "'-5", "plain",
    ]  # fmt: skip
