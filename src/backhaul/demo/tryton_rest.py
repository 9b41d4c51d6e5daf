"""A few lines of Tryton's REST API of the demo's own: what checks Backhaul must not share its way of looking."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx

from backhaul.sandbox.tryton import TrytonShop

Record = dict[str, Any]


class TrytonRest:
    """Straight to Tryton, past the fault proxy."""

    def __init__(self, shop: TrytonShop) -> None:
        self.shop = shop
        self._http = httpx.Client(
            base_url=f"{shop.url}/{shop.database}/rest/model/",
            headers={"Authorization": f"bearer {shop.key}"},
            timeout=60.0,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def search(self, model: str, domain: Sequence[Any], *fields: str, **context: Any) -> list[Record]:
        """All matching records, the oldest first; dotted fields follow links."""
        params = [("d", _packed(domain)), ("o", _packed([["id", "ASC"]])), *(("f", name) for name in fields)]
        found: list[Record] = self._call("GET", model, params=params, context=context)
        return found

    def write(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        self._call("PUT", f"{model}/{id_}", body=values)

    def press(self, model: str, id_: int, button: str) -> None:
        """Press a workflow button, as somebody at a screen does."""
        self._call("POST", f"{model}/{id_}/{button}", body={})

    def _call(
        self, method: str, path: str, *, params: Any = None, body: Any = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        company = {"company": self.shop.company, **(context or {})}
        answer = self._http.request(
            method, path, params=params, json=body, headers={"X-Tryton-Context": _packed(company)}
        )
        answer.raise_for_status()
        return json.loads(answer.content, object_hook=_value) if answer.content else {}


def _packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _value(found: Record) -> Any:
    return Decimal(found["decimal"]) if found.get("__class__") == "Decimal" else found
