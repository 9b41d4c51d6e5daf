"""Ids of ours that are derived from what the source calls a thing, so that a restored deployment mints them again."""

from __future__ import annotations

import base64
import hashlib


def return_id(scope: str, kind: str, value: str) -> str:
    """A short name such as ``R4K2M9QX4TBV7A`` for the return first told of by that name."""
    digest = hashlib.sha256(f"{scope}\n{kind}\n{value}".encode()).digest()
    return "R" + base64.b32encode(digest)[:13].decode()
