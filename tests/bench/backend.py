"""A back office that answers at once, in memory: what is left of an effect's time is Backhaul's own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, get_args

from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.flows.deployment import Link
from backhaul.sdk.connector import Connector, Performs, Settings
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Task
from backhaul.store import merchants
from tests.bench import mix

NAME = "back-office"


@dataclass(slots=True)
class BackOffice:
    """``made`` maps keys of effects to references; ``doubled`` counts documents made twice, which must stay 0."""

    made: dict[str, str] = field(default_factory=dict)
    doubled: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def find(self, task: Task) -> Found:
        reference = self.made.get(task.key)
        return Done(reference) if reference is not None else Absent()

    def do(self, task: Task, _found: Found) -> Outcome:
        if isinstance(task.effect, e.LookUpOrder):
            frozen = mix.order(task.effect.order)
            return Done(frozen.reference, facts=(OrderFrozen(frozen),))
        self.doubled += task.key in self.made
        reference = self.made[task.key] = f"DOC-{next(self._numbers)}"
        return Done(reference)


def back_office(merchant_id: int, office: BackOffice) -> Link:
    """A connection to it; it does everything but restock, which a flush carries, and what a platform is told."""
    connector = Connector(
        name=NAME,
        settings=Settings,
        performs=tuple(
            Performs(kind, lambda task, on: on.find(task), lambda task, on, found: on.do(task, found), key_field="key")
            for kind in get_args(e.Effect)
            if kind not in (e.Restock, e.ApproveRefund, e.ReportContents, *e.AT_STOREFRONT)
        ),
        connect=lambda _settings, _wire: office,
    )
    row = merchants.keep_connection(merchant_id, NAME, connector.name, None)
    return Link(row, NAME, merchant_id, connector, Settings(), lambda: None)  # type: ignore[arg-type,return-value]
