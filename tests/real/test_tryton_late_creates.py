"""Tryton comes to a create long after it was given up and made again: a draft beside the document is no second one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from backhaul.connectors.tryton.client import Tryton
from backhaul.domain import effects as e
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.outcomes import Ambiguous, Done, Unsure
from tests.support.tryton_story import Story, connect, found_as, persist

pytestmark = [pytest.mark.real]


class Late(Tryton):
    """A Tryton that comes to the create of a document once more: at once, with both answers lost, or when told."""

    at_once = False

    def create(self, model: str, values: Mapping[str, Any]) -> int:
        id_ = super().create(model, values)
        if "reference" in values:
            self.again: Callable[[], int] = lambda: super(Late, self).create(model, values)
            if self.at_once:
                self.at_once = False
                self.again()
                raise Unsure("two answers, both lost")
        return id_


@pytest.fixture(scope="module")
def shop(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    return fresh_tryton()


@pytest.fixture(scope="module")
def system(shop: TrytonShop) -> Iterator[Tryton]:
    with closing(connect(shop)) as system:
        yield system


@pytest.fixture
def late(shop: TrytonShop) -> Iterator[Late]:
    with closing(connect(shop)) as plain:
        yield Late(plain.settings, plain._wire)


@pytest.fixture(scope="module")
def orders(shop: TrytonShop) -> Iterator[str]:
    """Orders nobody else takes, each with a belt on it."""
    return iter([number for number, sold in shop.orders.items() if "BELT-90" in {one["sku"] for one in sold["lines"]}])


def opened(story: Story) -> e.Effect:
    return story.authorisation(story.line("BELT-90", 1))


def credited(story: Story) -> e.Effect:
    opening = story.authorisation(story.line("BELT-90", 1))
    story.done(opening)
    return story.credit(opening, "re_1", story.line("BELT-90", 1))


def corrected(story: Story) -> e.Effect:
    note = credited(story)
    story.done(note)
    return e.CorrectCreditNote(story.return_id, story.order_number, e.key(note), "HR-c", "re", "USD", 75)


def put_away(story: Story) -> e.Effect:
    line = story.line("BELT-90", 1)
    opening = story.authorisation(line)
    story.done(opening)
    story.done(story.receipt(opening, line))
    return story.put_away("damaged", "DAMAGED", line)


Prepare = Callable[[Story], e.Effect]
MODELS: dict[Prepare, str] = {
    opened: "sale.sale",
    credited: "account.invoice",
    corrected: "account.invoice",
    put_away: "stock.shipment.internal",
}


def states(system: Tryton, effect: e.Effect, model: str) -> list[str]:
    found = system.search(model, [["reference", "=", e.key(effect)]], ["state"], order=[["id", "ASC"]])
    return [str(one["state"]) for one in found]


@pytest.mark.parametrize("prepare", MODELS)
def test_of_two_drafts_one_is_brought_on_and_the_other_cancelled(
    prepare: Prepare, system: Tryton, late: Late, orders: Iterator[str]
) -> None:
    story = Story(system, next(orders), f"twins-{prepare.__name__}", through=late)
    effect = prepare(story)
    late.at_once = True
    reference, seen = persist(story, effect)
    assert len(seen) == 2
    assert found_as(story.find(effect)) == Done(reference)
    complete, stray = states(system, effect, MODELS[prepare])
    assert complete in ("processing", "posted", "done")
    assert stray == "cancelled"


@pytest.mark.parametrize("prepare", MODELS)
def test_a_draft_that_comes_beside_a_complete_document_changes_nothing(
    prepare: Prepare, system: Tryton, late: Late, orders: Iterator[str]
) -> None:
    story = Story(system, next(orders), f"stray-{prepare.__name__}", through=late)
    effect = prepare(story)
    reference = story.done(effect)
    late.again()
    assert states(system, effect, MODELS[prepare])[1] == "draft"
    assert found_as(story.find(effect)) == Done(reference)


def test_closing_a_return_sets_the_twin_of_its_credit_note_aside(
    system: Tryton, late: Late, orders: Iterator[str]
) -> None:
    story = Story(system, next(orders), "twin-closed", through=late)
    line = story.line("BELT-90", 1)
    opening = story.authorisation(line)
    story.done(opening)
    note = story.credit(opening, "re_1", line)
    late.at_once = True
    persist(story, note)
    story.done(story.refund(note))
    story.done(story.receipt(opening, line))
    story.done(story.close(opening))
    assert states(system, note, "account.invoice") == ["paid", "cancelled"]


def test_closing_a_return_cancels_the_drafts_that_came_beside_its_documents(
    system: Tryton, late: Late, orders: Iterator[str]
) -> None:
    story = Story(system, next(orders), "stray-closed", through=late)
    line = story.line("BELT-90", 1)
    opening = story.authorisation(line)
    story.done(opening)
    late.again()
    note = story.credit(opening, "re_1", line)
    story.done(note)
    late.again()
    story.done(story.refund(note))
    story.done(story.receipt(opening, line))
    moved = story.put_away("damaged", "DAMAGED", line)
    story.done(moved)
    late.again()
    story.done(story.close(opening))
    assert states(system, opening, "sale.sale") == ["done", "cancelled"]
    assert states(system, note, "account.invoice") == ["paid", "cancelled"]
    assert states(system, moved, "stock.shipment.internal") == ["done", "cancelled"]


def test_two_documents_that_both_count_are_a_persons_to_settle(
    system: Tryton, late: Late, orders: Iterator[str]
) -> None:
    story = Story(system, next(orders), "both-count", through=late)
    effect = opened(story)
    reference = story.done(effect)
    second = late.again()
    system.press("sale.sale", second, "quote", ("quotation",))
    assert story.find(effect) == Ambiguous((reference, f"sale.sale,{second}"))
