"""Each protection of the storefront is taken away in turn, and within a few seeds the simulation says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Done, Found, Outcome, Task
from backhaul.simulation.chances import Chances
from backhaul.simulation.ground import Ground
from backhaul.simulation.storefront import Shopfront
from backhaul.simulation.weather import Storm
from backhaul.simulation.world import Sabotage
from tests.simulation.test_the_simulation_can_fail import QUIET, blind, noticed, with_pairs

Do = Callable[[Task, Any, Found], Outcome]
ONLINE = replace(QUIET, storefronts=1.0, returns=4)
LOST_ANSWERS = replace(ONLINE, storm=Storm(cut_after=0.3))


def spoiled(effect: type[e.Effect], do: Callable[[Do], Do]) -> Sabotage:
    """How one sort of effect is done, done otherwise."""
    return with_pairs(lambda pair: replace(pair, do=do(pair.do)) if pair.effect is effect else pair)


def unseen(effect: type[e.Effect], do: Callable[[Do], Do] = lambda done: done) -> Sabotage:
    """Done otherwise and without looking."""
    return with_pairs(lambda pair: replace(pair, find=blind, do=do(pair.do)) if pair.effect is effect else pair)


def claimed(_do: Do) -> Do:
    """It is only said to be done."""
    return lambda task, _system, _found: Done(next(iter(task.references.values()), "nothing at all"))


def paid_in_cents(_do: Do) -> Do:
    """A cent at a time, for no goods, whatever was paid before."""

    def pay(task: Task, system: Shopfront, _found: Found) -> Outcome:
        effect = task.effect_as(e.IssueRefund)
        body = {"note": task.key, "label": effect.label, "minor": 1, "lines": {}}
        return Done(system.post(f"/orders/{effect.order}/refunds", body)["id"])

    return pay


def restocking(do: Do) -> Do:
    """The storefront restocks all that is taken back, whatever is said of it."""

    def take(task: Task, system: Shopfront, found: Found) -> Outcome:
        effect = task.effect_as(e.TakeBackAtStorefront)
        lines = tuple(replace(line, restock=True, location="STO") for line in effect.lines)
        return do(replace(task, effect=replace(effect, lines=lines)), system, found)

    return take


def forgetting(do: Do) -> Do:
    """Nothing is put into stock."""

    def take(task: Task, system: Shopfront, found: Found) -> Outcome:
        effect = task.effect_as(e.TakeBackAtStorefront)
        lines = tuple(replace(line, restock=False) for line in effect.lines)
        return do(replace(task, effect=replace(effect, lines=lines)), system, found)

    return take


def on_the_way(do: Do) -> Do:
    """What is only announced is for sale already."""

    def open_(task: Task, system: Shopfront, found: Found) -> Outcome:
        done = do(task, system, found)
        for line in task.effect_as(e.OpenStorefrontReturn).lines:
            told = {"sku": line.sku, "location": "STO", "delta": line.quantity}
            system.post("/stock", {"key": f"{task.key}-{line.order_line}", "deltas": [told]})
        return done

    return open_


def in_another_tongue(do: Do) -> Do:
    """Each attempt has a key of its own."""
    tried = iter(range(10**6))
    return lambda task, system, found: do(replace(task, key=f"{task.key}-{next(tried)}"), system, found)


def stubborn(_do: Do) -> Do:
    """It is written whatever stands there."""

    def mark(task: Task, system: Shopfront, _found: Found) -> Outcome:
        effect = task.effect_as(e.MarkOrder)
        statement = {"goods": effect.goods, "money": effect.money, "sequence": effect.sequence}
        system.post(f"/orders/{effect.order}/marks/{effect.return_id}", statement)
        return Done(effect.order)

    return mark


@pytest.mark.parametrize(
    ("sabotage", "says", "chances", "first"),
    [
        pytest.param(unseen(e.IssueRefund, paid_in_cents), "was paid ", LOST_ANSWERS, 15, id="paid without a look"),
        pytest.param(spoiled(e.IssueRefund, claimed), "has no refund", ONLINE, 2, id="paid on our records only"),
        pytest.param(unseen(e.OpenStorefrontReturn), "at the storefront", LOST_ANSWERS, 1, id="opened without a look"),
        pytest.param(spoiled(e.CloseStorefrontReturn, claimed), "nobody knows why", ONLINE, 3, id="never closed"),
        pytest.param(
            spoiled(e.TakeBackAtStorefront, restocking), "for sale", ONLINE, 1, id="restocked by another, too"
        ),
        pytest.param(spoiled(e.TakeBackAtStorefront, forgetting), "are sellable", ONLINE, 5, id="never restocked"),
        pytest.param(spoiled(e.OpenStorefrontReturn, on_the_way), "up for sale", ONLINE, 1, id="for sale in transit"),
        pytest.param(
            spoiled(e.FlushStorefrontStock, in_another_tongue), "for sale", LOST_ANSWERS, 7, id="flushed by another key"
        ),
        pytest.param(spoiled(e.FlushStorefrontStock, claimed), "are sellable", ONLINE, 9, id="never flushed"),
        pytest.param(
            unseen(e.OrderExchangeAtStorefront), "second order", LOST_ANSWERS, 14, id="exchanged without a look"
        ),
        pytest.param(spoiled(e.CancelExchangeAtStorefront, claimed), "should have 0", ONLINE, 32, id="never withdrawn"),
        pytest.param(spoiled(e.MarkOrder, claimed), "should show", ONLINE, 1, id="never marked"),
        pytest.param(
            unseen(e.MarkOrder, stubborn), "showed the newer", replace(ONLINE, restores=True), 1, id="an older mark"
        ),
    ],
)
def test_a_protection_of_the_storefront_taken_away_is_noticed(
    sabotage: Sabotage, says: str, chances: Chances, first: int, ground: Ground
) -> None:
    """``first`` is a seed on which it shows; others follow, in case a day has become another since."""
    found = noticed(ground, chances, sabotage, range(first, first + 20))
    assert says in found


@pytest.mark.parametrize("chances", [ONLINE, LOST_ANSWERS])
def test_with_every_protection_in_place_nothing_is_noticed(chances: Chances, ground: Ground) -> None:
    assert not noticed(ground, chances, Sabotage(), range(1, 3))
