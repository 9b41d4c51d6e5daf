"""Ports for servers of tests, where the system does not give out ports of its own accord meanwhile."""

from __future__ import annotations

import secrets
import socket

# Below what Linux gives to whoever calls out: a server that is stopped and started again finds its port free.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A port on this machine that nobody listens on just now."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
