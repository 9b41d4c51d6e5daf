"""What an HTTP surface of a stand-in answers, so that each surface is a plain function without a server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request; header names are lower case, `query` holds each parameter once."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response; `location` is set on a redirect."""

    code: int
    body: bytes = b""
    content_type: str = "application/json"
    location: str = ""


def as_json(content: Any, code: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(code, json.dumps(content).encode())


def problem(code: int, text: str) -> Answer:
    """An error in JSON that says what was wrong."""
    return as_json({"message": text}, code)
