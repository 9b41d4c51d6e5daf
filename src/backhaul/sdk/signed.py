"""Settings of a connection whose messages are signed: how, with what, and closed until a secret is set."""

from __future__ import annotations

from pydantic import SecretStr

from backhaul.sdk.connector import Settings
from backhaul.sdk.signatures import Algorithm, Encoding, Signature


class SignedSettings(Settings):
    """``signature_secrets``: each of them is accepted, so that one can be rotated; without any, nothing is."""

    signature_secrets: tuple[SecretStr, ...] = ()
    signature_header: str = "X-Backhaul-Signature"
    signature_algorithm: Algorithm = "sha256"
    signature_encoding: Encoding = "hex"
    signature_prefix: str = ""

    def signature(self) -> Signature:
        """What verifies a message of this connection."""
        return Signature(
            header=self.signature_header,
            secrets=tuple(secret.get_secret_value().encode() for secret in self.signature_secrets),
            algorithm=self.signature_algorithm,
            encoding=self.signature_encoding,
            prefix=self.signature_prefix,
        )
