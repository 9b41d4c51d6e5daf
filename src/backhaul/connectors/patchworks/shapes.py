"""What Patchworks answers, read with patience: not all field names are published, so several of them count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backhaul.sdk.messages import Unreadable

_SAD = frozenset({"error", "critical", "alert", "emergency", "fatal", "failed", "failure"})
_PAYLOAD_FIELDS = ("payload_metadata_id", "payload_metadata_ids", "payload_id", "payload_ids", "payload_metadata")
_RUN_ID_FIELDS = ("flow_run_id", "flowRunId", "run_id", "id")
_TEXT_MOST = 300


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run as it was listed. ``warned``: it finished, and something in it did not go well."""

    run_id: str
    flow: str
    status: str
    started_at: datetime | None
    warned: bool
    summary: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a run's log with the ids of its payloads."""

    level: str
    step: str
    text: str
    payloads: tuple[str, ...]

    @property
    def sad(self) -> bool:
        return self.level.casefold() in _SAD


def run_of(row: Any) -> RunSeen:
    """A run of a list. Raises Unreadable where it has no id, flow or status."""
    fields = _fields(row)
    name, flow, status = (_id(fields.get(field)) for field in ("id", "flow_id", "status"))
    if not (name and flow and status):
        raise Unreadable("a run needs an id, a flow_id and a status")
    return RunSeen(
        name,
        flow,
        status,
        _moment(fields.get("started_at") or fields.get("created_at")),
        bool(fields.get("has_warnings")),
        _text(fields.get("summary")),
        row,
    )


def line_of(row: Any) -> Line:
    """A line of a log; what is not there is blank."""
    fields = _fields(row)
    step = fields.get("flow_step") or fields.get("flowStep")
    named = _fields(step).get("name") if isinstance(step, dict) else None
    return Line(
        _text(fields.get("log_level") or fields.get("level")),
        _text(named or _id(fields.get("flow_step_id"))),
        _text(fields.get("log_message") or fields.get("message")),
        tuple(dict.fromkeys(one for name in _PAYLOAD_FIELDS for one in _ids(fields.get(name)))),
    )


def started_run(content: Any) -> str:
    """The run's id in the answer to a start, "" where none can be found."""
    if isinstance(content, dict):
        for place in (content, content.get("data")):
            if isinstance(place, dict):
                fields = _fields(place)
                found = next((_id(fields[name]) for name in _RUN_ID_FIELDS if _id(fields.get(name))), "")
                if found:
                    return found
        content = content.get("data")
    return _id(content)


def rows_of(content: Any, where: str) -> list[Any]:
    """The rows of a page. Raises Unreadable for anything else."""
    rows = content.get("data") if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise Unreadable("expected a list under data", where)
    return rows


def last_page(content: Any, number: int, *, full: bool) -> bool:
    """Whether no page comes after this one."""
    last = (content.get("meta") or {}).get("last_page") if isinstance(content, dict) else None
    return number >= last if isinstance(last, int) else not full


def _fields(row: Any) -> Mapping[str, Any]:
    """Fields lie flat, or under ``attributes``."""
    if not isinstance(row, dict):
        return {}
    inner = row.get("attributes")
    return {**row, **inner} if isinstance(inner, dict) else row


def _ids(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        found = _id(_fields(one).get("id") if isinstance(one, dict) else one)
        if found:
            yield found


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return text if text.isascii() and text.replace("-", "").replace("_", "").isalnum() and len(text) <= 100 else ""


def _text(value: Any) -> str:
    if not isinstance(value, str | int):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return " ".join(printable.split())[:_TEXT_MOST]


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
