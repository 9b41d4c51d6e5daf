"""What people and tokens may set in motion: one sentence per thing says what happens now, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backhaul.domain.money import Money
from backhaul.flows import decide_approval, decide_exchange, decide_fate, replay, resolve
from backhaul.store.browse.people import Scope
from backhaul.web.deployed import current

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Result:
    """``says`` what happens now with the thing of that name, or what is in the way."""

    about: str
    done: bool
    says: str


def retry(scope: Scope, keys: Iterable[str]) -> tuple[Result, ...]:
    """Try again what these exceptions hold up."""
    return _each(keys, lambda key: resolve.retry(current(), scope.merchant_id, key, scope.person))


def waive(scope: Scope, keys: Iterable[str], reason: str) -> tuple[Result, ...]:
    """Let these exceptions be, for a reason that is kept."""
    return _each(keys, lambda key: resolve.waive(current(), scope.merchant_id, key, scope.person, reason))


def replay_objects(scope: Scope, keys: Iterable[str], *, looked: bool) -> tuple[Result, ...]:
    """Have these objects that other systems left behind done again, each alone."""
    return _each(keys, lambda key: resolve.replay(current(), scope.merchant_id, key, scope.person, looked=looked))


def replay_messages(scope: Scope, message_ids: Iterable[int]) -> tuple[Result, ...]:
    """Read these messages again."""
    return _each(
        map(str, message_ids),
        lambda number: replay.replay_message(current(), scope.merchant_id, int(number), scope.person),
    )


def decide_disposition(scope: Scope, return_id: str, unit: str, disposition: str, reason: str) -> Result:
    """A person says what a unit is."""

    def decide(_: str) -> str:
        return resolve.decide_disposition(
            current(), scope.merchant_id, return_id, unit, disposition, scope.person, reason
        )

    return _each([unit], decide)[0]


def decide_what_became(scope: Scope, return_id: str, unit: str, fate: str, claim: str, reason: str) -> Result:
    """A person says what became of a unit that does not come."""

    def decide(_: str) -> str:
        return decide_fate.decide_fate(current(), scope.merchant_id, return_id, unit, fate, scope.person, reason, claim)

    return _each([unit], decide)[0]


def decide_payment(scope: Scope, return_id: str, unit: str, approved: bool, reason: str) -> Result:
    """A person says whether the platform is told to pay for a unit."""

    def decide(_: str) -> str:
        return decide_approval.decide_approval(
            current(), scope.merchant_id, return_id, unit, approved, scope.person, reason
        )

    return _each([unit], decide)[0]


def correct(scope: Scope, return_id: str, refund: str, reason: str) -> Result:
    """A person wants the documents of a refund to follow what is now known."""

    def decide(_: str) -> str:
        return resolve.correct(current(), scope.merchant_id, return_id, refund, scope.person, reason)

    return _each([refund], decide)[0]


def join_returns(scope: Scope, return_id: str, other: str, reason: str) -> Result:
    """A person says that two returns are one."""

    def decide(_: str) -> str:
        return resolve.join_returns(current(), scope.merchant_id, return_id, other, scope.person, reason)

    return _each([other], decide)[0]


def refund_instead(scope: Scope, return_id: str, exchange: str, reason: str) -> Result:
    """A person says that an exchange becomes a refund."""

    def decide(_: str) -> str:
        return decide_exchange.refund_instead(current(), scope.merchant_id, return_id, exchange, scope.person, reason)

    return _each([exchange], decide)[0]


def record_charge(scope: Scope, return_id: str, exchange: str, charge: str, amount: Money) -> Result:
    """A person says what the shopper paid for an exchange."""

    def decide(_: str) -> str:
        return decide_exchange.record_charge(
            current(), scope.merchant_id, return_id, exchange, charge, amount, scope.person
        )

    return _each([exchange], decide)[0]


def _each(names: Iterable[str], act: Callable[[str], str]) -> tuple[Result, ...]:
    """One thing that cannot be done does not keep the others from being done."""
    results = []
    for name in names:
        try:
            results.append(Result(name, done=True, says=act(name)))
        except (resolve.CannotResolve, replay.CannotReplay) as refusal:
            results.append(Result(name, done=False, says=str(refusal)))
    return tuple(results)
