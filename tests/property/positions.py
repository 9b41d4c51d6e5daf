"""The net position of a return: units and money per kind of document, and balances per kind of account."""

from __future__ import annotations

from collections import Counter

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
    for (account, commodity), held in told.balances().items():
        family = account.split(":", 1)[0]
        sums[f"account:{family}:{commodity}"] += held
    return {name: amount for name, amount in sums.items() if amount}


def _named(told: Told, kind: type[RefundFailed | RefundConfirmed]) -> set[str]:
    """The units that refunds of which this was said last name."""
    names = [name for one in told.state.refunds.values() if isinstance(one.newest, kind) for name in one.newest.units]
    return {unit.ref for name in names if (unit := told.state.names.get(name)) is not None}


def _refs(lines: tuple[e.DocumentLine, ...], told: Told) -> set[str]:
    found = (told.state.names.resolve(ref) for line in lines for ref in line.units)
    return {unit.ref for unit in found if unit is not None}
