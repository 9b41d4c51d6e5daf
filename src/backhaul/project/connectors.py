"""Connectors are discovered: the folders of backhaul.connectors, and installed packages with the entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points

import backhaul.connectors
from backhaul.project.configuration import BadConfiguration
from backhaul.sdk.connector import Connector

ENTRY_POINT = "backhaul.connectors"
OURS = "backhaul"


class DoesNotLoad(BadConfiguration):
    """An installed package promises a connector and does not keep it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A connector that is promised: under which name, and by whom. ``load`` raises DoesNotLoad."""

    name: str
    origin: str
    load: Callable[[], Connector] = field(repr=False)


@cache
def connectors() -> dict[str, Connector]:
    """All connectors of this installation by name. Raises BadConfiguration for one that does not load or is twice."""
    found: dict[str, Connector] = {}
    for candidate in candidates():
        connector = candidate.load()
        if connector.name in found:
            raise BadConfiguration(f"two connectors are called {connector.name!r}; uninstall one of them")
        found[connector.name] = connector
    return found


def candidates() -> Iterator[Candidate]:
    """All connectors that are promised, ours first. Of an installed one nothing is loaded to find it."""
    for module in pkgutil.iter_modules(backhaul.connectors.__path__):
        connector: Connector = importlib.import_module(f"backhaul.connectors.{module.name}").connector
        yield Candidate(connector.name, OURS, partial(_same, connector))
    for point in sorted(entry_points(group=ENTRY_POINT), key=lambda one: one.name):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value
        yield Candidate(point.name, origin, partial(_load, point, origin))


def _same(connector: Connector) -> Connector:
    return connector


def _load(point: EntryPoint, origin: str) -> Connector:
    try:
        found = point.load()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise DoesNotLoad(f"connector {point.name!r} of {origin} does not load: {why}; mend or uninstall it") from error
    if not isinstance(found, Connector):
        what = f"{point.value} is a {type(found).__name__} and no backhaul.sdk.connector.Connector"
        raise DoesNotLoad(f"connector {point.name!r} of {origin} does not load: {what}; mend or uninstall it")
    if found.name != point.name:
        what = f"its entry point is called {point.name!r} and itself {found.name!r}; give them one name"
        raise DoesNotLoad(f"connector {point.name!r} of {origin} does not load: {what}")
    return found
