"""What goes wrong between a caller and Patchworks, asked for call by call."""

from collections import deque
from enum import StrEnum


class Fault(StrEnum):
    """What befalls one call.

    CUT does what was asked and hangs up before it answers, ERROR_AFTER does it and answers 500, ERROR answers 503 and
    does nothing, THROTTLE answers 429, SLOW answers late.
    """

    CUT = "cut"
    ERROR = "error"
    ERROR_AFTER = "error-after"
    THROTTLE = "throttle"
    SLOW = "slow"


class Faults:
    """Faults that wait for a call whose path contains their words."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Fault, str]] = deque()

    def ask(self, fault: Fault, path: str = "", times: int = 1) -> None:
        """Let the next ``times`` calls whose path contains ``path`` suffer it."""
        self._waiting.extend([(fault, path)] * times)

    def strikes(self, path: str) -> Fault | None:
        """The fault of this call; it is used up."""
        found = next((one for one in self._waiting if one[1] in path), None)
        if found is not None:
            self._waiting.remove(found)
        return None if found is None else found[0]
