"""The partner API of Happy Returns as far as it is needed: returns by one criterion, hub shipments, a cheap check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.sdk.bodies import decoded
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import Throttled
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire

_BUCKET = re.compile(r"limit (\d+(?:\.\d+)?) requests/sec, leaky bucket size (\d+)")
_PAGES_MAX = 1_000
_PAGE_SIZE = 1_000


class HappyReturns:
    """One connected account. Every call takes its turn in the published rate and raises what the Wire raises."""

    def __init__(self, settings: HappyReturnsSettings, wire: Wire, pace: Pace | None = None) -> None:
        self.settings = settings
        self._wire = wire
        self._pace = pace or Pace(settings.requests_per_second)

    @property
    def has_key(self) -> bool:
        """Whether anything can be asked at all."""
        return self.settings.api_key is not None

    def ping(self) -> None:
        """The cheapest call that needs the key."""
        self._call("GET", "/webhooks")

    def returns(self, criterion: str, value: str) -> list[dict[str, Any]]:
        """The items of all returns with this ``orderNumber`` or ``happyReturnsExpressCode``; none is an empty list."""
        asked = {"happyReturnsRetailerID": self.settings.retailer_id, criterion: value}
        items: list[dict[str, Any]] = []
        for _ in range(_PAGES_MAX):
            answer = self._call("POST", "/return", asked)
            if answer.status_code == httpx.codes.NO_CONTENT:
                break
            page = _object(answer)
            items += _rows(page, "items")
            cursor = page.get("cursor")
            if not cursor or cursor == asked.get("cursor"):
                break
            asked["cursor"] = str(cursor)
        return items

    def shipments(self, start: datetime, end: datetime) -> list[str]:
        """The ids of the hub shipments that left between two moments."""
        query = {
            "retailerID": self.settings.retailer_id,
            "startDateTime": start.isoformat(),
            "endDateTime": end.isoformat(),
        }
        found = decoded(self._call("GET", "/outbound-shipments", params=query).content)
        rows = found if isinstance(found, list) else _rows(found, "outboundShipments", "shipments", "items", "data")
        return [_shipment_id(row) for row in rows]

    def shipment_rows(self, shipment_id: str) -> Iterator[list[dict[str, Any]]]:
        """The rows of one shipment, page by page."""
        query = {"page[size]": str(_PAGE_SIZE)}
        for _ in range(_PAGES_MAX):
            page = _object(self._call("GET", f"/outbound-shipment/{shipment_id}", params=query))
            yield _rows(page, "items", "data")
            after = (page.get("page") or {}).get("after")
            if not after or str(after) == query.get("page[after]"):
                return
            query["page[after]"] = str(after)

    def approve(self, code: str, item: str, condition: str) -> None:
        """Have the shopper paid for one item. There is no taking it back. ``condition`` "" is left out."""
        one = {"happyReturnsItemID": item, "approve": True, **({"condition": condition} if condition else {})}
        self._call("POST", f"/rma/{quote(code, safe='')}/approve", {"returning": [one]})

    def report(self, item: Mapping[str, str]) -> None:
        """Tell what was found of one item in the returned bags."""
        self._call(
            "POST", "/return-contents", [{"happyReturnsRetailerID": self.settings.retailer_id, "items": [dict(item)]}]
        )

    def _call(self, method: str, path: str, body: Any = None, *, params: Any = None) -> httpx.Response:
        key = self.settings.api_key
        headers = {"X-Hr-Apikey": key.get_secret_value()} if key else {}
        self._pace.wait()
        try:
            return self._wire.request(method, path, body, params=params, headers=headers)
        except Throttled as error:
            raise Throttled(str(error), bucket_wait_s(str(error), error.wait_s)) from error


def bucket_wait_s(text: str, otherwise: float) -> float:
    """How long the published 429 body asks to wait: it is not JSON, and there is no dependable Retry-After."""
    found = _BUCKET.search(text)
    return float(found[2]) if found else otherwise


def _object(answer: httpx.Response) -> dict[str, Any]:
    body = decoded(answer.content)
    if not isinstance(body, dict):
        raise Unreadable("expected an object", answer.request.url.path)
    return body


def _rows(page: Any, *names: str) -> list[dict[str, Any]]:
    # The envelope of the shipment answers is not published, hence several names.
    for name in names:
        rows = page.get(name) if isinstance(page, dict) else None
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
    raise Unreadable(f"expected a list of objects under {' or '.join(names)}")


def _shipment_id(row: Any) -> str:
    found = row.get("id") or row.get("outboundShipmentID") if isinstance(row, dict) else row
    if not isinstance(found, str | int) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", str(found)):
        raise Unreadable("a shipment without an id")
    return str(found)
