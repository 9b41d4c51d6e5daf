"""Writes the package of a connector that is not there yet: one that works, for an imagined system, to be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_ENDING = ".template"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 30  # so that no line of what is written grows too long


class CannotWrite(ValueError):
    """The package cannot be written as it was asked for; the message says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of system: the folders of its templates, laid one over the other, and what these are filled in with."""

    folders: tuple[str, ...]
    system: str
    does: str = ""
    looked_for: str = ""
    second: str = "acts.py` | what is done there, each a pair: `find` and `do"

    def words(self, name: str) -> Mapping[str, str]:
        """What the templates are filled in with."""
        return {
            "NAME": name,
            "PACKAGE": package_of(name),
            "CLASS": self.system.capitalize(),
            "THE_SYSTEM": f"the {self.written}",
            "THE_SYSTEM_CAPITAL": f"The {self.written}",
            "ALSO_DOES": self.does,
            "LOOKED_FOR": self.looked_for,
            "FILES": f"| `src/{package_of(name)}/{self.second}` |",
            # What only reads can make nothing a second time.
            "GO_LIVE": "go_live_at = 2026-12-01T00:00:00Z   # when Backhaul takes over\n" if self.does else "",
        }

    @property
    def written(self) -> str:
        return self.system.upper() if self.system == "erp" else self.system


KINDS: Mapping[str, Kind] = {
    "storefront": Kind(
        ("every", "storefront"), "shop", ", and the shop's returns, refunds and marks are made, each once", "returns"
    ),
    "erp": Kind(
        ("every", "goods", "erp"),
        "erp",
        ", its orders are read, and authorisations and credit notes are made in it, each once",
        "authorisations",
    ),
    "warehouse": Kind(
        ("every", "goods", "warehouse"), "warehouse", ", and it is told what should arrive, once", "announcements"
    ),
    "platform": Kind(
        ("every", "platform"), "platform", "", "returns", "polling.py` | how it is asked for what changed"
    ),
}


def package_of(name: str) -> str:
    """The Python package of a connector: ``acme-shop`` is in ``acme_shop_backhaul``."""
    return f"{name.replace('-', '_')}_backhaul"


def write(name: str, kind: str, directory: Path, taken: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the package into a folder that is new or empty; answers its files. Raises CannotWrite, having written none.

    ``taken`` are the connectors that there are, with where each comes from.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise CannotWrite(
            f"{name!r} is no name for a connector: give up to {_LONGEST} small letters and digits, a letter first, "
            "words joined by a hyphen, as in acme-shop"
        )
    if name in taken:
        raise CannotWrite(f"there is a connector {name!r} already, from {taken[name]}; choose another name")
    if kind not in KINDS:
        raise CannotWrite(f"{kind!r} is no kind of system: give one of {', '.join(KINDS)}")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CannotWrite(f"{directory} is there already and is not empty; name another folder with --directory")
    texts = dict(_texts(KINDS[kind], name))
    for place, text in texts.items():
        file = directory / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tuple(directory / place for place in sorted(texts))


def _texts(kind: Kind, name: str) -> Iterator[tuple[str, str]]:
    """Where each file stands in the package, and what is in it."""
    words = kind.words(name)
    for folder in kind.folders:
        for place, template in _templates(files(__name__) / folder):
            text = template.read_text(encoding="utf-8")
            for word, means in words.items():
                text = text.replace(f"@{word}@", means)
            yield place.replace("PACKAGE", words["PACKAGE"]).replace("gitignore", ".gitignore"), text


def _templates(folder: Traversable, within: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _templates(one, f"{within}{one.name}/")
        elif one.name.endswith(_ENDING):
            yield f"{within}{one.name.removesuffix(_ENDING)}", one
