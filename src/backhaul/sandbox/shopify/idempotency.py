"""Idempotency keys: which mutations need one, and what a key that was seen before is answered with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLResolveInfo
from graphql.execution.values import get_directive_values

from .refusals import BadCall, NotModelled, Refused

RETAINED_SECONDS = 24 * 3600.0
NEED_A_KEY = frozenset(
    {
        "refundCreate",
        "inventoryAdjustQuantities",
        "inventoryMoveQuantities",
        "inventorySetQuantities",
        "inventorySetOnHandQuantities",
        "inventoryActivate",
    }
)


def key_of(info: GraphQLResolveInfo[Any]) -> str | None:
    """The key that the mutation's field carries; raises BadCall where one is needed and missing, or blank."""
    directive = info.schema.get_directive("idempotent")
    node: FieldNode = info.field_nodes[0]
    found = get_directive_values(directive, node, info.variable_values) if directive else None
    if info.field_name not in NEED_A_KEY:
        if found:
            raise BadCall(f"The @idempotent directive is not supported on {info.field_name}")
        return None
    if not found:
        raise BadCall(f"The @idempotent directive is required for {info.field_name} but was not provided")
    if not str(found["key"]).strip():
        raise BadCall("The idempotency key can't be blank")
    return str(found["key"])


@dataclass(slots=True)
class _Seen:
    parameters: str
    at: float
    answer: Mapping[str, Any] | None  # None when it was refused


@dataclass(slots=True)
class Ledger:
    """The keys of the last day. A refusal is a failed attempt: the same key will not do again."""

    seconds: Callable[[], float]
    seen: dict[str, _Seen] = field(default_factory=dict)

    def once(
        self, key: str, name: str, args: Mapping[str, Any], do: Callable[[], Mapping[str, Any]], *, running: bool
    ) -> Mapping[str, Any]:
        """Do it, or answer what was answered; raises Refused with the codes for keys that cannot be used."""
        parameters = json.dumps([name, args], sort_keys=True, default=str)
        known = self.seen.get(key)
        if known is not None and self.seconds() - known.at >= RETAINED_SECONDS:
            known = None
        if running:
            raise Refused("IDEMPOTENCY_CONCURRENT_REQUEST", "This request is currently in progress, please try again.")
        if known is None:
            return self._first(key, parameters, do)
        if known.parameters != parameters:
            raise Refused(
                "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
                "The same idempotency key cannot be used with different operation parameters.",
            )
        if known.answer is None:
            raise Refused(
                "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
                "A previous request with this idempotency key failed. Retry with a new idempotency key.",
            )
        return known.answer

    def _first(self, key: str, parameters: str, do: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        seen = self.seen[key] = _Seen(parameters, self.seconds(), None)
        try:
            seen.answer = do()
        except (BadCall, NotModelled):  # never begun, so the key is still free
            del self.seen[key]
            raise
        return seen.answer
