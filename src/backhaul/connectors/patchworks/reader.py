"""Reads a failed run: each object that was in it is left behind, and is told of by its name and its cause."""

from __future__ import annotations

from backhaul.connectors.patchworks.objects import FailedObject, objects_of
from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.sdk.messages import Message, Stranded, Told


def read_failed_run(message: Message, settings: PatchworksSettings) -> Told:
    """No facts: whose they would be only Patchworks' flow knows. Raises Unreadable."""
    found = objects_of(message.body, settings)
    blames = any(one.blamed for one in found)
    return tuple(
        Stranded(
            key_of(one),
            about_of(one),
            f"its run failed, and the log does not name it: {one.cause}" if blames and not one.blamed else one.cause,
            () if one.value is None else (one.value,),
            one.order,
        )
        for one in found
    )


def key_of(one: FailedObject) -> str:
    """The same for ever: a run's id is given once, and its payload never changes."""
    return f"run:{one.run_id}:{one.place}"


def about_of(one: FailedObject) -> str:
    """What people know it by, and where to find it in Patchworks."""
    name = one.name or (f"object {one.place}" if one.place else "")
    run = f"run {one.run_id} of flow {one.failed}"
    return f"{name} of {run}" if name else run
