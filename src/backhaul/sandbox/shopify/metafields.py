"""Metafields: values that apps hang on things, with definitions by which a value of type id is unique."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

APP_NUMBER = 987654


def full_namespace(namespace: str | None) -> str:
    """`$app` and `$app:x` belong to the app, and are stored under its number; nothing stands for `$app`."""
    own = f"app--{APP_NUMBER}"
    if not namespace or namespace == "$app":
        return own
    return namespace.replace("$app:", f"{own}--", 1) if namespace.startswith("$app:") else namespace


@dataclass(slots=True, eq=False)
class Definition:
    """What is laid down for a metafield of one kind of owner; type `id` is always unique."""

    kind: ClassVar[str] = "MetafieldDefinition"
    gid: str
    name: str
    namespace: str
    key: str
    type: str
    owner_type: str
    unique: bool


@dataclass(slots=True, eq=False)
class Metafield:
    """One value on one owner."""

    kind: ClassVar[str] = "Metafield"
    gid: str
    owner: str
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime

    @property
    def digest(self) -> str:
        """By which a writer shows what it has read."""
        return hashlib.sha256(f"{self.type}\n{self.value}".encode()).hexdigest()


@dataclass(slots=True)
class Metafields:
    """All of them, by owner and name."""

    by_owner: dict[str, dict[tuple[str, str], Metafield]] = field(default_factory=dict)

    def of(self, owner: str) -> dict[tuple[str, str], Metafield]:
        """Those of one owner, by full namespace and key."""
        return self.by_owner.setdefault(owner, {})

    def find(self, owner: str, namespace: str | None, key: str) -> Metafield | None:
        """One of an owner."""
        return self.of(owner).get((full_namespace(namespace), key))

    def with_value(self, kind: str, namespace: str, key: str, value: str) -> Iterator[Metafield]:
        """Those of one kind of owner that carry a value."""
        for owner, fields in self.by_owner.items():
            found = fields.get((namespace, key))
            if found is not None and found.value == value and f"/{kind}/" in owner:
                yield found
