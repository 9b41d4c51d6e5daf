"""Python's garbage collector, told how a program of ours uses memory."""

from __future__ import annotations

import gc


def spare_the_collector() -> None:
    """Have Python look for garbage less often, and never among what is loaded by now.

    A batch makes tens of thousands of values and no cycle: looking through all of them, and through all of Django,
    took a third of the time of loading a case.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
