"""The partner API as documented: returns by one criterion, outbound shipments with paging, and the cheap ping.

Request parameters are as documented. The envelopes of the two shipment answers are not published: ours are
`{"outboundShipments": [{"id", "departureDate"}]}` and `{"items": [...], "page": {"after"}}`.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from backhaul.sandbox.answer import Answer, Call, as_json, problem

from .bucket import LeakyBucket, too_many
from .model import NotPossible, Return
from .payloads import asn_item, outbound_rows
from .platform import Platform

_CRITERIA = ("orderNumber", "email", "happyReturnsExpressCode")
_PAGE_MAX = 1000
_CONDITIONS = frozenset({"", "sellable", "damaged", "missing", "wrong-item"})
_CONTENTS = frozenset({"happyReturnsItemID", "returnBagBarcode", "checkedInAt", "disposition"})


class PartnerApi:
    """Answers a Call with an Answer; `page_size` is that of `POST /return`."""

    def __init__(self, platform: Platform, api_key: str, bucket: LeakyBucket, *, page_size: int = 50) -> None:
        self._platform = platform
        self._api_key = api_key
        self._bucket = bucket
        self._page_size = page_size

    def answer(self, call: Call) -> Answer:
        """401 without the key, 429 over the rate, else what the path says."""
        if not hmac.compare_digest(call.headers.get("x-hr-apikey", "").encode(), self._api_key.encode()):
            return problem(401, "unauthorized")
        wait_seconds = self._bucket.wait_seconds(self._api_key)
        if self._platform.outbox.dice.throttles_this_call():
            wait_seconds = max(1, wait_seconds)
        if wait_seconds:
            return Answer(429, too_many(self._bucket.rate, wait_seconds))
        match call.method, call.path.strip("/").split("/"):
            case "POST", ["return"]:
                return self._returns(call)
            case "POST", ["rma", code, "approve"]:
                return self._approve(call, code)
            case "POST", ["return-contents"]:
                return self._contents(call)
            case "GET", ["outbound-shipments"]:
                return self._shipments(call)
            case "GET", ["outbound-shipment", shipment_id]:
                return self._shipment(call, shipment_id)
            case "GET", ["webhooks"]:
                return as_json([])
        return problem(404, f"no such resource: {call.method} {call.path}")

    def _returns(self, call: Call) -> Answer:
        try:
            asked = json.loads(call.body)
        except ValueError:
            return problem(400, "the body is not JSON")
        if not isinstance(asked, dict) or not asked.get("happyReturnsRetailerID"):
            return problem(400, "happyReturnsRetailerID is required")
        given = [name for name in _CRITERIA if asked.get(name)]
        if len(given) != 1:
            return problem(400, f"exactly one of {', '.join(_CRITERIA)} is required")
        if asked["happyReturnsRetailerID"] != self._platform.retailer_id:
            return Answer(204)
        items = [
            asn_item(return_, item)
            for return_ in self._platform.returns.values()
            for item in return_.items
            if _criterion(return_, item.order.order_number, item.order.email, given[0]) == asked[given[0]]
        ]
        if not items:
            return Answer(204)
        try:
            first = int(asked.get("cursor") or 0)
        except (TypeError, ValueError):
            return problem(400, "unknown cursor")
        last = first + self._page_size
        found: dict[str, Any] = {"items": items[first:last]}
        if last < len(items):
            found["cursor"] = str(last)
        return as_json(found)

    def _approve(self, call: Call, code: str) -> Answer:
        try:
            returning = json.loads(call.body)["returning"]
            decided = [(one["happyReturnsItemID"], one["approve"], one.get("condition", "")) for one in returning]
        except (ValueError, KeyError, TypeError, AttributeError):
            return problem(400, "the body is not {returning: [{happyReturnsItemID, approve, condition?}]}")
        if not decided or not all(isinstance(item, str) and isinstance(yes, bool) for item, yes, _ in decided):
            return problem(400, "returning needs items with happyReturnsItemID and approve")
        unknown = {condition for _, _, condition in decided} - _CONDITIONS
        if unknown:
            return problem(400, f"condition is one of {', '.join(sorted(_CONDITIONS - {''}))}")
        try:
            self._platform.approve_by_api(code, decided)
        except NotPossible as error:
            return problem(404, str(error))
        return as_json({})

    def _contents(self, call: Call) -> Answer:
        try:
            told = [(each["happyReturnsRetailerID"], one) for each in json.loads(call.body) for one in each["items"]]
        except (ValueError, KeyError, TypeError):
            return problem(400, "the body is not [{happyReturnsRetailerID, items: [...]}]")
        if len(told) > _PAGE_MAX:
            return problem(400, f"at most {_PAGE_MAX} items")
        items = {item.item_id: item for return_ in self._platform.returns.values() for item in return_.items}
        for retailer_id, one in told:
            wrong = set(one) - _CONTENTS
            if retailer_id != self._platform.retailer_id or wrong or one.get("happyReturnsItemID") not in items:
                return problem(400, f"no such item of this retailer, or unknown fields: {one}")
        for _, one in told:
            items[one["happyReturnsItemID"]].contents.append(dict(one))
        return as_json({})

    def _shipments(self, call: Call) -> Answer:
        if call.query.get("retailerID") != self._platform.retailer_id:
            return problem(400, "retailerID is required and must be one of yours")
        try:
            now = self._platform.clock.now()
            start = _moment(call.query.get("startDateTime"), now - timedelta(hours=24))
            end = _moment(call.query.get("endDateTime"), now)
        except ValueError:
            return problem(400, "startDateTime and endDateTime are YYYY-MM-DD or ISO 8601")
        shown = [
            {"id": each.shipment_id, "departureDate": each.departed_at.isoformat()}
            for each in self._platform.shipments.values()
            if start <= each.departed_at <= end
        ]
        return as_json({"outboundShipments": shown})

    def _shipment(self, call: Call, shipment_id: str) -> Answer:
        shipment = self._platform.shipments.get(shipment_id)
        if shipment is None:
            return problem(404, f"no outbound shipment {shipment_id}")
        try:
            size = int(call.query.get("page[size]", "50"))
            first = int(call.query.get("page[after]", "0"))
            if before := call.query.get("page[before]"):
                first = max(0, int(before) - size)
        except ValueError:
            return problem(400, "unknown page")
        if not 1 <= size <= _PAGE_MAX:
            return problem(400, f"page[size] is 1 to {_PAGE_MAX}")
        return as_json(_page(outbound_rows(shipment), first, size))


def _page(rows: Sequence[Any], first: int, size: int) -> dict[str, Any]:
    after = str(first + size) if first + size < len(rows) else None
    return {"items": rows[first : first + size], "page": {"after": after}}


def _criterion(return_: Return, order_number: str, email: str, name: str) -> str:
    return {"orderNumber": order_number, "email": email}.get(name, return_.express_code)


def _moment(text: str | None, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
