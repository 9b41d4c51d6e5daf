"""What is known of each refund: its source's newest statement, or a contradiction, never resolved by guessing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from backhaul.domain.facts import RefundConfirmed, RefundFailed, RefundPending

Statement = RefundPending | RefundConfirmed | RefundFailed
_RANK: dict[type[Statement], int] = {RefundPending: 0, RefundFailed: 1, RefundConfirmed: 1}
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund by its source's id: ``newest`` is what it is now, ``contradiction`` why that cannot be said."""

    newest: Statement
    contradiction: str | None = None

    @property
    def confirmed(self) -> RefundConfirmed | None:
        """The statement that the money moved, if that is what holds."""
        return self.newest if isinstance(self.newest, RefundConfirmed) and self.contradiction is None else None


def fold_refunds(statements: Iterable[Statement]) -> dict[str, Refund]:
    """Refunds by source id from all that was said about them, in any order."""
    said: dict[str, list[Statement]] = {}
    for statement in statements:
        said.setdefault(statement.refund, []).append(statement)
    return {refund: _newest(told) for refund, told in said.items()}


def _newest(told: list[Statement]) -> Refund:
    if len(told) == 1:
        return Refund(told[0])
    final = max(_RANK[type(statement)] for statement in told)
    top = [statement for statement in told if _RANK[type(statement)] == final]
    if len({_gist(statement) for statement in top}) == 1:
        return Refund(min(top, key=_stable))
    ordered = _by_age(top)
    if ordered is None:
        return Refund(
            min(top, key=_stable),
            f"refund {top[0].refund}: its source says different things and gives no sequence or time to order them by",
        )
    newest = _gist(ordered[-1])
    return Refund(min((one for one in ordered if _gist(one) == newest), key=_stable))


def _by_age(top: list[Statement]) -> list[Statement] | None:
    if all(statement.sequence is not None for statement in top):
        ages: list[int | datetime] = [statement.sequence or 0 for statement in top]
    elif all(statement.at is not None for statement in top):
        ages = [statement.at or _NEVER for statement in top]
    else:
        return None
    if len(set(ages)) != len({(age, _gist(statement)) for age, statement in zip(ages, top, strict=True)}):
        return None
    pairs = sorted(zip(ages, top, strict=True), key=lambda pair: (pair[0], _stable(pair[1])))
    return [statement for _, statement in pairs]


def _gist(statement: Statement) -> tuple[object, ...]:
    return (type(statement).__name__, statement.amount, statement.tender, statement.fee, statement.order)


def _stable(statement: Statement) -> tuple[int, str]:
    """A fixed order among statements that say the same: those that name the most units first."""
    return (-len(statement.units), repr(statement))
