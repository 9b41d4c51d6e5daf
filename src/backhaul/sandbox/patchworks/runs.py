"""The runs of the stand-in with their logs and payloads, each for as long as Patchworks keeps it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .flows import Flow

FAILED = 3
# Only 3 is documented. These are made up, so that nobody can know them without being told.
RUNNING, FINISHED = 7, 4
LOGS_KEPT = timedelta(days=7)
PAYLOADS_KEPT = timedelta(hours=72)
TRIGGER_STEP, WORK_STEP = (1, "Trigger"), (2, "Connection")


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes at one step of a run."""

    payload_id: int
    run_id: int
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """What one step of a run said."""

    log_id: int
    run_id: int
    step: tuple[int, str]
    level: str
    text: str
    at: datetime
    payload_id: int | None = None


@dataclass(slots=True)
class Run:
    """One run of a flow. ``failures`` is what it says of its failed objects once it has ended;
    ``told_as`` a number it is listed with whatever became of it."""

    run_id: int
    flow: Flow
    version: int
    trigger: str
    started_at: datetime
    environment: str | None = None
    variables: str | None = None
    retried: int | None = None
    failures: list[str] = field(default_factory=list)
    told_as: int | None = None

    @property
    def finished_at(self) -> datetime | None:
        seconds = self.flow.seconds
        return None if seconds is None else self.started_at + timedelta(seconds=seconds)

    def ended(self, now: datetime) -> bool:
        """Whether it is over by then."""
        return self.finished_at is not None and self.finished_at <= now

    def shown_as(self, now: datetime) -> int:
        """The number it is listed with."""
        if self.told_as is not None:
            return self.told_as
        if not self.ended(now):
            return RUNNING
        return FAILED if self.failures and not self.flow.catches else FINISHED


class Runs:
    """All runs by id; what is too old for Patchworks to keep is not shown any more."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ids = itertools.count(812_001)
        self._parts = itertools.count(1)
        self._runs: dict[int, Run] = {}
        self._logs: list[LogLine] = []
        self._payloads: dict[int, Payload] = {}

    def start(self, flow: Flow, version: int, payload: bytes | None, trigger: str = "API", **more: Any) -> Run:
        """Run it. What it does is done at once, also where it takes its time to say so."""
        run = Run(next(self._ids), flow, version, trigger, self._now(), **more)
        self._runs[run.run_id] = run
        kept = self._keep(run, payload) if payload is not None else None
        self._say(run, TRIGGER_STEP, "INFO", "Flow initialised.", run.started_at, kept)
        run.failures = flow.failures(payload or b"")
        ended_at = run.finished_at
        if ended_at is not None:
            level = "WARNING" if flow.catches else "ERROR"
            for text in run.failures:
                self._say(run, WORK_STEP, level, text, ended_at, kept)
            self._say(run, WORK_STEP, "INFO", "Flow completed.", ended_at)
        return run

    def retry(self, run_id: int) -> Run:
        """The whole run once more, at once, as its Retry does."""
        run = self._runs[run_id]
        first = next((one for one in self._payloads.values() if one.run_id == run_id), None)
        body = None if first is None else first.body
        return self.start(run.flow, run.version, body, "Retry", environment=run.environment, retried=run_id)

    def shown(self) -> list[Run]:
        """The runs that are still listed."""
        return [run for run in self._runs.values() if run.started_at + LOGS_KEPT > self._now()]

    def logs(self, run_id: int) -> list[LogLine] | None:
        """What the run has said so far, None where it is not known any more."""
        if all(run.run_id != run_id for run in self.shown()):
            return None
        return [line for line in self._logs if line.run_id == run_id and line.at <= self._now()]

    def payload(self, payload_id: int) -> Payload | None:
        """The payload, None once it has expired."""
        found = self._payloads.get(payload_id)
        return found if found is not None and found.at + PAYLOADS_KEPT > self._now() else None

    def bodies(self) -> list[bytes]:
        """Every payload that ever started a run: for a test to count by."""
        return [payload.body for payload in self._payloads.values()]

    def _keep(self, run: Run, body: bytes) -> int:
        payload = Payload(next(self._parts), run.run_id, body, run.started_at)
        self._payloads[payload.payload_id] = payload
        return payload.payload_id

    def _say(
        self, run: Run, step: tuple[int, str], level: str, text: str, at: datetime, payload_id: int | None = None
    ) -> None:
        self._logs.append(LogLine(next(self._parts), run.run_id, step, level, text, at, payload_id))
