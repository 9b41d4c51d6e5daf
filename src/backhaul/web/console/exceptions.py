"""Operational exceptions: grouped by cause, listed one by one, retried, replayed and waived."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST

from backhaul.domain.policy import Owner
from backhaul.store.browse import exceptions as browse
from backhaul.store.browse import pages
from backhaul.store.browse.groups import groups, kinds
from backhaul.store.browse.people import Scope
from backhaul.web import actions, words
from backhaul.web.console import asked
from backhaul.web.console.export import Cell, csv_answer
from backhaul.web.console.scoped import must_resolve, page, scoped
from backhaul.web.console.told import back, tell

OWNERS: tuple[str, ...] = Owner.__args__  # type: ignore[attr-defined]  # a Literal carries its words


def _wanted(request: HttpRequest) -> browse.WantedExceptions:
    state = asked.one_of(request, "state", browse.STATES, "open")
    return browse.WantedExceptions(
        state=next(known for known in browse.STATES if known == state),
        owner=asked.one_of(request, "owner", OWNERS),
        kind=asked.text(request, "kind"),
        cause=asked.text(request, "cause"),
    )


def _choices(request: HttpRequest, scope: Scope, wanted: browse.WantedExceptions) -> dict[str, object]:
    return {
        "wanted": wanted,
        "owners": OWNERS,
        "kinds": kinds(scope.merchant_id, browse.WantedExceptions(state=wanted.state)),
        "states": browse.STATES,
        "export": asked.query(request, after=""),
    }


@scoped
def grouped(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """One line per kind and cause, with what is at stake."""
    wanted = _wanted(request)
    found = groups(scope.merchant_id, wanted)
    about = {
        **_choices(request, scope, wanted),
        "groups": [(group, asked.query(request, kind=group.kind, cause=group.name)) for group in found],
        "count": sum(group.count for group in found),
    }
    return page(request, scope, "exceptions.html", about)


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """The exceptions of one group, or of any choice, each to be retried, replayed or waived."""
    wanted = _wanted(request)
    found = browse.exceptions(scope.merchant_id, wanted, asked.cursor(request))
    same = sorted({row.cause for row in found.rows})
    about = {
        **_choices(request, scope, wanted),
        "exceptions": found.rows,
        "replayable": any(row.replayable for row in found.rows),
        "cause": same[0] if wanted.cause and len(same) == 1 else "",
        "remedy": found.rows[0].remedy if wanted.cause and found.rows else "",
        "next": asked.query(request, after=found.next) if found.next else "",
        "first": asked.query(request, after="") if asked.cursor(request) else None,
    }
    return page(request, scope, "exceptions_list.html", about)


@require_POST
@scoped
def resolved(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Retry, replay or waive the chosen ones; waiving needs a reason."""
    must_resolve(scope)
    keys = list(dict.fromkeys(request.POST.getlist("key")))[: actions.MOST_AT_ONCE]
    reason = request.POST.get("reason", "").strip()
    if not keys:
        messages.error(request, "Choose at least one exception.")
    elif request.POST.get("what") == "retry":
        tell(request, actions.retry(scope, keys))
    elif request.POST.get("what") == "replay":
        tell(request, actions.replay_objects(scope, keys, looked=request.POST.get("looked") == "yes"))
    elif not reason:
        messages.error(request, "Say why it may be waived: the reason is kept with it.")
    else:
        tell(request, actions.waive(scope, keys, reason))
    return back(request, "exceptions", scope.merchant)


@scoped
def exported(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """The wanted exceptions as CSV, all of them."""
    wanted = _wanted(request)

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in pages.all_rows(lambda at: browse.exceptions(scope.merchant_id, wanted, at, pages.MOST_ROWS)):
            value = "; ".join(map(words.amount, row.value))
            yield (
                row.key, row.kind, row.state, row.owner, row.return_label, row.return_id, row.about, row.cause,
                row.remedy, value, row.opened_at, row.due_at, row.closed_at, row.waived_at, row.waived_by,
                row.waived_why,
            )  # fmt: skip

    heads = (
        "key", "kind", "state", "owner", "return", "return id", "about", "cause", "remedy", "value at risk",
        "opened at", "due at", "closed at", "waived at", "waived by", "waived why",
    )  # fmt: skip
    return csv_answer(f"exceptions-{scope.merchant}.csv", heads, rows(), scope.zone)
