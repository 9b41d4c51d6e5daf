"""The REST API: the same as the console, for programs; the schema at /api/v1/openapi.json is the contract.

An operation answers a list, never a tuple: ninja takes a tuple of two for a status code and a body.
"""

from __future__ import annotations

from ninja import NinjaAPI
from ninja.throttling import AuthRateThrottle

from backhaul.web.api import connections, documents, exceptions, messages, problems, returns
from backhaul.web.api.tokens import Bearer

api = NinjaAPI(
    title="Backhaul",
    version="1",
    description="Returns, their documents, exceptions and messages of one merchant: the one the token was made for.",
    auth=Bearer(),
    # ninja's page of documentation loads scripts from elsewhere, which our content security policy forbids.
    docs_url=None,
    throttle=[AuthRateThrottle("1200/m")],
)
api.add_router("/returns", returns.router)
api.add_router("/exceptions", exceptions.router)
api.add_router("/messages", messages.router)
api.add_router("/documents", documents.router)
api.add_router("/connections", connections.router)
problems.install(api)

__all__ = ["api"]
