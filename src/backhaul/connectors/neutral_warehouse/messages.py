"""Settings of a neutral warehouse connection, and the published JSON Schemas of what goes either way."""

from __future__ import annotations

from typing import Any, Self

import httpx
from pydantic import Field, SecretStr, model_validator

from backhaul.sdk.signatures import Signature
from backhaul.sdk.signed import SignedSettings
from backhaul.sdk.warehouse import Announcement, WarehouseMessage

KIND = "warehouse"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class NeutralWarehouseSettings(SignedSettings):
    """``signature_secrets`` are for what comes in.

    With ``announce_url`` what should arrive is posted there, signed with ``announce_secret`` the same way as what comes
    in. The protocol asks of a receiver that the same ``message_id`` counts once; one that does not is named by
    ``receiver_dedupes = false``: after an attempt that may have come through it is not sent again. ``lookup_url`` is
    asked first where it is given: ``GET {lookup_url}/{message_id}`` answers 200 or 404.
    """

    announce_url: str | None = None
    announce_secret: SecretStr | None = None
    receiver_dedupes: bool = True
    lookup_url: str | None = None
    deadline_s: float = Field(default=20.0, gt=0, le=300)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.announce_url is None and (self.announce_secret is not None or self.lookup_url is not None):
            raise ValueError("announce_secret and lookup_url say nothing without announce_url")
        if self.announce_url is not None and not (self.announce_secret and self.announce_secret.get_secret_value()):
            raise ValueError("announce_url needs an announce_secret: the warehouse tells by it who sends")
        urls = [httpx.URL(url) for url in (self.announce_url, self.lookup_url) if url is not None]
        if any(url.scheme not in ("http", "https") or not url.host for url in urls):
            raise ValueError("announce_url and lookup_url are http:// or https:// addresses")
        if len({(url.scheme, url.netloc) for url in urls}) > 1:
            raise ValueError("announce_url and lookup_url are on one host")
        return self

    def announces(self) -> bool:
        return self.announce_url is not None

    def address(self) -> str:
        """Scheme and host of the warehouse; "" where nothing is sent."""
        if self.announce_url is None:
            return ""
        url = httpx.URL(self.announce_url)
        return f"{url.scheme}://{url.netloc.decode()}"

    def outgoing(self) -> Signature:
        """What signs an announcement."""
        secret = self.announce_secret.get_secret_value().encode() if self.announce_secret is not None else b""
        return Signature(
            header=self.signature_header,
            secrets=(secret,) if secret else (),
            algorithm=self.signature_algorithm,
            encoding=self.signature_encoding,
            prefix=self.signature_prefix,
        )


def schema() -> dict[str, Any]:
    """The published JSON Schema of what comes in."""
    return {"$schema": _DIALECT, **WarehouseMessage.model_json_schema()}


def announcement_schema() -> dict[str, Any]:
    """The published JSON Schema of what goes out."""
    return {"$schema": _DIALECT, **Announcement.model_json_schema(mode="serialization")}
