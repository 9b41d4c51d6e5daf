"""One object of a failed run again: its flow is started with that object alone, and the run is looked at until it ends.

Starting has no idempotency, and the payload of a run that was started again carries no key of ours: what was started
and not answered is a person's to look for.
"""

from __future__ import annotations

from backhaul.connectors.patchworks.acts import is_done, why_of
from backhaul.connectors.patchworks.client import Patchworks
from backhaul.connectors.patchworks.objects import FailedObject, alone, objects_of
from backhaul.connectors.patchworks.reader import key_of
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import Done, Later, Outcome, Refused

_AGAIN_S = 30.0


def start_again(system: Patchworks, body: bytes, key: str) -> str:
    """Start the flow that takes it with that object alone; the run's id. Raises what a start raises, and Unreadable."""
    one = _object(system, body, key)
    return system.start_raw(one.flow, alone(body, system.settings, one.place))


def look_again(system: Patchworks, body: bytes, key: str, run_id: str) -> Outcome:
    """What became of the run that was started. Raises what the wire raises, and Unreadable."""
    flow = _object(system, body, key).flow
    run = system.run(str(flow.flow), run_id)
    name = f"run {run_id} of flow {flow.flow}"
    if run is None:
        return Later(f"{name} is not listed among the newest", _AGAIN_S)
    if is_done(run, flow, system):
        return Done(run_id)
    meaning = system.settings.meaning(run.status)
    if meaning == "finished":
        return Refused(
            f"{name} finished with warnings ({why_of(run, system)}): see in Patchworks whether it did its work; "
            "accept_warnings of replay takes such runs for done"
        )
    if meaning == "failed":
        return Refused(f"{name} failed at {why_of(run, system)}")
    if meaning == "running":
        return Later(f"{name} is running", _AGAIN_S)
    return Later(f"{name} has the status {run.status}, which nobody has explained: add it to statuses", _AGAIN_S)


def _object(system: Patchworks, body: bytes, key: str) -> FailedObject:
    found = next((one for one in objects_of(body, system.settings) if key_of(one) == key), None)
    if found is None:
        raise Unreadable(f"it has no object {key}")
    return found
