"""Values that several answers and requests share."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

# PostgreSQL stores no NUL, and no name of ours or others' is longer.
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Size = Annotated[int, Field(ge=1, le=200)]


class MoneyIn(Schema):
    """``minor`` whole minor units (cents) of an ISO 4217 ``currency``."""

    minor: Annotated[int, Field(ge=0, le=10**12)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class MoneyOut(Schema):
    """``minor`` whole minor units (cents) of an ISO 4217 ``currency``."""

    minor: int
    currency: str


class ResultOut(Schema):
    """What came of one thing that was asked for; ``says`` is a sentence for people."""

    about: str
    done: bool
    says: str
