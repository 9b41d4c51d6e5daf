"""The way in, the choice of a merchant, and the few figures that matter."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from backhaul.store.browse import connections, figures, messages, people
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.console.scoped import page, scoped

STANDINGS = ("due", "unsure", "waiting", "refused", "ambiguous")


@login_required
def entrance(request: HttpRequest) -> HttpResponse:
    """To one's own merchant at once; to the choice where there are several, or none."""
    mine = people.scopes(int(request.user.pk or 0))
    return redirect("overview", mine[0].merchant) if len(mine) == 1 else redirect("merchants")


@login_required
def choice(request: HttpRequest) -> HttpResponse:
    """The merchants a person may see."""
    return render(request, "console/merchants.html", {"scopes": people.scopes(int(request.user.pk or 0))})


@scoped
def overview(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """What is wrong, late or stuck, and what it is worth."""
    now = deployed.now()
    found = figures.figures(scope.merchant_id, now)
    about = {
        "figures": found,
        "standings": [(standing, found.effects.get(standing, 0)) for standing in STANDINGS],
        "overdue": sum(awaited.overdue for awaited in found.awaited),
        "unread": messages.counts(scope.merchant_id),
        "troubles": connections.troubles(scope.merchant_id, now),
    }
    return page(request, scope, "home.html", about)
