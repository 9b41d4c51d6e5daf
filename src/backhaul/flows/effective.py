"""The policies as they count: what was said, in its version for each return, with what was mapped over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from backhaul.domain.mappings import ValueMapping, lay_over
from backhaul.domain.policy import Policy
from backhaul.domain.policy_versions import PolicyVersion, counting, in_force
from backhaul.store import mappings, policies


class Effective(Mapping[int, Policy]):
    """Policies by merchant id: the newest, for what begins now; ``at`` gives the one of a return.

    Versions and mappings are read when somebody asks and there are new ones, and kept until then. Where no versions
    are ``kept`` of a merchant, what is given here counts for every return.
    """

    def __init__(self, said: Mapping[int, Policy], *, kept: bool = False) -> None:
        self.said = said
        self._given, self._kept = said, kept
        self._newest: tuple[int, int] | None = None
        self._mapped: Mapping[int, tuple[ValueMapping, ...]] = {}
        self._versions: Mapping[int, tuple[PolicyVersion, ...]] = {}
        self._made: dict[tuple[int, str], tuple[Policy, Policy]] = {}

    def renew(self) -> bool:
        """Take up what was said and mapped since; whether there was anything. Nobody does either until the commit."""
        newest = policies.newest_choices()
        if newest == self._newest:
            return False
        self._mapped = mappings.all_active() if newest[0] else {}
        if self._kept:
            self._versions = policies.all_versions()
            self.said = {
                merchant_id: self._versions[merchant_id][-1].policy if merchant_id in self._versions else given
                for merchant_id, given in self._given.items()
            }
        self._made = {}
        self._newest = newest
        return True

    def mapped(self, merchant_id: int) -> tuple[ValueMapping, ...]:
        """The merchant's mappings as they were when last renewed."""
        return self._mapped.get(merchant_id, ())

    def in_force(self, merchant_id: int) -> tuple[Policy, ...]:
        """What was said and counts for one return or another, without the mappings."""
        versions = self._versions.get(merchant_id)
        return tuple(one.policy for one in in_force(versions)) if versions else (self.said[merchant_id],)

    def at(self, merchant_id: int, first_seen_at: datetime) -> Policy:
        """The policy that counts for a return first seen then."""
        versions = self._versions.get(merchant_id)
        return self._laid(merchant_id, counting(versions, first_seen_at).policy if versions else self.said[merchant_id])

    def __getitem__(self, merchant_id: int) -> Policy:
        return self._laid(merchant_id, self.said[merchant_id])

    def _laid(self, merchant_id: int, said: Policy) -> Policy:
        made = self._made.get((merchant_id, said.version))
        if made is None or made[0] is not said:
            laid = lay_over(said, self.mapped(merchant_id))
            made = self._made[merchant_id, said.version] = (said, laid)
        return made[1]

    def __iter__(self) -> Iterator[int]:
        return iter(self.said)

    def __len__(self) -> int:
        return len(self.said)
