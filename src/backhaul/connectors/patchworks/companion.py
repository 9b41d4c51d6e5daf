"""Watches what Patchworks does by itself: each failed run is kept with its log and payloads before they vanish."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from backhaul.connectors.patchworks.acts import LOGS_KEPT, PAYLOADS_KEPT
from backhaul.connectors.patchworks.client import Patchworks, PayloadGone
from backhaul.connectors.patchworks.shapes import RunSeen, line_of
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Rejected, Throttled

KIND = "failed-run"
EVERY = timedelta(minutes=5)
# A run is listed by when it began, and may fail long after.
_OVERLAP = timedelta(hours=24)
_MOST_RUNS = 20
_MOST_PAYLOADS = 10
_NOT_THERE = 404


def poll_failed_runs(system: Patchworks, request: PollRequest) -> PollAnswer:
    """The failed runs that are not kept yet, the oldest first: they vanish first. Where there are many, again at once.

    The cursor is when all of them were last looked at, and which of the time before that are kept already. A run that
    replays an object is not brought: its failure is told of the object it is for.
    """
    if not system.settings.watch:
        return PollAnswer((), request.cursor)
    looked, before = _read_cursor(request.cursor)
    since = request.now - PAYLOADS_KEPT if looked is None else max(looked - _OVERLAP, request.now - LOGS_KEPT)
    brought: list[Polled] = []
    known: set[str] = set()
    whole = True
    try:
        for run in system.failed_runs(since):
            if system.settings.watched(run.flow) is None:
                continue
            if run.run_id not in before and run.run_id not in request.replays:
                if len(brought) >= _MOST_RUNS:
                    whole = False
                    break
                brought.append(_kept(run, system))
            known.add(run.run_id)
    except Throttled:
        if not brought:
            raise
        whole = False
    if not whole:
        return PollAnswer(tuple(brought), _write_cursor(looked, before | known), again_at_once=True)
    return PollAnswer(tuple(brought), _write_cursor(request.now, known))


def _kept(run: RunSeen, system: Patchworks) -> Polled:
    """One message per run, by its id: its rows as they were told, its payloads byte for byte."""
    try:
        rows = system.logs(run.run_id)
    except Rejected as error:
        if error.status_code != _NOT_THERE:
            raise
        rows = []
    lines = [line_of(row) for row in rows]
    ids = list(dict.fromkeys(payload for line in lines for payload in line.payloads))
    failing = [payload for line in lines if line.sad for payload in line.payloads]
    chosen = list(dict.fromkeys([*ids[:1], *failing, *ids]))[:_MOST_PAYLOADS]
    payloads = {payload: _payload(payload, system) for payload in ids if payload in chosen}
    content = {"run": run.raw, "logs": rows, "payloads": payloads}
    return Polled(KIND, json.dumps(content, default=str).encode(), delivery=f"run:{run.run_id}")


def _payload(payload_id: str, system: Patchworks) -> dict[str, Any]:
    try:
        body = system.payload(payload_id)
    except PayloadGone:
        return {"lost": "it had expired before it was read"}
    if len(body) > system.settings.most_bytes:
        return {"lost": f"it has {len(body)} bytes, more than {system.settings.most_bytes}"}
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _read_cursor(text: str) -> tuple[datetime | None, set[str]]:
    content = json.loads(text) if text else {"looked": None, "kept": []}
    looked = content["looked"]
    return (None if looked is None else datetime.fromisoformat(looked)), set(content["kept"])


def _write_cursor(looked: datetime | None, kept: set[str]) -> str:
    return json.dumps({"looked": None if looked is None else looked.isoformat(), "kept": sorted(kept)})
