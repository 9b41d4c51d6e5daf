"""Connectors are discovered: the folders of backhaul.connectors, and installed packages with the entry point."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

import backhaul.connectors
from backhaul.sdk.connector import Connector

ENTRY_POINT = "backhaul.connectors"


@cache
def connectors() -> dict[str, Connector]:
    """All connectors of this installation by name. Raises RuntimeError where two have one name."""
    found: dict[str, Connector] = {}
    for module in pkgutil.iter_modules(backhaul.connectors.__path__):
        _add(found, importlib.import_module(f"backhaul.connectors.{module.name}").connector)
    for point in entry_points(group=ENTRY_POINT):
        _add(found, point.load())
    return found


def _add(found: dict[str, Connector], connector: Connector) -> None:
    if connector.name in found:
        raise RuntimeError(f"two connectors are called {connector.name!r}; uninstall one of them")
    found[connector.name] = connector
