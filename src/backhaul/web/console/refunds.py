"""The page that answers a shopper who asks where the refund is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from backhaul.flows.find_refund import find_refund
from backhaul.store.browse.people import Scope
from backhaul.web import deployed
from backhaul.web.console import asked
from backhaul.web.console.scoped import page, scoped


@scoped
def where(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """A form for an order number, and what there is to say of it."""
    typed = asked.text(request, "order")
    answer = find_refund(deployed.current(), scope.merchant_id, typed) if typed else None
    return page(request, scope, "where.html", {"typed": typed, "answer": answer})
