"""Sealing of message bodies: AES-GCM with a key per message, itself sealed with a key per return.

A message arrives before anyone knows its return: its key is sealed with the master key, and sealed anew with the
return's key once it was read. Erasing the return's key then erases every message that is about this return alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
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

    def open(self, sealed: Sealed, *return_keys: bytes | None) -> bytes:
        """The text again. Raises Erased where neither the master key nor one of ``return_keys`` opens the seal."""
        return _decrypt(self._unseal(sealed.seal, return_keys), sealed.body)

    def hand_over(self, seal: bytes, return_key: bytes, *held_by: bytes | None) -> bytes:
        """The seal of a message, now under its return's key. ``held_by``: keys of returns it was under before.

        Raises Erased where neither the master key nor one of those opens it.
        """
        return _encrypt(return_key, self._unseal(seal, held_by))

    def _unseal(self, seal: bytes, return_keys: Iterable[bytes | None]) -> bytes:
        for holder in filter(None, (*return_keys, self.master)):
            try:
                return _decrypt(holder, seal)
            except InvalidTag:
                continue
        raise Erased("the key of this message was erased with its return")

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
