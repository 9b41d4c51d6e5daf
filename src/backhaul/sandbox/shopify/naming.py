"""Global ids that a seed repeats exactly: the same actions on the same seed name the same things."""

import re
import uuid
from collections import Counter

_SPACE = uuid.UUID("3f0b6a52-11d4-5d0b-8f0e-77aa4f1f9b3e")
_GID = re.compile(r"gid://shopify/(\w+)/(\d+(?:/\d+)?)(?:\?.*)?")


class Names:
    """Makes the ids of one seeded shop; numbers are far apart between kinds, so that a mixed-up one finds nothing."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counted: Counter[str] = Counter()
        self._bases: dict[str, int] = {}

    def gid(self, kind: str) -> str:
        """The next id of a kind, such as gid://shopify/Order/5001001."""
        base = self._bases.setdefault(kind, (len(self._bases) + 1) * 1_000_000 + self._seed % 1_000 * 1_000)
        self._counted[kind] += 1
        return f"gid://shopify/{kind}/{base + self._counted[kind]}"

    def webhook_id(self, number: int) -> str:
        """The UUID of one webhook, kept on re-delivery."""
        return str(uuid.uuid5(_SPACE, f"{self._seed}:webhook:{number}"))


def number_of(gid: str) -> int:
    """The number in a global id, as the bodies of webhooks carry it."""
    return int(gid.rsplit("/", 1)[1].split("?", maxsplit=1)[0])


def kind_of(gid: str) -> str | None:
    """The kind that a global id names; None when it is none."""
    found = _GID.fullmatch(gid)
    return found[1] if found else None
