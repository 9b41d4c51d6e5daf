"""The page of policy versions: who said what when, for which returns, and what changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from backhaul.domain.policy_versions import changes, said
from backhaul.store.browse.people import Scope
from backhaul.store.policies import versions_of
from backhaul.web.console.scoped import page, scoped


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """All versions, the newest first, each with where it differs from the one before."""
    versions = versions_of(scope.merchant_id)
    pairs = zip(versions, (None, *versions), strict=False)
    told = [(one, changes(before.policy, one.policy) if before is not None else ()) for one, before in pairs]
    now = said(versions[-1].policy) if versions else {}
    return page(request, scope, "policies.html", {"versions": told[::-1], "says": sorted(now.items())})
