"""The simulated ERP's HTTP surface: a request in, a response out, nothing remembered but the books."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from backhaul.simulation.erp.books import Books, Refusal


def answer(books: Books, request: httpx.Request) -> httpx.Response:
    """What the ERP answers when nothing is wrong on the way."""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return httpx.Response(401, json={"why": "who are you?"})
    try:
        return httpx.Response(200, json=_route(books, request))
    except Refusal as refusal:
        return httpx.Response(refusal.code, json={"why": str(refusal)})


TOKEN = "the-simulated-erp-s-own-key"  # noqa: S105  a simulated ERP's key opens nothing


def _route(books: Books, request: httpx.Request) -> Any:
    body = orjson.loads(request.content) if request.content else {}
    match request.method, request.url.path.strip("/").split("/"):
        case "GET", ["sales", number]:
            return books.sale(number)
        case "GET", ["documents"]:
            asked = request.url.params
            found = books.search(asked["kind"], asked.get("reference", ""), asked.get("order", ""))
            return [one.shown() for one in found]
        case "GET", ["documents", number]:
            return books.get(number).shown()
        case "POST", ["documents"]:
            return books.create(body["kind"], body["reference"], body["order"], body["head"]).shown()
        case "POST", ["documents", number, "lines"]:
            return books.add_line(number, body).shown()
        case "POST", ["documents", number, "post"]:
            return books.post(number).shown()
        case "POST", ["documents", number, "close"]:
            return books.end(number, "closed").shown()
        case "POST", ["documents", number, "cancel"]:
            return books.end(number, "cancelled").shown()
    raise Refusal(404, f"no such resource: {request.method} {request.url.path}")
