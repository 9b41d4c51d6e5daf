"""Reads a failed run: a row per object, so that each is on record by its name and its cause."""

from __future__ import annotations

from backhaul.connectors.patchworks.objects import FailedObject, objects_of
from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.sdk.messages import Message, RowProblem, Told


def read_failed_run(message: Message, settings: PatchworksSettings) -> Told:
    """No facts: whose they would be only Patchworks' flow knows. Raises Unreadable."""
    return tuple(RowProblem(max(one.place, 1), _said(one)) for one in objects_of(message.body, settings))


def _said(one: FailedObject) -> str:
    named = f"{one.name} of " if one.name else ""
    worth = f", worth {one.value}" if one.value is not None else ""
    return f"{named}run {one.run_id} of the Patchworks flow {one.flow.flow}{worth}: {one.cause}"
