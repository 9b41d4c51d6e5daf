"""Signatures over raw bytes, compared in constant time, closed unless a secret is set."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Algorithm = Literal["sha1", "sha256", "sha384", "sha512"]
Encoding = Literal["hex", "base64"]


@dataclass(frozen=True, slots=True)
class Signature:
    """HMAC of the raw body in one header. Several ``secrets`` are all accepted, so that they can be rotated.

    ``prefix`` is what stands before the value, as in ``sha256=…``.
    """

    header: str
    secrets: Sequence[bytes] = field(repr=False)
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""

    def sign(self, body: bytes) -> str:
        """The header's value for this body, with the first secret. Raises ValueError without a secret."""
        if not self.secrets:
            raise ValueError("no secret to sign with")
        return self.prefix + self._value(self.secrets[0], body)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the body carries a signature of ours. ``headers`` have lower-case names."""
        given = headers.get(self.header.lower(), "").strip()
        if not given.startswith(self.prefix):
            return False
        value = given[len(self.prefix) :]
        if self.encoding == "hex":
            value = value.lower()
        good = False
        for secret in self.secrets:
            good |= bool(secret) and hmac.compare_digest(self._value(secret, body).encode(), value.encode())
        return good

    def _value(self, secret: bytes, body: bytes) -> str:
        digest = hmac.new(secret, body, getattr(hashlib, self.algorithm)).digest()
        return digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode()
