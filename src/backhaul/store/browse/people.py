"""Who may see which merchant: memberships of people, and the tokens made from them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backhaul.store.models import ApiToken, Membership

_SELDOM = timedelta(minutes=1)
PREFIX = "bh_"


@dataclass(frozen=True, slots=True)
class Scope:
    """One merchant as one person (or a token of theirs) may see it."""

    membership_id: int
    merchant_id: int
    merchant: str
    title: str
    timezone: str
    person: str
    may_resolve: bool

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Token:
    """A token by its name; the token itself is shown once, when it is made."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def scopes(user_id: int) -> tuple[Scope, ...]:
    """The merchants of a person, by title."""
    mine = Membership.objects.filter(user_id=user_id, user__is_active=True).select_related("merchant", "user")
    return tuple(_scope(membership) for membership in mine.order_by("merchant__title"))


def scope(user_id: int, merchant: str) -> Scope | None:
    """That merchant for that person, or None where they have no part in it."""
    return next((scope for scope in scopes(user_id) if scope.merchant == merchant), None)


def token_scope(token: str, now: datetime) -> Scope | None:
    """What the bearer of a token may see; None for an unknown one."""
    found = (
        ApiToken.objects.filter(digest=digest(token), membership__user__is_active=True)
        .select_related("membership__merchant", "membership__user")
        .first()
    )
    if found is None:
        return None
    if found.used_at is None or now - found.used_at > _SELDOM:
        ApiToken.objects.filter(id=found.pk).update(used_at=now)
    return _scope(found.membership, f"token {found.name}")


def tokens(membership_id: int) -> tuple[Token, ...]:
    """The tokens made from one membership, newest first."""
    mine = ApiToken.objects.filter(membership_id=membership_id).order_by("-id")
    return tuple(Token(row.pk, row.name, row.created_at, row.used_at) for row in mine)


def make_token(membership_id: int, name: str) -> str:
    """A new token. Only its hash is kept: this is the one time anybody sees it."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(membership_id=membership_id, name=name, digest=digest(token))
    return token


def revoke_token(membership_id: int, token_id: int) -> bool:
    """Whether there was such a token; from now on it opens nothing."""
    return ApiToken.objects.filter(membership_id=membership_id, id=token_id).delete()[0] > 0


def digest(token: str) -> str:
    """What is kept of a token: it is long and random, so one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _scope(membership: Any, through: str = "") -> Scope:
    merchant, user = membership.merchant, membership.user
    person = user.get_username()
    return Scope(
        membership.pk,
        merchant.pk,
        merchant.name,
        merchant.title,
        merchant.timezone,
        f"{person} ({through})" if through else person,
        membership.may_resolve,
    )
