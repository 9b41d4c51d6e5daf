"""Accounts are made by the operator (`backhaul init`), never by whoever comes along."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """No open sign-up: the page says so and whom to ask."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the base class says so
        return False
