"""The form that maps one value: filled in by a gap or an exception, weighed before it is saved."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from backhaul.domain.mappings import KINDS, Kind, Name, ValueMapping, tidied
from backhaul.domain.specificity import ANY
from backhaul.flows.map_values import map_values, preview
from backhaul.flows.suggest import suggest
from backhaul.flows.usable import CannotMap, Change
from backhaul.flows.weigh_gaps import asked_by
from backhaul.store import mappings as kept
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.console import asked
from backhaul.web.console.scoped import must_resolve, page, scoped
from backhaul.web.console.told import back

# The form offers what is not near, too: a word such as "moth-eaten" looks like none of the policy's.
MOST_CHOICES = 8
# What stands in the form's fields, per kind: what the value is, and what it leads to.
MEANINGS: dict[Kind, tuple[str, str]] = {
    "disposition": ("The warehouse's word for a condition", "The policy's word: sellable, damaged, quarantine, …"),
    "place": ("A condition; * for every one without a place of its own", "account:location, such as quarantine:QUAR"),
    "reason": ("The platform's reason; * for any other", "The ERP's words"),
    "sku-alias": ("The platform's SKU", "The SKU that was sold"),
    "sku-class": ("A SKU of the ERP, or a pattern such as SHOE-*", "The class that places speak of"),
    "location": ("A source's name of a site", "The policy's name of it"),
    "tender": ("A refund's tender", "The ERP's payment method"),
    "account": ("fee or difference", "The ERP's account"),
    "word": ("A word of a message that nobody had explained", "Such as meaning:dropped-off"),
}


@scoped
def opened(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """The form; with a target, what would come of it. Nothing is written by looking."""
    must_be_configured(scope)
    name, closed = _asked(request, scope)
    kind, value, site, sku_class = name
    target = asked.text(request, "target")
    change = Change(tidied(ValueMapping(kind, value, target, site, sku_class)))
    about: dict[str, object] = {
        "mapping": change.mapping if value else ValueMapping(kind, value, target, site, sku_class),
        "kinds": KINDS,
        "meaning": MEANINGS[kind],
        "after": request.GET.get("next", ""),
        "closed": closed,
    }
    if value:
        about["suggestions"] = suggest(deployed.current(), scope.merchant_id, kind, value, most=MOST_CHOICES, least=0)
        about["versions"] = kept.history(scope.merchant_id, change.mapping.name)
    if value and target:
        try:
            about["weighed"] = preview(deployed.current(), scope.merchant_id, [change])
        except CannotMap as error:
            about["wrong"] = [why for _, why in error.wrong]
    return page(request, scope, "mapping_form.html", about)


@require_POST
@scoped
def saved(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The mapping is made, or ended; what came of it is told on the page that the person came from."""
    must_resolve(scope)
    must_be_configured(scope)
    target = request.POST.get("target", "")
    kind, value, site, sku_class = name_posted(request)
    change = Change(ValueMapping(kind, value, target, site, sku_class), ends=bool(request.POST.get("ends")))
    try:
        done = map_values(deployed.current(), scope.merchant_id, [change], scope.person, why_posted(request))
    except CannotMap as error:
        messages.error(request, f"Nothing was mapped: {error}.")
        named = {"kind": kind, "value": value, "site": site, "sku_class": sku_class, "target": target}
        again = named | {"next": request.POST.get("next", "")}
        return redirect(f"{reverse('mapping-form', args=[scope.merchant])}?{urlencode(again)}")
    messages.success(request, str(done))
    return back(request, "mappings", scope.merchant)


def must_be_configured(scope: Scope) -> None:
    """Raises Http404 for a merchant that stands in no configuration any more: nothing is decided for it."""
    if deployed.policy(scope.merchant_id) is None:
        raise Http404(f"{scope.title} stands in no backhaul.toml any more")


def name_posted(request: HttpRequest) -> Name:
    """What the mapping of a sent form is about, in its one spelling."""
    given = {word: request.POST.get(word, "").replace("\0", "") for word in ("kind", "value", "site", "sku_class")}
    kind = next((known for known in KINDS if known == given["kind"]), None)
    if kind is None:
        raise Http404(f"there is no kind of mapping {given['kind']}")
    return tidied(ValueMapping(kind, given["value"], "", given["site"], given["sku_class"])).name


def why_posted(request: HttpRequest) -> str:
    """The note of a sent form."""
    return request.POST.get("why", "").replace("\0", "").strip()[:2000]


def _asked(request: HttpRequest, scope: Scope) -> tuple[Name, bool]:
    """What the form is filled in with, and whether the exception it was opened from asks for nothing any more."""
    wanted = asked.one_of(request, "kind", KINDS, KINDS[0])
    kind = next(known for known in KINDS if known == wanted)
    given = (
        kind,
        asked.text(request, "value"),
        asked.text(request, "site") or ANY,
        asked.text(request, "sku_class") or ANY,
    )
    key = request.GET.get("exception", "").replace("\0", "")
    if not key or given[1]:
        return given, False
    name = asked_by(deployed.current(), scope.merchant_id, key)
    return name or given, name is None
