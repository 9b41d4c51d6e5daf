"""The Admin API over HTTP: one named operation per call, its quota kept, its three channels of errors told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from backhaul.connectors.shopify.budget import Budget
from backhaul.connectors.shopify.operations import OPERATIONS
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.sdk.bodies import decoded
from backhaul.sdk.memory import Memory
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import Rejected, Throttled, Unsure
from backhaul.sdk.wire import Wire

Node = dict[str, Any]
_NOT_NOW = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})


class Refusal(Rejected):
    """A mutation's ``userErrors``: it did nothing. ``codes`` are Shopify's, "" where it gave none."""

    def __init__(self, why: str, codes: tuple[str, ...]) -> None:
        super().__init__(why, 422, why)
        self.codes = codes


class Shopify(Memory):
    """One shop, as the app's access token sees it."""

    def __init__(
        self,
        settings: ShopifySettings,
        wire: Wire,
        budget: Budget | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.settings, self._wire, self.now = settings, wire, now
        self.budget = budget or Budget()
        self._path = f"/admin/api/{settings.api_version}/graphql.json"

    def ask(self, name: str, **variables: Any) -> Node:
        """The data of the operation of that name. Raises as Wire does; Throttled also for a quota that is used up."""
        taken = self.budget.take(name)
        cost: Mapping[str, Any] | None = None
        try:
            answer = self._wire.post(
                self._path,
                {"query": OPERATIONS[name], "operationName": name, "variables": variables},
                headers={"X-Shopify-Access-Token": self.settings.token.get_secret_value()},
            )
            try:
                body = decoded(answer.content)
            except Unreadable as error:
                raise Unsure(f"{name}: Shopify answered with something that is not JSON") from error
            cost = (body.get("extensions") or {}).get("cost")
        finally:
            self.budget.answered(taken, cost)
        if body.get("errors"):
            raise self._error(name, body["errors"], cost)
        data: Node = body.get("data") or {}
        return data

    def change(self, name: str, field: str, **variables: Any) -> Node:
        """The payload of a mutation's ``field``. Raises Refusal with its userErrors."""
        payload: Node = self.ask(name, **variables).get(field) or {}
        refuse(name, payload.get("userErrors") or payload.get(f"{field}UserErrors") or ())
        return payload

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._wire.close()

    def _error(self, name: str, errors: Any, cost: Mapping[str, Any] | None) -> Exception:
        listed: list[Node] = errors if isinstance(errors, list) else [{"message": str(errors)}]
        codes = {str((one.get("extensions") or {}).get("code") or "") for one in listed}
        text = "; ".join(str(one.get("message", one)) for one in listed)[:500]
        if "THROTTLED" in codes:
            return Throttled(f"{name}: {text}", self.budget.wait_for(cost))
        if codes & _NOT_NOW:
            return Unsure(f"{name}: {text}")
        if "ACCESS_DENIED" in codes:
            return Rejected(f"{name}: {text}; give the app the scope that it lacks, then retry", 403, text)
        return Rejected(f"{name}: {text}", 400, text)


def refuse(name: str, errors: Any) -> None:
    """Raises what a mutation's userErrors mean: Refusal, or Unsure where one like it is still being done."""
    if not errors:
        return
    codes = tuple(str(one.get("code") or "") for one in errors)
    why = "; ".join(f"{'.'.join(one.get('field') or ())}: {one.get('message')}".lstrip(": ") for one in errors)[:500]
    told = ", ".join(code for code in codes if code)
    if "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
        raise Unsure(f"{name}: {why} ({told})", 2.0)
    raise Refusal(f"{name}: {why}{f' ({told})' if told else ''}", codes)
