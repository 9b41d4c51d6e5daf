"""Tells a return to the Tryton connector effect by effect, as a dispatcher would, and reads back what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenOrder, shares
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.outcomes import Done, Found, Outcome, Task, WireError
from backhaul.sdk.wire import Wire


def connect(shop: TrytonShop, url: str | None = None, **more: Any) -> Tryton:
    """The connected system, through another address (a fault proxy's) where one is given."""
    given = {
        "url": url or shop.url,
        "database": shop.database,
        "key": shop.key,
        "login": shop.login,
        "password": shop.password,
        **more,
    }
    settings = TrytonSettings.model_validate(given)
    return Tryton(settings, Wire(settings.url, deadline_s=settings.deadline_s))


@dataclass
class Story:
    """One return of one order. ``system`` looks and reads back, ``through`` is where effects are done."""

    system: Tryton
    order_number: str
    return_id: str
    through: Tryton | None = None
    order: FrozenOrder | None = None
    references: dict[str, str] = field(default_factory=dict)
    adopt: bool = False
    recovered: bool = False

    def task(self, effect: e.Effect) -> Task:
        return Task(
            e.key(effect), effect, dict(self.references), self.order, adopt=self.adopt,
            known=frozenset(self.references.values()), recovered=self.recovered,
        )  # fmt: skip

    def find(self, effect: e.Effect) -> Found:
        found: Found = _pair(effect).find(self.task(effect), self.system)
        return found

    def do(self, effect: e.Effect, found: Found | None = None) -> Outcome:
        """One attempt after a look."""
        found = self.find(effect) if found is None else found
        if isinstance(found, Done):
            outcome: Outcome = found
        else:
            outcome = _pair(effect).do(self.task(effect), self.through or self.system, found)
        if isinstance(outcome, Done):
            self.references[e.key(effect)] = outcome.reference
        return outcome

    def done(self, effect: e.Effect) -> str:
        """The effect done at the first attempt; the document's reference."""
        outcome = self.do(effect)
        assert isinstance(outcome, Done), outcome
        return outcome.reference

    def look_up(self) -> FrozenOrder:
        found = self.do(e.LookUpOrder(self.return_id, self.order_number))
        assert isinstance(found, Done)
        (fact,) = found.facts
        assert isinstance(fact, OrderFrozen)
        self.order = fact.order
        return fact.order

    # The effects of one return, with what they say by default.

    def line(self, sku: str, count: int, first: int = 0) -> e.DocumentLine:
        """``count`` units of the order's line with that SKU."""
        order = self.order or self.look_up()
        sold = next(line for line in order.lines if line.sku == sku)
        worth = shares(sold)[first : first + count]
        units = tuple(f"{self.return_id}/{sold.ref}-{first + n}" for n in range(count))
        net, tax = sum(share.net_minor for share in worth), sum(share.tax_minor for share in worth)
        return e.DocumentLine(sold.ref, sold.sku, units, net, tax, sold.extra)

    def authorisation(self, *lines: e.DocumentLine) -> e.OpenReturnAuthorisation:
        return e.OpenReturnAuthorisation(self.return_id, self.order_number, f"HR-{self.return_id}", lines)

    def receipt(self, opened: e.Effect, *lines: e.DocumentLine) -> e.ReceiveReturn:
        return e.ReceiveReturn(self.return_id, self.order_number, e.key(opened), "MAIN", lines)

    def put_away(self, account: str, location: str, *lines: e.DocumentLine, source: str | None = None) -> e.PutAway:
        return e.PutAway(self.return_id, self.order_number, "MAIN", account, location, lines, source)

    def credit(
        self,
        opened: e.Effect,
        refund: str,
        *lines: e.DocumentLine,
        fee: int = 0,
        difference: int = 0,
        tolerance: int = 1,
    ) -> e.IssueCreditNote:
        worth = sum(line.net_minor + line.tax_minor for line in lines)
        return e.IssueCreditNote(
            self.return_id, self.order_number, e.key(opened), f"HR-{self.return_id}", refund, "USD", lines,
            fee, difference, worth - fee + difference, tolerance,
        )  # fmt: skip

    def refund(self, note: e.IssueCreditNote | e.CorrectCreditNote) -> e.RecordRefund:
        amount = note.total_minor if isinstance(note, e.IssueCreditNote) else note.delta_minor
        return e.RecordRefund(self.return_id, self.order_number, e.key(note), note.refund, "USD", amount, "original")

    def close(self, opened: e.Effect) -> e.CloseReturnAuthorisation:
        return e.CloseReturnAuthorisation(self.return_id, self.order_number, e.key(opened))

    def cancel(self, opened: e.Effect) -> e.CancelReturnAuthorisation:
        return e.CancelReturnAuthorisation(self.return_id, self.order_number, e.key(opened))


def found_as(found: Found) -> Found:
    """What a look found, without what else Tryton told of the document (its number)."""
    return replace(found, facts=()) if isinstance(found, Done) else found


def persist(story: Story, effect: e.Effect, attempts: int = 12) -> tuple[str, list[Found]]:
    """Look and do until done, as after lost answers; the reference and all that was found on the way."""
    seen: list[Found] = []
    for _ in range(attempts):
        found = story.find(effect)
        seen.append(found)
        try:
            outcome = story.do(effect, found)
        except WireError:
            continue
        assert isinstance(outcome, Done), outcome
        return outcome.reference, seen
    raise AssertionError(f"not done after {attempts} attempts: {seen}")


def _pair(effect: e.Effect) -> Any:
    performs = connector.performer(type(effect))
    assert performs is not None
    return performs
