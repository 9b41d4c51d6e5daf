"""Tells a person on the next page what came of what they asked for, however many things it was about."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from backhaul.web.actions import Result

_MOST_SENTENCES = 5


def tell(request: HttpRequest, results: tuple[Result, ...]) -> None:
    """Equal sentences are said once with their number; refusals come first and stand out."""
    counted = Counter((result.done, result.says) for result in results)
    shown = sorted(counted.items(), key=lambda item: (item[0][0], -item[1]))
    for (done, says), many in shown[:_MOST_SENTENCES]:
        text = says if many == 1 else f"{many} ×: {says}"
        (messages.success if done else messages.error)(request, text)
    if len(shown) > _MOST_SENTENCES:
        messages.info(request, f"… and {len(shown) - _MOST_SENTENCES} more.")


def back(request: HttpRequest, otherwise: str, *names: object) -> HttpResponse:
    """To the page the form was on, if it is one of ours."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return redirect(asked)
    return redirect(otherwise, *names)
