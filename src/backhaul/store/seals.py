"""Sealing of message bodies: AES-GCM with a key per message, itself sealed with a key per return.

A message arrives before anyone knows its return: its key is sealed with the master key, and sealed anew with the
return's key once it was read. Erasing the return's key then erases every message that is about this return alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Erased(Exception):
    """The key is gone: the text cannot be read by anyone any more."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """``body`` sealed with a key of its own, ``seal`` that key sealed with another."""

    body: bytes
    seal: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """``master`` is 32 bytes that only this deployment has; everything else is derived or sealed with it."""

    master: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.master) != 32:
            raise ValueError(f"the master key must have 32 bytes, it has {len(self.master)}")

    def seal(self, text: bytes) -> Sealed:
        """Seal a message nobody has read yet."""
        key = os.urandom(32)
        return Sealed(_encrypt(key, text), _encrypt(self.master, key))

    def open(self, sealed: Sealed, return_key: bytes | None = None) -> bytes:
        """The text again. Raises Erased where neither the master key nor ``return_key`` opens the seal."""
        for holder in filter(None, (return_key, self.master)):
            try:
                return _decrypt(_decrypt(holder, sealed.seal), sealed.body)
            except InvalidTag:
                continue
        raise Erased("the key of this message was erased with its return")

    def hand_over(self, seal: bytes, return_key: bytes) -> bytes:
        """The seal of a message, now under its return's key."""
        return _encrypt(return_key, _decrypt(self.master, seal))

    def new_return_key(self) -> tuple[bytes, bytes]:
        """A fresh key for a return, and the same sealed for keeping."""
        key = os.urandom(32)
        return key, _encrypt(self.master, key)

    def return_key(self, sealed: bytes | None) -> bytes | None:
        """The return's key from what was kept; None when it was erased."""
        return _decrypt(self.master, sealed) if sealed is not None else None

    def likeness(self, text: bytes) -> str:
        """A keyed digest that is equal for equal texts and tells nothing else about them."""
        return hmac.new(self.master, text, hashlib.sha256).hexdigest()


def _encrypt(key: bytes, text: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, None)


def _decrypt(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
