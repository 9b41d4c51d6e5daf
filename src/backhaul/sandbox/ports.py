"""Ports on this machine that nobody listens on just now."""

from __future__ import annotations

import random
import socket

# Below what Linux gives to whoever calls out, so that a server that is stopped and started again finds its port free.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A free port. Another program may be quicker to take it: whoever starts a server there tries again."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(_FIRST, _LAST)
        if not taken(port):
            return port


def taken(port: int) -> bool:
    """Whether some program listens on 127.0.0.1:``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
