"""Mappings: what leads nowhere and what waits for it, what is mapped by whom, undone, and as a sheet."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from backhaul.domain.mappings import KINDS
from backhaul.flows import map_values
from backhaul.flows.read_sheet import sheet
from backhaul.flows.usable import CannotMap
from backhaul.store.browse import mappings as browse
from backhaul.store.browse.people import Scope
from backhaul.store.mappings import active
from backhaul.web import deployed, mapped
from backhaul.web.console import asked
from backhaul.web.console.mapping_form import must_be_configured, name_posted, why_posted
from backhaul.web.console.scoped import must_resolve, page, scoped
from backhaul.web.console.told import back

MOST_GAPS = 25
# What a form may carry, less the form's own words.
MOST_BYTES = 900_000


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """Gaps first, then what is mapped, the newest first. Who only filters the list is not kept waiting for gaps."""
    wanted = browse.WantedMappings(
        asked.one_of(request, "kind", KINDS), asked.text(request, "q"), asked.text(request, "ended") == "yes"
    )
    found = browse.mappings(scope.merchant_id, wanted, asked.cursor(request))
    only_list = request.headers.get("HX-Target") == "results"
    configured = deployed.policy(scope.merchant_id) is not None
    gaps, many = mapped.open_gaps(scope, MOST_GAPS) if configured and not only_list else ((), 0)
    about = {
        "wanted": wanted,
        "configured": configured,
        "gaps": gaps,
        "more": many - len(gaps),
        "mappings": found.rows,
        "kinds": KINDS,
        "next": asked.query(request, after=found.next) if found.next else "",
        "first": asked.query(request, after="") if asked.cursor(request) else None,
    }
    return page(request, scope, "mappings.html", about)


@require_POST
@scoped
def undone(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The newest version of a mapping is put back to the one before."""
    must_resolve(scope)
    must_be_configured(scope)
    name = name_posted(request)
    try:
        done = map_values.undo(deployed.current(), scope.merchant_id, name, scope.person, why_posted(request))
        messages.success(request, str(done))
    except CannotMap as error:
        messages.error(request, f"Nothing was undone: {error}.")
    return back(request, "mappings", scope.merchant)


@scoped
def exported(request: HttpRequest, scope: Scope) -> HttpResponseBase:  # noqa: ARG001  every page is asked so
    """All that is mapped, as CSV that can be edited and given back."""
    answer = HttpResponse(sheet(active(scope.merchant_id)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="mappings-{scope.merchant}.csv"'
    return answer


@require_POST
@scoped
def imported(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What a sheet would change; it is changed when a person has seen just that and says so."""
    must_resolve(scope)
    must_be_configured(scope)
    keep_others, text = bool(request.POST.get("keep_others")), _text(request)
    about: dict[str, object] = {"text": text, "keep_others": keep_others, "why": why_posted(request)}
    if text is None:
        return redirect("mappings", scope.merchant)
    try:
        looked = mapped.use_sheet(scope, text, "", apply=False, keep_others=keep_others)
        digest = hashlib.sha256(repr(looked.changes).encode()).hexdigest()
        if request.POST.get("seen") == digest:
            why = why_posted(request) or "by a sheet"
            done = mapped.use_sheet(scope, text, why, apply=True, keep_others=keep_others)
            messages.success(request, str(done.came))
            return redirect("mappings", scope.merchant)
        about |= {"looked": looked, "digest": digest, "changed": "seen" in request.POST}
    except mapped.CannotUseSheet as error:
        about["wrong"] = error.wrong
    return page(request, scope, "mappings_sheet.html", about)


def _text(request: HttpRequest) -> str | None:
    """The sheet, of a file or as it was shown; None where there is none that can be read, which is told."""
    file = request.FILES.get("file")
    if file is None:
        if "sheet" not in request.POST:
            messages.error(request, "Choose a CSV file.")
        shown: str | None = request.POST.get("sheet")
        return shown
    if (file.size or 0) > MOST_BYTES:
        messages.error(request, "The file is too large for a form: use `backhaul mappings import`, or split it.")
        return None
    try:
        return bytes(file.read()).decode("utf-8")
    except UnicodeDecodeError:
        messages.error(request, "The file is not written in UTF-8: save it as CSV in UTF-8. Nothing was changed.")
        return None
