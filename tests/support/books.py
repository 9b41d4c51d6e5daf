"""An ERP in memory for tests that are not about an ERP: it does at once what is owed and refuses what it is told to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import get_args

from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenOrder
from backhaul.sdk.connector import Connector, Performs, Settings
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Refused, Task

_PREFIX = {
    e.LookUpOrder: "SO",
    e.OpenReturnAuthorisation: "RMA",
    e.ReceiveReturn: "IN",
    e.PutAway: "MOVE",
    e.FlushStock: "FLUSH",
    e.IssueCreditNote: "CN",
    e.CorrectCreditNote: "CN",
    e.RecordRefund: "PAY",
    e.CreateExchangeOrder: "SO",
}


class BooksSettings(Settings):
    """Where its screens are."""

    base_url: str = "https://erp.example.com"


@dataclass(slots=True)
class Books:
    """``refuses`` maps (verb, order) to the reason, or to the whole answer; ``made`` maps keys to references."""

    orders: dict[str, FrozenOrder] = field(default_factory=dict)
    refuses: dict[tuple[str, str], str | Refused] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def find(self, task: Task) -> Found:
        reference = self.made.get(task.key)
        return Done(reference) if reference is not None else Absent()

    def do(self, task: Task) -> Outcome:
        effect = task.effect
        order = getattr(effect, "order", "")
        if (why := self.refuses.get((effect.verb, order))) is not None:
            return Refused(why) if isinstance(why, str) else why
        if isinstance(effect, e.LookUpOrder):
            if order not in self.orders:
                return Refused(f"there is no order {order}")
            return Done(f"SO-{order}", facts=(OrderFrozen(self.orders[order]),))
        reference = f"{_PREFIX.get(type(effect), 'DOC')}-{next(self._numbers):05}"
        self.made[task.key] = reference
        return Done(reference)


def books_connector(books: Books) -> Connector:
    """The connector of one set of books; a flush carries restocks, and what others are told is not for books."""
    not_ours = (e.Restock, e.AnnounceReturn, e.ApproveRefund, e.ReportContents, *e.AT_STOREFRONT)
    kinds = [kind for kind in get_args(e.Effect) if kind not in not_ours]
    return Connector(
        name="books",
        settings=BooksSettings,
        performs=tuple(
            Performs(kind, lambda task, on: on.find(task), lambda task, on, _found: on.do(task), key_field="key")
            for kind in kinds
        ),
        connect=lambda _settings, _wire: books,
        link=lambda settings, verb, reference: f"{settings.base_url}/{verb}/{reference}",
        concurrency=lambda _settings: 1,
    )
