"""What the rules of exceptions look at, and the exceptions that they raise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backhaul.domain.exchange_orders import Account, accounts
from backhaul.domain.money import Money
from backhaul.domain.owed import Plan
from backhaul.domain.policy import Owner, Policy
from backhaul.domain.records import Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit
from backhaul.domain.value import located, value_at_risk


@dataclass(frozen=True, slots=True)
class OperationalException:
    """One thing a person must look at: what it is about, why, what to do now, who, and what is at stake."""

    key: str
    kind: str
    about: str
    cause: str
    remedy: str
    owner: Owner
    value: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rules look at."""

    return_: Return
    policy: Policy
    plan: Plan
    records: Records

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The account of every exchange that there is something to reckon for."""
        return accounts(self.return_, self.policy, self.records)

    def raised(
        self,
        kind: str,
        about: str,
        cause: str,
        remedy: str,
        *,
        uncredited: Iterable[Money] = (),
        units: Iterable[Unit] = (),
    ) -> OperationalException:
        missing = [unit for unit in units if not located(unit)]
        value = value_at_risk(uncredited, missing, self.return_.orders)
        key = f"{kind}:{self.return_.id}:{about}"
        return OperationalException(key, kind, about, cause, remedy, self.policy.owner(kind), value)
