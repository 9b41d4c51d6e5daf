"""Tokens of the REST API: made, shown once, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from backhaul.store.browse import people
from backhaul.store.browse.people import Scope
from backhaul.web.console.scoped import page, scoped

LONGEST_NAME = 100


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """One's own tokens for this merchant; a new one is shown in the answer to its making and nowhere else."""
    fresh = ""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:LONGEST_NAME]
        if name:
            fresh = people.make_token(scope.membership_id, name)
        else:
            messages.error(request, "Name the token after the program that will use it.")
    about = {"tokens": people.tokens(scope.membership_id), "fresh": fresh}
    return page(request, scope, "access.html", about)


@require_POST
@scoped
def revoked(request: HttpRequest, scope: Scope, token_id: int) -> HttpResponse:
    """The token opens nothing any more."""
    if people.revoke_token(scope.membership_id, token_id):
        messages.success(request, "The token was revoked and opens nothing any more.")
    else:
        messages.error(request, "You have no such token.")
    return redirect("access", scope.merchant)
