"""How bad a day is: everything that chance decides about it before it begins, from its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from backhaul.domain.money import Money
from backhaul.domain.policy import Mover, Policy, StockOwner
from backhaul.sandbox.happy_returns.faults import Faults
from backhaul.simulation.shop import CURRENCY
from backhaul.simulation.weather import Storm

CALM = Storm()
BAD = Storm(
    cut_before=0.03, cut_after=0.04, error_before=0.02, error_after=0.03, slow=0.01, throttled=0.03, down=0.005,
    killed_before=0.01, killed_after=0.02, stopped=0.01,
)  # fmt: skip
FOUL = Storm(
    cut_before=0.06, cut_after=0.15, error_before=0.05, error_after=0.08, slow=0.03, throttled=0.06, down=0.01,
    killed_before=0.03, killed_after=0.05, stopped=0.04,
)  # fmt: skip
LOSSY = Faults(duplicate=0.15, lose=0.12, delay=0.1, reorder=0.1, throttle=0.05)


@dataclass(frozen=True, slots=True)
class Chances:
    """Shares are from 0 to 1. ``lag``: how long a new document of the ERP cannot be found.

    ``restores``: whether yesterday's backup is put back in the middle of it.
    ``storefronts``: the share of the shops that have one.
    """

    shops: int
    returns: int
    over: float
    storm: Storm
    kills: float
    faults: Faults
    twice: float
    late: float
    lag: timedelta
    restores: bool
    storefronts: float = 0.0


def chances_of(dice: random.Random) -> Chances:
    """A day by its seed: most are bad, some are foul, a few are calm but for the messages."""
    return Chances(
        shops=dice.choice((1, 1, 1, 2)),
        returns=dice.choice((2, 3, 4)),
        over=dice.choice((0.0, 0.2, 0.4)),
        storm=dice.choice((CALM, BAD, BAD, FOUL)),
        kills=dice.choice((0.0, 0.1, 0.3)),
        faults=dice.choice((Faults(), LOSSY, LOSSY)),
        twice=dice.choice((0.0, 0.2, 0.5)),
        late=dice.choice((0.0, 0.2, 0.4)),
        lag=timedelta(seconds=dice.choice((0, 0, 5, 60))),
        restores=dice.random() < 0.2,
        storefronts=0.5,
    )


def policy_of(dice: random.Random, own: random.Random) -> Policy:
    """One of the ways a merchant may run its returns. What it tells others of them has dice of its own."""
    return Policy(
        "simulated",
        refund_confirmation=dice.choice(("money", "money", "approval")),
        credit_note_on=dice.choice(("refund", "refund", "receipt")),
        sellable_on=dice.choice(("inspection", "inspection", "inspection", "receipt")),
        exchange_owner="backhaul",
        fees=dice.choice(({}, {}, {"mail": Money(500, CURRENCY), "return-bar": Money(100, CURRENCY)})),
        approve_refunds=own.choice(("never", "person", "sellable")),
        announce_on=own.choice(("never", "authorisation", "drop-off", "shipment")),
        report_contents=own.choice(("never", "inspection")),
    )


def with_storefront(policy: Policy, dice: random.Random) -> Policy:
    """The same merchant with a storefront that is kept in line with its returns."""
    owner = dice.choice(OWNERS)
    opens = owner == "storefront" or dice.random() < 0.75
    marks, pays = dice.choice(MARKS), dice.choice(MOVERS)
    return replace(
        policy,
        # What the storefront restocks by itself it restocks by its returns.
        storefront_returns="authorisation" if opens else "never",
        mark_orders=marks,
        refund_owner=pays,
        # Whoever pays takes no word of the platform for paid.
        refund_confirmation="money" if pays == "backhaul" else policy.refund_confirmation,
        refund_on=dice.choice(("approval", "receipt", "inspection")),
        exchange_at=dice.choice(("both", "both", "erp")),
        stock_owners={"*": owner},
    )


OWNERS: tuple[StockOwner, ...] = ("erp", "storefront", "backhaul")
MARKS: tuple[Literal["changes", "never"], ...] = ("changes", "changes", "never")
MOVERS: tuple[Mover, ...] = ("backhaul", "backhaul", "platform")
