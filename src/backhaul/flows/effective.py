"""The policies as they count: what the configuration says, with what was mapped since laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backhaul.domain.mappings import ValueMapping, lay_over
from backhaul.domain.policy import Policy
from backhaul.store import mappings


class Effective(Mapping[int, Policy]):
    """Policies by merchant id. Mappings are read when somebody asks and there are new ones, and kept until then."""

    def __init__(self, said: Mapping[int, Policy]) -> None:
        self.said = said
        self._newest: int | None = None
        self._mapped: Mapping[int, tuple[ValueMapping, ...]] = {}
        self._made: dict[int, tuple[Policy, Policy]] = {}

    def renew(self) -> bool:
        """Take up what was mapped since; whether there was anything. Nobody maps until the caller's commit."""
        newest = mappings.newest()
        if newest == self._newest:
            return False
        self._mapped = mappings.all_active() if newest else {}
        self._made = {}
        self._newest = newest
        return True

    def mapped(self, merchant_id: int) -> tuple[ValueMapping, ...]:
        """The merchant's mappings as they were when last renewed."""
        return self._mapped.get(merchant_id, ())

    def __getitem__(self, merchant_id: int) -> Policy:
        said = self.said[merchant_id]
        made = self._made.get(merchant_id)
        if made is None or made[0] is not said:
            made = self._made[merchant_id] = (said, lay_over(said, self.mapped(merchant_id)))
        return made[1]

    def __iter__(self) -> Iterator[int]:
        return iter(self.said)

    def __len__(self) -> int:
        return len(self.said)
