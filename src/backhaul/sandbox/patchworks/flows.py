"""A process flow of the stand-in: what it does to one object is a Python function, which may fail for that object."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class ObjectFailed(Exception):
    """What the flow says of an object that it could not bring to its end."""


def _takes_it(_object: Any) -> None:
    """Whatever comes is taken."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow and its versions; without a ``deployed`` one it starts only where a version is named.

    ``work`` is called for each object: the elements of an array, else the whole payload. Where it raises ObjectFailed
    the run has failed once all objects were tried; with ``catches`` it finishes with a warning, as one does whose
    failures leave by the catch route. ``seconds`` is how long a run lasts; None: it never ends.
    """

    flow_id: int
    name: str = "a flow"
    work: Callable[[Any], None] = _takes_it
    versions: tuple[int, ...] = (1,)
    deployed: int | None = 1
    catches: bool = False
    seconds: float | None = 0.0

    def failures(self, payload: bytes) -> list[str]:
        """What it says of each object that failed."""
        try:
            content = json.loads(payload or b"null")
        except ValueError:
            return ["the payload is not JSON"]
        said = []
        for one in content if isinstance(content, list) else [content]:
            try:
                self.work(one)
            except ObjectFailed as error:
                said.append(str(error))
        return said
