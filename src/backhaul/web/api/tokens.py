"""Who a request of the REST API speaks for: a bearer token stands for one person's part in one merchant."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from backhaul.store.browse import people
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.api.problems import Problem

LONGEST_TOKEN = 200


class Bearer(HttpBearer):
    """`Authorization: Bearer bh_…`; a token is made on the console's Access page."""

    def authenticate(self, request: HttpRequest, token: str) -> Scope | None:  # noqa: ARG002  ninja calls it so
        if not token.isascii() or len(token) > LONGEST_TOKEN:
            return None
        return people.token_scope(token, deployed.now())


def scope_of(request: HttpRequest) -> Scope:
    """The merchant the token may see; ninja has put it there."""
    return cast(Scope, request.auth)  # type: ignore[attr-defined]  # set by ninja after Bearer.authenticate


def resolving(request: HttpRequest) -> Scope:
    """The same, where something is to be changed. Raises Problem for those who may only look."""
    scope = scope_of(request)
    if not scope.may_resolve:
        raise Problem(
            403,
            "This token may look and change nothing",
            f"{scope.person} may not resolve anything of {scope.title}.",
            "Ask for a membership that may resolve, and make the token anew.",
        )
    return scope
