"""A thread that does one thing again and again."""

import threading
from collections.abc import Callable

_EVERY_S = 0.2


class Ticker:
    """Does ``act`` every fifth of a second from its start until it is stopped."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="stand-in-ticker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the current turn end, and do no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            self._act()
