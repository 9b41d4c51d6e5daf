"""The REST API: the same as the console, for programs; the schema at /api/v1/openapi.json is the contract.

An operation answers a list, never a tuple: ninja takes a tuple of two for a status code and a body.
"""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.throttling import AuthRateThrottle

from backhaul.web.api import (
    connections,
    documents,
    exceptions,
    mappings,
    messages,
    orders,
    policies,
    problems,
    returns,
)
from backhaul.web.api.tokens import Bearer


class _Api(NinjaAPI):
    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The schema, with problems under the media type that they are answered in."""
        schema = super().get_openapi_schema(**where)
        for operations in schema["paths"].values():
            for operation in operations.values():
                problems.describe(operation["responses"])
                if operation["operationId"] == mappings.EXPORTS:
                    content = operation["responses"][200]["content"]  # ninja knows of no answer that is not JSON
                    content[mappings.CSV] = content.pop("application/json")
        return schema


api = _Api(
    title="Backhaul",
    version="1",
    description="Returns, their documents, exceptions and messages of one merchant: the one the token was made for.",
    auth=Bearer(),
    # ninja's page of documentation loads scripts from elsewhere, which our content security policy forbids.
    docs_url=None,
    throttle=[AuthRateThrottle("1200/m")],
)
api.add_router("/returns", returns.router)
api.add_router("/orders", orders.router)
api.add_router("/exceptions", exceptions.router)
api.add_router("/messages", messages.router)
api.add_router("/mappings", mappings.router)
api.add_router("/policies", policies.router)
api.add_router("/documents", documents.router)
api.add_router("/connections", connections.router)
problems.install(api)

__all__ = ["api"]
