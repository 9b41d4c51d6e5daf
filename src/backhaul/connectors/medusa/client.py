"""The Admin API over HTTP, numbers exact, and the one refusal that only means "not now" told from the others."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.sdk.bodies import decoded
from backhaul.sdk.memory import Memory
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import Rejected, Unsure
from backhaul.sdk.wire import Wire

Node = dict[str, Any]
_BUSY = "already has an existing active order change"
_NOT_FOUND = 404


class Busy(Rejected):
    """Another change of the order is open, somebody's or one of ours that was cut off: Medusa takes one at a time.

    Of a refund it does not mean that nothing was paid.
    """


class Medusa(Memory):
    """One shop, as a secret admin key sees it."""

    def __init__(
        self, settings: MedusaSettings, wire: Wire, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__()
        self.settings, self._wire, self.now = settings, wire, now

    def get(self, path: str, **params: str | int | Sequence[str]) -> Node:
        """The answer to a read. A list is asked for as ``name[]``, ``updated_since`` as ``updated_at[$gte]``."""
        asked: dict[str, str | int | Sequence[str]] = {}
        for name, value in params.items():
            listed = isinstance(value, list | tuple)
            asked["updated_at[$gte]" if name == "updated_since" else f"{name}[]" if listed else name] = value
        return self._call("GET", path, None, asked)

    def seek(self, path: str, **params: str | int | Sequence[str]) -> Node | None:
        """The same of what may not be there."""
        try:
            return self.get(path, **params)
        except Rejected as rejected:
            if rejected.status_code != _NOT_FOUND:
                raise
            return None

    def post(self, path: str, body: Node) -> Node:
        """Raises Busy where another change of the order is open."""
        return self._call("POST", path, body)

    def drop(self, path: str) -> None:
        """Delete a draft; one that is gone, or no draft any more, is left."""
        try:
            self._call("DELETE", path)
        except Rejected as rejected:
            if rejected.status_code not in (400, _NOT_FOUND):
                raise

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._wire.close()

    def _call(self, method: str, path: str, body: Node | None = None, params: Any = None) -> Node:
        secret = self.settings.key.get_secret_value()
        headers = {"Authorization": f"Basic {b64encode(f'{secret}:'.encode()).decode()}"}
        try:
            answer = self._wire.request(method, f"/admin{path}", body, params=params, headers=headers)
        except Rejected as rejected:
            if _BUSY in rejected.text:
                raise Busy(str(rejected), rejected.status_code, rejected.text) from rejected
            raise
        try:
            said = decoded(answer.content)
        except Unreadable as error:
            raise Unsure(f"{method} {path}: Medusa answered with something that is not JSON") from error
        if not isinstance(said, dict):
            raise Unsure(f"{method} {path}: Medusa answered with something that is no object")
        return said
