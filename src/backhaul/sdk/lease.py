"""The lease under which an effect is being done: no byte is sent when it could outlive the lease."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from backhaul.sdk.outcomes import NotSent


class LeaseTooShort(NotSent):
    """No byte left us because somebody else may take over before the call ends; the system is not to blame."""


def running_clock() -> float:
    """Seconds on a clock that nobody sets and that runs on while the process is stopped or the machine is suspended."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class Lease:
    """Valid until ``until`` on ``clock``."""

    until: float
    clock: Callable[[], float] = running_clock

    def require(self, seconds: float) -> None:
        """Raises LeaseTooShort when fewer than ``seconds`` remain: somebody else may take over before the call ends."""
        if self.until - self.clock() < seconds:
            raise LeaseTooShort(f"the lease ends before a call of {seconds:g} s could; it is left to the next claim")


_current: contextvars.ContextVar[Lease | None] = contextvars.ContextVar("lease", default=None)


@contextmanager
def under(lease: Lease) -> Iterator[None]:
    """Everything sent in this block is sent under this lease."""
    token = _current.set(lease)
    try:
        yield
    finally:
        _current.reset(token)


def require(seconds: float) -> None:
    """Check the lease of the running block, if there is one."""
    lease = _current.get()
    if lease is not None:
        lease.require(seconds)
