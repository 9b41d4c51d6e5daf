"""Which of several entries of a table counts: the one that says most, and how such an entry is spelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

ANY = "*"
V = TypeVar("V")


def plain(word: str) -> str:
    """One spelling for all: ``Slightly_Damaged `` is ``slightly-damaged``."""
    return word.strip().lower().replace("_", "-").replace(" ", "-")


def spelled(word: str, site: str = ANY, sku_class: str = ANY) -> str:
    """``word@site/class``; what is any is left out."""
    at = f"@{site}" if site not in (ANY, "") else ""
    of = f"/{sku_class}" if sku_class not in (ANY, "") else ""
    return f"{word}{at}{of}"


def spellings(word: str, site: str, sku_class: str = "") -> Iterator[str]:
    """All entries that speak of this, the most telling first: the word counts most, then the site, then the class."""
    for one in (word, ANY):
        for where in (site, ANY) if site else (ANY,):
            for kind in (sku_class, ANY) if sku_class else (ANY,):
                yield spelled(one, where, kind)


def most_telling(table: Mapping[str, V], word: str, site: str, sku_class: str = "") -> V | None:
    """The entry that says most of such a thing; None where no entry speaks of it."""
    return next((table[one] for one in spellings(word, site, sku_class) if one in table), None)


def matching(patterns: Mapping[str, V], word: str) -> V | None:
    """The entry of exactly that word, else of the longest pattern (``SHOE-*``) that it fits."""
    if word in patterns:
        return patterns[word]
    fitting = [pattern for pattern in patterns if fnmatchcase(word, pattern)]
    return patterns[max(fitting, key=lambda pattern: (len(pattern), pattern))] if fitting else None
