"""Every address of the console and of the API, taken from what is wired up, so that a new page is tested unasked."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from django.urls.converters import IntConverter

from backhaul.store import models
from backhaul.store.policy_models import SaidPolicy
from backhaul.web.api import api
from backhaul.web.urls import merchant_urls

# What only takes forms; the tests of actions send them.
POSTED = frozenset(
    [
        "exceptions-resolve",
        "messages-replay",
        "message-replay",
        "access-revoke",
        "decide-disposition",
        "decide-correction",
        "join-returns",
        "refund-instead",
        "decide-fate",
        "decide-approval",
        "record-charge",
        "mapping-set",
        "mapping-undo",
        "mappings-import",
    ]
)


def console(merchant: str, owner: str) -> dict[str, str]:
    """Name to address of each console page under ``merchant``, filled with ids of things that ``owner`` has."""
    found = {}
    for pattern in merchant_urls:
        assert isinstance(pattern, URLPattern)
        assert pattern.name is not None
        address = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            kind = "int" if isinstance(converter, IntConverter) else "str"
            address = address.replace(f"<{kind}:{name}>", str(_thing(name, owner)))
        found[pattern.name] = f"/m/{merchant}/{address}"
    return found


def operations(owner: str) -> list[tuple[str, str, Any]]:
    """(method, address, body) of each operation of the API, filled with ids of things that ``owner`` has."""
    found: list[tuple[str, str, Any]] = []
    schema = api.get_openapi_schema()
    for path, methods in schema["paths"].items():
        address = path
        for name in ("return_id", "message_id", "policy_id", "number"):
            address = address.replace(f"{{{name}}}", str(_thing(name, owner)))
        address += _QUERIES.get(path.rsplit("/", 1)[-1], "")
        *_, group, last = path.split("/")
        found += [(method, address, _BODIES.get(f"{group}/{last}", _BODIES.get(last))) for method in methods]
    return found


_BODIES: dict[str, Any] = {
    "retry": {"keys": ["none"]},
    "waive": {"keys": ["none"], "reason": "because"},
    "replay": {"cause": "0" * 16},
    "exceptions/replay": {"keys": ["none"]},
    "disposition": {"unit": "a unit", "disposition": "damaged", "reason": "because"},
    "correction": {"refund": "a refund", "reason": "because"},
    "refund-instead": {"exchange": "an exchange", "reason": "because"},
    "approval": {"unit": "a unit", "approved": True, "reason": "because"},
    "fate": {"unit": "a unit", "fate": "lost", "reason": "because"},
    "charge": {"exchange": "an exchange", "charge": "a payment", "amount": {"minor": 100, "currency": "USD"}},
    "join": {"other": "a return", "reason": "because"},
    "preview": {"changes": [{"kind": "reason", "value": "too-small", "target": "SIZE"}]},
    "set": {"changes": [{"kind": "reason", "value": "too-small", "target": "SIZE"}]},
    "undo": {"kind": "reason", "value": "too-small"},
    "sheet": {"sheet": "kind,value,target"},
}
# What an operation cannot be asked without.
_QUERIES = {
    "suggestions": "?kind=disposition&value=moth-eaten",
    "versions": "?kind=disposition&value=moth-eaten",
}


def _thing(name: str, owner: str) -> object:
    match name:
        case "return_id":
            return models.Return.objects.filter(merchant__name=owner).order_by("id")[0].pk
        case "message_id":
            return models.Message.objects.filter(connection__merchant__name=owner).order_by("id")[0].pk
        case "number":
            return models.Order.objects.filter(merchant__name=owner, returnorder__isnull=False).order_by("id")[0].number
        case "policy_id":
            return SaidPolicy.objects.filter(merchant__name=owner).order_by("id")[0].pk
        case "token_id":
            return models.ApiToken.objects.filter(membership__merchant__name=owner)[0].pk
        case _:
            raise LookupError(f"the tests do not know what to put for {name}: say it here")
