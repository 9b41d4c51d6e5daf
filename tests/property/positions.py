"""The net position of a return: units and money per kind of document, and balances per kind of account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backhaul.domain import effects as e
from backhaul.domain.facts import RefundConfirmed, RefundFailed
from tests.support.world import Told


def net_position(told: Told) -> dict[str, int]:
    """Units (``units:…``) and minor units of money (``money:…``) of all documents, and what every account holds.

    An authorisation counts for units that came or are still to come on it, a withdrawn one for none. A unit credited
    on the platform's word counts for none once its refund failed and the word was taken back.
    """
    sums: Counter[str] = Counter()
    turns = {unit.ref: unit.turn for unit in told.state.units.values() if not unit.never_left}
    withdrawn = {effect.authorisation for effect in told.documents(e.CancelReturnAuthorisation)}
    withdrawn |= {effect.opening for effect in told.documents(e.CancelStorefrontReturn)}
    taken_back = _named(told, RefundFailed) - _named(told, RefundConfirmed)
    for key, record in told.records.items():
        effect = record.effect
        if record.standing == "moot":
            continue
        if isinstance(effect, e.OpenReturnAuthorisation) and key not in withdrawn:
            sums["units:authorised"] += sum(
                turns.get(ref, effect.again + 1) <= effect.again for ref in _refs(effect.lines, told)
            )
        elif isinstance(effect, e.ReceiveReturn):
            sums["units:received"] += sum(line.quantity for line in effect.lines)
        elif isinstance(effect, e.PutAway):
            arrow = f"{effect.source or 'inspection'}→{effect.account}"
            sums[f"units:{arrow}"] += sum(line.quantity for line in effect.lines)
        elif isinstance(effect, e.Restock):
            sums[f"units:{effect.source or 'inspection'}→stock"] += effect.line.quantity
        elif isinstance(effect, e.IssueCreditNote):
            sums["units:credited"] += len(_refs(effect.lines, told) - taken_back)
            sums["money:credited"] += effect.total_minor
        elif isinstance(effect, e.CorrectCreditNote):
            sums["money:credited"] += effect.delta_minor
        elif isinstance(effect, e.RecordRefund):
            sums["money:recorded"] += effect.amount_minor
    sums.update(_at_storefront(told, turns, withdrawn))
    for (account, commodity), held in told.balances().items():
        family = account.split(":", 1)[0]
        sums[f"account:{family}:{commodity}"] += held
    return {name: amount for name, amount in sums.items() if amount}


def _at_storefront(told: Told, turns: dict[str, int], withdrawn: set[str]) -> Counter[str]:
    """What the storefront has of it. Who raises a unit there, it or we, may depend on when it became sellable."""
    sums: Counter[str] = Counter()
    for key, record in told.records.items():
        effect = record.effect
        if record.standing == "moot":
            continue
        if isinstance(effect, e.OpenStorefrontReturn) and key not in withdrawn:
            refs = _refs(effect.lines, told)
            sums["units:opened at the storefront"] += sum(
                turns.get(ref, effect.again + 1) <= effect.again for ref in refs
            )
        elif isinstance(effect, e.TakeBackAtStorefront):
            sums["units:taken back at the storefront"] += sum(line.quantity for line in effect.lines)
            sums["units:raised at the storefront"] += sum(line.quantity for line in effect.lines if line.restock)
        elif isinstance(effect, e.RestockAtStorefront):
            sums["units:raised at the storefront"] += effect.line.quantity
    if marks := told.documents(e.MarkOrder):
        sums[f"mark:{max(marks, key=lambda mark: mark.sequence).goods}"] = 1
    return sums


def _named(told: Told, kind: type[RefundFailed | RefundConfirmed]) -> set[str]:
    """The units that refunds of which this was said last name."""
    names = [name for one in told.state.refunds.values() if isinstance(one.newest, kind) for name in one.newest.units]
    return {unit.ref for name in names if (unit := told.state.names.get(name)) is not None}


def _refs(lines: Iterable[e.DocumentLine | e.StorefrontLine], told: Told) -> set[str]:
    found = (told.state.names.resolve(ref) for line in lines for ref in line.units)
    return {unit.ref for unit in found if unit is not None}
