"""Decisions that only a person can make: what a unit is, that a credit be corrected, that two returns are one."""

from __future__ import annotations

import re
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from backhaul.domain.decided import FATES
from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.money import Money, from_decimal
from backhaul.store.browse.people import Scope
from backhaul.web import actions
from backhaul.web.console.scoped import must_resolve, scoped
from backhaul.web.console.told import back, tell


@require_POST
@scoped
def disposition(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """What a unit in quarantine, or of an unknown condition, is."""
    must_resolve(scope)
    chosen, reason = request.POST.get("disposition", ""), request.POST.get("reason", "").strip()
    if chosen not in DISPOSITIONS or not reason:
        messages.error(request, "Choose what the unit is and say why: both are kept.")
    else:
        unit = request.POST.get("unit", "")
        tell(request, (actions.decide_disposition(scope, return_id, unit, chosen, reason),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def fate(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """What became of a unit that does not come."""
    must_resolve(scope)
    chosen, reason = request.POST.get("fate", ""), request.POST.get("reason", "").strip()
    if chosen not in FATES or not reason:
        messages.error(request, "Choose what became of the unit and say why: both are kept.")
    else:
        unit, claim = request.POST.get("unit", ""), request.POST.get("claim", "")
        tell(request, (actions.decide_what_became(scope, return_id, unit, chosen, claim, reason),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def approval(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """Whether the platform is told to pay for a unit."""
    must_resolve(scope)
    chosen, reason = request.POST.get("approved", ""), request.POST.get("reason", "").strip()
    if chosen not in ("yes", "no") or not reason:
        messages.error(request, "Say whether the unit is paid for and why: both are kept.")
    else:
        unit = request.POST.get("unit", "")
        tell(request, (actions.decide_payment(scope, return_id, unit, chosen == "yes", reason),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def correction(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """That the documents of a refund follow what is now known of it."""
    must_resolve(scope)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why the credit note is to be corrected: the reason is kept.")
    else:
        tell(request, (actions.correct(scope, return_id, request.POST.get("refund", ""), reason),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def refund_instead(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """That an exchange becomes a refund."""
    must_resolve(scope)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why the shopper gets money instead: the reason is kept.")
    else:
        tell(request, (actions.refund_instead(scope, return_id, request.POST.get("exchange", ""), reason),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def charge(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """What the shopper paid for an exchange."""
    must_resolve(scope)
    try:
        amount = money_of(request.POST.get("amount", ""), request.POST.get("currency", ""))
    except ValueError as error:
        messages.error(request, f"{error} Write the amount as 7.00 and the currency as USD.")
    else:
        exchange, name = request.POST.get("exchange", ""), request.POST.get("charge", "")
        tell(request, (actions.record_charge(scope, return_id, exchange, name, amount),))
    return back(request, "return", scope.merchant, return_id)


@require_POST
@scoped
def joining(request: HttpRequest, scope: Scope, return_id: str) -> HttpResponse:
    """That this return and another are one."""
    must_resolve(scope)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say how you know that they are one return: the reason is kept.")
    else:
        tell(request, (actions.join_returns(scope, return_id, request.POST.get("other", ""), reason),))
    return back(request, "return", scope.merchant, return_id)


def money_of(amount: str, currency: str) -> Money:
    """An amount as a person types it, ``7.00`` or ``7,00``. Raises ValueError with what is wrong with it."""
    plain, code = amount.strip().replace(",", "."), currency.strip().upper()
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", plain) or not re.fullmatch("[A-Z]{3}", code):
        raise ValueError(f"{amount.strip()!r} {currency.strip()!r} is no amount of money.")
    return from_decimal(Decimal(plain), code)
