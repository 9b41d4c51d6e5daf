"""The list of returns and the page of one."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase

from backhaul.domain.decided import FATES
from backhaul.domain.facts import DISPOSITIONS
from backhaul.store.browse import one_return, pages
from backhaul.store.browse import returns as browse
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.console import asked
from backhaul.web.console.export import Cell, csv_answer
from backhaul.web.console.ledger import account_balances, booked_lines
from backhaul.web.console.papers import papers
from backhaul.web.console.scoped import page, scoped
from backhaul.web.console.timeline import timeline
from backhaul.web.exchanged import exchanges
from backhaul.web.tracks import tracks

_SHOWN = {
    "open": {"closed": False},
    "closed": {"closed": True},
    "squared": {"squared": True},
    "not-squared": {"squared": False},
    "exceptions": {"excepted": True},
}
MOST_COUNTED = 10_000
SHOWS = (
    ("", "All returns"),
    ("open", "Open"),
    ("closed", "Closed"),
    ("squared", "Squared"),
    ("not-squared", "Not squared"),
    ("exceptions", "With exceptions"),
)


def _wanted(request: HttpRequest) -> browse.Wanted:
    shown = asked.one_of(request, "show", _SHOWN)
    stage = asked.one_of(request, "stage", browse.STAGES)
    return browse.Wanted(search=asked.text(request, "q"), stage=stage, **_SHOWN.get(shown, {}))


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """Returns by choice, newest message first."""
    wanted = _wanted(request)
    found = browse.returns(scope.merchant_id, wanted, asked.cursor(request))
    about = {
        "returns": found.rows,
        "next": asked.query(request, after=found.next) if found.next else "",
        "first": asked.query(request, after="") if asked.cursor(request) else None,
        "count": browse.count(scope.merchant_id, wanted, MOST_COUNTED + 1),
        "most": MOST_COUNTED,
        "export": asked.query(request, after=""),
        "stages": browse.STAGES,
        "shows": SHOWS,
        "asked": {name: asked.text(request, name) for name in ("q", "show", "stage")},
    }
    return page(request, scope, "returns.html", about)


@scoped
def exported(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """The same list as CSV, all of it."""
    wanted = _wanted(request)

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in pages.all_rows(lambda at: browse.returns(scope.merchant_id, wanted, at, pages.MOST_ROWS)):
            yield (
                row.id, row.label, row.connection, " ".join(row.orders), " ".join(row.skus), row.units, row.stage,
                row.squared, row.closed, row.exceptions, row.initiated_at, row.first_seen_at, row.last_message_at,
            )  # fmt: skip

    heads = (
        "id", "label", "connection", "orders", "skus", "units", "stage", "squared", "closed", "open exceptions",
        "initiated at", "first seen at", "last message at",
    )  # fmt: skip
    return csv_answer(f"returns-{scope.merchant}.csv", heads, rows(), scope.zone)


@scoped
def opened(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponseBase:
    """Everything about one return."""
    whole = one_return.one_return(scope.merchant_id, return_id, deployed.policy_of_return)
    if whole is None:
        raise Http404(f"{scope.title} has no return {return_id}")
    about = {
        "whole": whole,
        "row": whole.row,
        "timeline": timeline(whole),
        "units": tracks(whole),
        "exchanges": exchanges(whole),
        "papers": papers(whole.documents),
        "several_orders": len(whole.row.orders) > 1,
        "booked": booked_lines(return_id, whole.booked),
        "balances": account_balances(return_id, whole.balances),
        "open_exceptions": [each for each in whole.exceptions if each.state == "open"],
        "settled_exceptions": [each for each in whole.exceptions if each.state != "open"],
        "dispositions": DISPOSITIONS,
        "fates": FATES,
    }
    return page(request, scope, "return.html", about)
