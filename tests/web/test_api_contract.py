"""The API keeps its schema whatever is thrown at it: no 500, no answer of another shape, no undocumented refusal."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backhaul.web.api import api
from tests.support.town import Played

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def described() -> dict[str, Any]:
    """The schema as a program gets it."""
    return dict(json.loads(json.dumps(api.get_openapi_schema())))


LABELS = sorted(f"{method.upper()} {path}" for path, item in described()["paths"].items() for method in item)


@pytest.mark.parametrize("label", LABELS)
def test_every_operation_answers_as_its_schema_says(label: str, played: Played) -> None:
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "localhost"}
    )
    found = (one.ok() for one in schema.get_all_operations() if isinstance(one, Ok))
    operation = next(one for one in found if one.label == label)
    headers = {"Host": "localhost", "Authorization": f"Bearer {played.token}"}

    @hypothesis.settings(
        max_examples=15, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def holds(case: Any) -> None:
        cache.clear()  # the test asks faster than a token may
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    holds()
