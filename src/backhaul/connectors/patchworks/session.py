"""Who we are at Patchworks: an API key that does not expire, or a login's token that is good for a day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.sdk.bodies import decoded
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.wire import Wire

_GOOD_FOR = timedelta(hours=23)
_TOKEN_FIELDS = ("token", "access_token", "accessToken", "jwt")


class Session:
    """Gives the Authorization header; logs in where there is no key and the last token is old or was refused."""

    def __init__(self, settings: PatchworksSettings, wire: Wire, now: Callable[[], datetime]) -> None:
        self._settings, self._now = settings, now
        self._url = httpx.URL(settings.login_url)
        self._wire = wire.beside(f"{self._url.scheme}://{self._url.netloc.decode()}")
        self._token, self._until = "", now()
        self._lock = threading.Lock()

    @property
    def renews(self) -> bool:
        """Whether another login may help where a token was refused."""
        return self._settings.api_key is None

    def headers(self) -> dict[str, str]:
        """Raises what the Wire raises, and Unreadable for a login that gives no token."""
        key = self._settings.api_key
        if key is not None:
            return {"Authorization": key.get_secret_value()}
        with self._lock:
            if not self._token or self._now() >= self._until:
                self._token, self._until = self._log_in(), self._now() + _GOOD_FOR
            return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """The token was refused."""
        with self._lock:
            self._token = ""

    def close(self) -> None:
        self._wire.close()

    def _log_in(self) -> str:
        password = self._settings.password
        asked = {"email": self._settings.email, "password": password.get_secret_value() if password else ""}
        content = decoded(self._wire.post(self._url.path, asked).content)
        for place in (content, content.get("data")) if isinstance(content, dict) else ():
            for name in _TOKEN_FIELDS:
                if isinstance(place, dict) and isinstance(place.get(name), str) and place[name]:
                    return str(place[name])
        raise Unreadable("the login gave no token")
