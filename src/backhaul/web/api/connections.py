"""Connections over the API: heard of when, owing what, paused until when and why."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from backhaul.store.browse import connections
from backhaul.web import deployed
from backhaul.web.api.problems import PROBLEMS
from backhaul.web.api.shapes.connections import ConnectionOut
from backhaul.web.api.tokens import scope_of

router = Router(tags=["connections"])


@router.get("", response={200: list[ConnectionOut], **PROBLEMS}, operation_id="list_connections")
def list_connections(request: HttpRequest) -> list[connections.ConnectionRow]:
    """All of them, by name."""
    return list(connections.connections(scope_of(request).merchant_id, deployed.now()))
