"""Versions of the policy as the API answers them."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class PolicyVersionOut(Schema):
    """A version; ``applies_to`` is ``new`` or ``open``, ``digest`` names what it says."""

    id: int
    digest: str
    applies_to: str
    at: datetime
    author: str
    note: str


class WholePolicyOut(PolicyVersionOut):
    """A version with what it says: a dotted name of each choice, and the choice in words."""

    says: dict[str, str]


class ChangeOut(Schema):
    """One choice in two versions; "" where it is not made."""

    choice: str
    was: str
    becomes: str
