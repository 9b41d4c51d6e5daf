"""The domain's core checks as plain calls: every story under tests/unit/domain, with all its parameters."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

STORIES = Path(__file__).resolve().parents[1] / "unit" / "domain"
Check = Callable[[], None]
_TOOK: dict[Check, float] = {}


@cache
def checks() -> tuple[Check, ...]:
    """All stories; the parameters of a story are those of its marks."""
    return tuple(check for file in sorted(STORIES.glob("test_*.py")) for check in _of(file.stem))


def _of(module: str) -> Iterator[Check]:
    stories = vars(importlib.import_module(f"tests.unit.domain.{module}"))
    for name, story in list(stories.items()):
        if name.startswith("test_"):
            for given in product(*(_sets(mark) for mark in getattr(story, "pytestmark", []))):
                yield partial(story, **{key: value for part in given for key, value in part.items()})


def _sets(mark: Any) -> list[dict[str, Any]]:
    names, values = mark.args
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    return [dict(zip(names, value if len(names) > 1 else (value,), strict=True)) for value in values]


def first_that_fails() -> str | None:
    """The name of a story that does not hold, the quick ones asked first; None when all do."""
    for check in sorted(checks(), key=lambda check: _TOOK.get(check, 0.0)):
        begun = time.perf_counter()
        try:
            check()
        except Exception:  # noqa: BLE001  whatever breaks, the story noticed
            return check.func.__name__  # type: ignore[attr-defined,no-any-return]
        _TOOK[check] = time.perf_counter() - begun
    return None
