"""Calls to a running Medusa, as its admin and as its shop window; a refusal is an exception with what was said."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx


class Refused(Exception):
    """Medusa answered ``code`` with ``kind`` (its error type) and ``message``."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        self.code = answer.status_code
        try:
            said = answer.json()
        except ValueError:
            said = {}
        self.kind = str(said.get("type", ""))
        self.message = str(said.get("message", answer.text[:500]))
        super().__init__(f"{method} {path}: {self.code} {self.kind}: {self.message}")


class Client:
    """``key`` is a secret admin key, ``publishable`` the key of the shop window; one connection pool for both."""

    def __init__(self, url: str, *, key: str = "", publishable: str = "") -> None:
        self._admin = httpx.BasicAuth(key, "") if key else None
        self._publishable = publishable
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def admin(self, method: str, path: str, body: object = None, **parameters: str) -> Any:
        """The answer to a call below /admin. Raises Refused."""
        return self.call(method, f"/admin{path}", body, auth=self._admin, parameters=parameters)

    def store(self, method: str, path: str, body: object = None) -> Any:
        """The answer to a call below /store. Raises Refused."""
        return self.call(method, f"/store{path}", body, headers={"x-publishable-api-key": self._publishable})

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        auth: httpx.Auth | None = None,
        headers: dict[str, str] | None = None,
        parameters: dict[str, str] | None = None,
    ) -> Any:
        """The answer to any call. Raises Refused."""
        answer = self._http.request(method, path, json=body, auth=auth, headers=headers, params=parameters or None)
        if not answer.is_success:
            raise Refused(method, path, answer)
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
