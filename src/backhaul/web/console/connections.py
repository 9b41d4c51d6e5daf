"""The connections of a merchant: heard of when, owing what, paused until when and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from backhaul.store.browse import connections as browse
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.console.scoped import page, scoped


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """All of them: there are few."""
    about = {"connections": browse.connections(scope.merchant_id, deployed.now())}
    return page(request, scope, "connections.html", about)
