"""The warehouse's end: it takes what is announced, and notices what no sender may do to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx
import orjson

from backhaul.sdk.signatures import Signature

PATH = "/announcements"


class Manners(StrEnum):
    """What a warehouse does about a message that it is told twice."""

    DEDUPES = "takes it once"
    ANSWERS = "can be asked what it has"
    NEITHER = "takes it twice and cannot be asked"


@dataclass
class Yard:
    """``bodies`` by message id, as they came first, ``taken`` how often each came; ``wrong`` tells of a wrong."""

    signature: Signature
    manners: Manners
    wrong: Callable[[str], None]
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Its HTTP surface."""
        if request.method == "GET":
            name = request.url.path.removeprefix(f"{PATH}/")
            return httpx.Response(200 if name in self.bodies else 404)
        if not self.signature.verify(request.content, dict(request.headers)):
            self.wrong("an announcement is not signed as it should be")
            return httpx.Response(401)
        self._take(orjson.loads(request.content))
        return httpx.Response(202)

    def _take(self, body: dict[str, Any]) -> None:
        name = body["message_id"]
        self.taken[name] += 1
        before = self.bodies.setdefault(name, body)
        if before != body:
            self.wrong(f"{name} was announced with other words than before")
        if self.taken[name] > 1 and self.manners is not Manners.DEDUPES:
            self.wrong(f"{name} was announced {self.taken[name]} times")
