"""The two hosts of Patchworks as far as they are needed: runs, their logs and payloads, and starting a flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from backhaul.connectors.patchworks.session import Session
from backhaul.connectors.patchworks.settings import FlowTable, PatchworksSettings
from backhaul.connectors.patchworks.shapes import RunSeen, last_page, rows_of, run_of, started_run
from backhaul.sdk.bodies import decoded
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import Rejected, Throttled, Unsure
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire

_PAGE_SIZE = 100
_PAGES_MOST = 200
_NEWEST_PAGES = 5
# The quota is counted by the minute, and no header says how much of it is left.
_THROTTLED_S = 15.0
_NOT_LET_IN = 401
_GONE = frozenset({404, 410})


class PayloadGone(Exception):
    """Patchworks keeps a payload for 72 hours; this one is not there any more."""


class Patchworks:
    """One connected account. Every call takes its turn in the published rate and raises what the Wire raises.

    ``keys`` remembers which of our keys a run's payload carries: a payload never changes, so each is read once.
    """

    def __init__(
        self,
        settings: PatchworksSettings,
        wire: Wire,
        pace: Pace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings, self.now = settings, now
        self.keys: dict[str, str | None] = {}
        self._core, self._start = wire, wire.beside(settings.start_url)
        self._session = Session(settings, wire, now)
        self._pace = pace or Pace(settings.requests_per_minute / 60)

    def close(self) -> None:
        for one in (self._core, self._start, self._session):
            one.close()

    def flows(self) -> Iterator[Mapping[str, Any]]:
        """All flows with their deployed versions."""
        for row in self._rows("/flows", {"include": "deployedVersion"}):
            if isinstance(row, dict):
                yield row

    def runs(self, *, since: datetime, flow: str = "", status: str = "") -> Iterator[RunSeen]:
        """The runs that started after a moment, the oldest first: pages then do not shift under new ones."""
        asked = {"sort": "started_at", "filter[started_after]": str(int(since.timestamp() * 1000))}
        asked |= {"filter[flow_id]": flow} if flow else {}
        asked |= {"filter[status]": status} if status else {}
        seen: set[str] = set()
        for row in self._rows("/flow-runs", asked):
            run = run_of(row)
            if run.run_id not in seen:
                seen.add(run.run_id)
                yield run

    def failed_runs(self, since: datetime) -> Iterator[RunSeen]:
        """The failed runs that started after a moment, of any flow."""
        for status in self.settings.failing():
            yield from self.runs(since=since, status=status)

    def run(self, flow: str, run_id: str) -> RunSeen | None:
        """That run of that flow as it is now, where it is among the newest."""
        asked = {"sort": "-started_at", "filter[flow_id]": flow}
        for row in self._rows("/flow-runs", asked, _NEWEST_PAGES):
            found = run_of(row)
            if found.run_id == run_id:
                return found
        return None

    def logs(self, run_id: str) -> list[Any]:
        """What the run said, as it is told: rows with the ids of payloads. None of it after 7 days: Rejected."""
        asked = {
            "sort": "id", "include": "flowRunLogMetadata", "fields[flowStep]": "id,name", "load_payload_ids": "true",
        }  # fmt: skip
        return list(self._rows(f"/flow-runs/{run_id}/flow-run-logs", asked))

    def payload(self, payload_id: str) -> bytes:
        """The bytes at one step of a run. Raises PayloadGone once they have expired."""
        try:
            return self._call(self._core, "GET", f"/payload-metadata/{payload_id}/download").content
        except Rejected as error:
            if error.status_code in _GONE:
                raise PayloadGone(payload_id) from error
            raise

    def start_raw(self, table: FlowTable, body: bytes) -> str:
        """Start a flow with this JSON; the run's id. It has no idempotency: look first. Raises Unsure without an id."""
        version = "" if table.version is None else f"/{table.version}"
        path = f"/flows/{table.flow}/start/raw{version}"
        asked = {"virtual_environment_id": table.virtual_environment, "flow_variables": table.variables}
        given = {name: value for name, value in asked.items() if value is not None}
        answer = self._call(self._start, "POST", path, body, given)
        if answer.status_code >= httpx.codes.MULTIPLE_CHOICES:
            why = f"POST {path}: {answer.status_code}: give the address that it leads to as start_url"
            raise Rejected(why, answer.status_code, "")
        try:
            run_id = started_run(decoded(answer.content))
        except Unreadable:
            run_id = ""
        if not run_id:
            raise Unsure(f"POST {path} was answered without the id of a run")
        return run_id

    def _rows(self, path: str, asked: Mapping[str, str], most_pages: int = _PAGES_MOST) -> Iterator[Any]:
        for number in range(1, most_pages + 1):
            query = {**asked, "page": str(number), "per_page": str(_PAGE_SIZE)}
            content = decoded(self._call(self._core, "GET", path, None, query).content)
            rows = rows_of(content, path)
            yield from rows
            if last_page(content, number, full=len(rows) == _PAGE_SIZE):
                return

    def _call(
        self, wire: Wire, method: str, path: str, body: bytes | None = None, query: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Where a token was refused nothing was done: once more with another one."""
        try:
            return self._once(wire, method, path, body, query)
        except Rejected as error:
            if error.status_code != _NOT_LET_IN or not self._session.renews:
                raise
        self._session.forget()
        return self._once(wire, method, path, body, query)

    def _once(
        self, wire: Wire, method: str, path: str, body: bytes | None, query: Mapping[str, str] | None
    ) -> httpx.Response:
        headers = self._session.headers()
        self._pace.wait()
        try:
            return wire.request(method, path, body, params=query or None, headers=headers)
        except Throttled as error:
            raise Throttled(str(error), max(error.wait_s, _THROTTLED_S)) from error
