"""The one door to a merchant's pages: who is asking, for which merchant, in whose time zone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from backhaul.store.browse import figures, messages, people
from backhaul.store.browse.people import Scope
from backhaul.web import deployed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Scope, P], HttpResponseBase]


def scoped(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Lets in people with a part in the merchant of the address; to all others there is no such page."""

    @wraps(view)
    @never_cache
    @login_required
    def inside(request: HttpRequest, merchant: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        scope = people.scope(int(request.user.pk or 0), merchant)
        if scope is None:
            raise Http404(f"no merchant {merchant} for {request.user.get_username()}")
        with timezone.override(scope.zone):
            return view(request, scope, *args, **kwargs)

    return inside


def page(request: HttpRequest, scope: Scope, template: str, about: dict[str, Any]) -> HttpResponse:
    """A page of the console with what every page shows: the merchant, the counts in the menu, the clock."""
    unread = messages.counts(scope.merchant_id)
    context = {
        "scope": scope,
        "now": deployed.now(),
        "menu_exceptions": figures.open_exceptions(scope.merchant_id),
        "menu_messages": sum(unread.values()),
        "has_other_merchants": len(people.scopes(int(request.user.pk or 0))) > 1,
        **about,
    }
    return render(request, f"console/{template}", context)


def must_resolve(scope: Scope) -> None:
    """Raises PermissionDenied for people who may only look."""
    if not scope.may_resolve:
        raise PermissionDenied(f"{scope.person} may look at {scope.title} and change nothing; ask its administrator.")
