"""Facts that people make: what somebody decided about a unit, an exception or a refund, by name and with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Fate = Literal["awaited", "not-returned", "kept", "lost", "claimed"]
FATES: tuple[str, ...] = get_args(Fate)


@dataclass(frozen=True, slots=True)
class DispositionDecided:
    """A person decided what a unit in quarantine, or of an unknown condition, is."""

    unit: str
    disposition: str
    by: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FateDecided:
    """A person decided what becomes of a unit that does not come; the newest decision counts.

    ``not-returned``: nothing comes and nothing is owed for it; ``kept``: the shopper keeps it and is refunded;
    ``lost``: the loss is ours; ``claimed``: somebody else is asked to bear it, ``claim`` is the reference;
    ``awaited``: none of these, it is still to come.
    """

    unit: str
    fate: Fate
    by: str
    reason: str
    claim: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """A person decided whether the platform is told to pay for a unit; the newest decision counts.

    ``approved`` pays out. Otherwise it is held back, also where the policy's rule would let it be paid.
    """

    unit: str
    approved: bool
    by: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExceptionWaived:
    exception: str
    by: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """A person wants the documents of this refund corrected to what is now known."""

    refund: str
    by: str
    reason: str
    at: datetime | None = None
