"""An effect done by a Patchworks flow: looked for among its runs by the key in their payloads, started, read back.

Starting has no idempotency, and a payload is gone after 72 hours: what cannot be looked for any more is never started
again. A failed run may have done part of its work, so it is not started again either: its Retry in Patchworks runs the
same payload, with the same key, and is found.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from backhaul.connectors.patchworks.client import Patchworks, PayloadGone
from backhaul.connectors.patchworks.payloads import KEY_FIELD, body_of
from backhaul.connectors.patchworks.settings import FlowTable
from backhaul.connectors.patchworks.shapes import Line, RunSeen, line_of
from backhaul.sdk.bodies import decoded
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import (
    Absent,
    Ambiguous,
    CannotLook,
    Done,
    Found,
    Later,
    Outcome,
    Partial,
    Refused,
    Rejected,
    Task,
    Unsure,
)

PAYLOADS_KEPT = timedelta(hours=72)
LOGS_KEPT = timedelta(days=7)
SEEN_AFTER_S = 30.0
_SLACK = timedelta(minutes=10)  # between their clock and ours
_AGAIN_S = 15.0
_MOST_REMEMBERED = 50_000
_NOT_THERE = 404


def find_run(task: Task, system: Patchworks) -> Found:
    """The run whose payload carries our key. Raises CannotLook where runs that may be it cannot be read any more."""
    table, now = system.settings.flows[task.effect.verb], system.now()
    since = now - LOGS_KEPT if task.tried_since is None else max(task.tried_since - _SLACK, now - LOGS_KEPT)
    mine: list[RunSeen] = []
    unread = 0
    for number, run in enumerate(system.runs(since=since, flow=str(table.flow))):
        if number >= system.settings.most_runs:
            raise CannotLook(f"flow {table.flow} has more than {system.settings.most_runs} runs since {since:%F %R}")
        try:
            mine += [run] if _key_of(run, system, now) == task.key else []
        except PayloadGone:
            unread += 1
    finished = [run for run in mine if is_done(run, table, system)]
    if len(finished) > 1:
        return Ambiguous(tuple(run.run_id for run in finished))
    if mine:
        return Done(finished[0].run_id) if finished else Partial(mine[-1].run_id, _step(mine[-1], system))
    if task.tried_since is not None and now - task.tried_since >= PAYLOADS_KEPT:
        raise CannotLook(
            f"Patchworks keeps payloads for 72 h, and {task.key} was first tried at {task.tried_since:%F %R}"
        )
    if unread:
        raise CannotLook(f"{unread} runs of flow {table.flow} may be {task.key}: their payloads are gone")
    return Absent()


def start_run(task: Task, system: Patchworks, found: Found) -> Outcome:
    """Start it, or go on with the run that was found; then what became of it."""
    table = system.settings.flows[task.effect.verb]
    run_id = found.reference if isinstance(found, Partial) else system.start_raw(table, body_of(task))
    run = system.run(str(table.flow), run_id)
    if run is None:
        return Later(f"run {run_id} of flow {table.flow} is not listed yet", _AGAIN_S)
    return _outcome(run, table, system)


def failure_of(run: RunSeen, lines: list[Line]) -> str:
    """The last line of a run's log that tells of an error, with its step; else its summary."""
    sad = [line for line in lines if line.sad and line.text]
    if sad:
        return f"{sad[-1].step or 'a step'}: {sad[-1].text}"
    if run.summary:
        return run.summary
    return f"{lines[-1].step}: {lines[-1].text}" if lines and lines[-1].text else "its log does not say why"


def _outcome(run: RunSeen, table: FlowTable, system: Patchworks) -> Outcome:
    name = f"run {run.run_id} of flow {run.flow}"
    meaning = system.settings.meaning(run.status)
    if is_done(run, table, system):
        return Done(run.run_id)
    if meaning == "finished":
        return Refused(
            f"{name} finished with warnings ({why_of(run, system)}): see in Patchworks whether it did its work; "
            "accept_warnings takes such runs for done"
        )
    if meaning == "failed":
        return Refused(
            f"{name} failed at {why_of(run, system)}. Mend the cause and retry the run in Patchworks, then retry this: "
            "the run that finishes is found by its payload"
        )
    unknown = f"{name} has the status {run.status}, which nobody has explained: add it to statuses"
    why = f"{name} is running" if meaning == "running" else unknown
    if run.started_at is None or (system.now() - run.started_at).total_seconds() > system.settings.patience_s:
        return Refused(f"{why}; it began at {run.started_at or 'an unknown time'}, see what became of it in Patchworks")
    return Later(why, _AGAIN_S)


def is_done(run: RunSeen, table: FlowTable, system: Patchworks) -> bool:
    """Whether it finished, and in a way that is taken for having done its work."""
    return system.settings.meaning(run.status) == "finished" and (table.accept_warnings or not run.warned)


def _step(run: RunSeen, system: Patchworks) -> str:
    return system.settings.meaning(run.status) or f"status {run.status}"


def why_of(run: RunSeen, system: Patchworks) -> str:
    """What the log of a run that ended gives as the cause."""
    return failure_of(run, [line_of(row) for row in system.logs(run.run_id)])


def _key_of(run: RunSeen, system: Patchworks, now: datetime) -> str | None:
    """Our key in what the run was started with, None where it carries none. Raises PayloadGone, or Unsure: not yet."""
    if run.run_id in system.keys:
        return system.keys[run.run_id]
    age = None if run.started_at is None else now - run.started_at
    if age is not None and age > PAYLOADS_KEPT + _SLACK:
        raise PayloadGone(run.run_id)
    try:
        lines = [line_of(row) for row in system.logs(run.run_id)]
    except Rejected as error:
        if error.status_code == _NOT_THERE:
            raise PayloadGone(run.run_id) from error
        raise
    first = next((payload for line in lines for payload in line.payloads), None)
    if first is None:
        if age is not None and age < _SLACK:
            raise Unsure(f"run {run.run_id} does not show yet what it was started with", _AGAIN_S)
        raise PayloadGone(run.run_id)
    key = _key_in(system.payload(first))
    if len(system.keys) >= _MOST_REMEMBERED:
        system.keys.clear()
    system.keys[run.run_id] = key
    return key


def _key_in(body: bytes) -> str | None:
    try:
        content = decoded(body)
    except Unreadable:
        return None
    found = content.get(KEY_FIELD) if isinstance(content, dict) else None
    return found if isinstance(found, str) else None
