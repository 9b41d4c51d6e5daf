"""JSON-RPC with a session: how Tryton's own client speaks, and the only way to its wizards."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Sequence
from typing import Any

from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.connectors.tryton.values import content_of
from backhaul.sdk.outcomes import Rejected
from backhaul.sdk.wire import Wire


class Warned(Rejected):
    """Tryton asks its user whether to go on. ``name`` identifies the question; it did not happen."""

    def __init__(self, why: str, name: str) -> None:
        super().__init__(why, 400, why)
        self.name = name


class Session:
    """Calls as the service user; logs in when first needed, and again when Tryton has forgotten the session."""

    def __init__(self, settings: TrytonSettings, wire: Wire) -> None:
        self._settings, self._wire = settings, wire
        self._token: str | None = None
        self._lock = threading.Lock()

    def call(self, method: str, *params: Any) -> Any:
        """The answer of a method. Raises Rejected with Tryton's own words, Warned where it asks."""
        try:
            return self._call(method, params, self.log_in())
        except Rejected as refusal:
            if refusal.status_code not in (401, 403):
                raise
        self._token = None
        return self._call(method, params, self.log_in())

    def log_in(self) -> str:
        """The session's token. Raises Rejected where login or password are wrong."""
        with self._lock:
            if self._token is None:
                login, password = self._settings.login, self._settings.password.get_secret_value()
                user, token, *_ = self._call("common.db.login", (login, {"password": password}), None)
                self._token = base64.b64encode(f"{login}:{user}:{token}".encode()).decode()
            return self._token

    def _call(self, method: str, params: Sequence[Any], token: str | None) -> Any:
        answer = self._wire.post(
            f"/{self._settings.database}/rpc/",
            {"id": 1, "method": method, "params": list(params)},
            headers={"Authorization": f"Session {token}"} if token else {},
        )
        # Undecoded: the defaults of a form go back as they came.
        content = content_of(answer, method, json.loads)
        if content.get("error"):
            kind, *rest = content["error"]
            text = json.dumps(content["error"])[:500]
            if kind == "UserWarning":
                raise Warned(f"{method}: {text}", str(rest[0][0]))
            raise Rejected(f"{method}: {text}", 400, text)
        return content["result"]
