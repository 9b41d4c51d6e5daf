"""What the facts so far oblige us to have done elsewhere. More facts never take an attempted effect away."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered, having, keys_by_unit, lines_of
from backhaul.domain.credits import owed_money
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Place, Policy
from backhaul.domain.records import Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit


def owed(return_: Return, policy: Policy, records: Records) -> tuple[Owed, ...]:
    """Every effect owed for this return, each with its key and what it waits for.

    An effect on record that was attempted keeps its payload and what it covers is not owed again; one that was not
    attempted and is not in the answer is moot.
    """
    answer: list[Owed] = []
    for number in return_.order_numbers:
        order = return_.orders.get(number)
        look_up = e.LookUpOrder(return_.id, number)
        if order is None or e.key(look_up) in records.by_key:
            answer.append(_owe(look_up))
        if order is None:
            continue
        accepted = [unit for unit in return_.units_of(number) if unit.allocation is not None]
        authorisations = _authorisations(return_, order, accepted, records)
        answer += authorisations
        receipts = _receipts(return_, order, accepted, authorisations, policy, records)
        answer += receipts
        answer += _placements(return_, order, accepted, receipts, policy, records)
        money = owed_money(return_, order, accepted, (authorisations, receipts), policy, records)
        answer += money
        answer += _endings(return_, order, authorisations, receipts, money, policy)
    return tuple(answer)


def _owe(effect: e.Effect, *after: str) -> Owed:
    return Owed(e.key(effect), effect, after)


def _kept(record: Record, *after: str) -> Owed:
    return Owed(record.key, record.effect, after)


def _authorisations(return_: Return, order: FrozenOrder, accepted: list[Unit], records: Records) -> list[Owed]:
    answer, on_record = [], set()
    for record, effect in records.frozen(e.OpenReturnAuthorisation):
        if effect.order == order.number:
            answer.append(_kept(record))
            on_record |= covered(effect.lines, return_)
    fresh = [unit for unit in accepted if unit.ref not in on_record and not unit.never_left]
    if fresh:
        lines = lines_of(fresh, order)
        effect = e.OpenReturnAuthorisation(return_.id, order.number, return_.label, lines, return_.initiated_at)
        answer.append(_owe(effect))
    return answer


def _receipts(
    return_: Return,
    order: FrozenOrder,
    accepted: list[Unit],
    authorisations: list[Owed],
    policy: Policy,
    records: Records,
) -> list[Owed]:
    """The warehouse's receipts, per authorisation and site; where the ERP receives by itself there is nothing to do."""
    answer, on_record = [], set()
    for record, effect in records.frozen(e.ReceiveReturn):
        if effect.order == order.number:
            answer.append(_kept(record, effect.authorisation))
            on_record |= covered(effect.lines, return_)
    if policy.receipt_authority == "erp":
        return answer
    arrived = [unit for unit in accepted if unit.past("received") and unit.ref not in on_record]
    for authorisation, opened in having(authorisations, e.OpenReturnAuthorisation):
        mine = covered(opened.lines, return_)
        for site in sorted({unit.site or policy.primary_site for unit in arrived}):
            units = [
                unit
                for unit in arrived
                if unit.ref in mine
                and (unit.site or policy.primary_site) == site
                and policy.disposition(unit.said_disposition or "") != "missing"
            ]
            if units:
                receipt = e.ReceiveReturn(return_.id, order.number, authorisation, site, lines_of(units, order))
                answer.append(_owe(receipt, authorisation))
    return answer


def destination(unit: Unit, policy: Policy) -> Place | None:
    """Where the unit belongs by its condition; None while that is unknown or the policy has a gap."""
    said = unit.decided_disposition or unit.said_disposition
    if said is None and policy.sellable_on == "receipt" and unit.past("received"):
        said = "sellable"
    return policy.place(policy.disposition(said), unit.site or policy.primary_site) if said is not None else None


def _placements(
    return_: Return,
    order: FrozenOrder,
    accepted: list[Unit],
    receipts: list[Owed],
    policy: Policy,
    records: Records,
) -> list[Owed]:
    """Every inspected unit to its place: the sellable ones by the next flush, all others at once."""
    receipt_of = keys_by_unit(receipts, e.ReceiveReturn, return_)
    answer, placed = _placed(return_, order, receipt_of, records)
    groups: dict[tuple[str, Place, str | None], list[Unit]] = {}
    for unit in accepted:
        place = destination(unit, policy)
        if place is None or place.account == "missing" or unit.ref not in receipt_of or unit.found_at is not None:
            continue
        now = placed.get(unit.ref)
        if now is not None and (now.account != "quarantine" or place == now):
            continue
        groups.setdefault((unit.site or policy.primary_site, place, now.location if now else None), []).append(unit)
    for (site, place, source), units in groups.items():
        if place.account == "stock":
            answer += [
                _owe(
                    e.Restock(return_.id, order.number, site, place.location, line, source),
                    *_previous(unit, receipt_of, answer),
                )
                for unit in units
                for line in lines_of([unit], order)
            ]
        else:
            effect = e.PutAway(
                return_.id, order.number, site, place.account, place.location, lines_of(units, order), source
            )
            after = dict.fromkeys(key for unit in units for key in _previous(unit, receipt_of, answer))
            answer.append(_owe(effect, *after))
    return answer


def _placed(
    return_: Return, order: FrozenOrder, receipt_of: dict[str, str], records: Records
) -> tuple[list[Owed], dict[str, Place]]:
    """Placements on record, and where each unit rests by the last of them (quarantine first, then the decision)."""
    answer: list[Owed] = []
    placed: dict[str, Place] = {}
    kept: list[tuple[Record, e.PutAway | e.Restock]] = [*records.frozen(e.PutAway), *records.frozen(e.Restock)]
    for record, effect in sorted(kept, key=lambda pair: pair[1].source is not None):
        if effect.order != order.number:
            continue
        lines = effect.lines if isinstance(effect, e.PutAway) else (effect.line,)
        refs = covered(lines, return_)
        after = dict.fromkeys(receipt_of[ref] for ref in sorted(refs) if ref in receipt_of)
        answer.append(_kept(record, *after))
        account = effect.account if isinstance(effect, e.PutAway) else "stock"
        placed.update(dict.fromkeys(refs, Place(account, effect.location)))  # type: ignore[arg-type]
    return answer, placed


def _previous(unit: Unit, receipt_of: dict[str, str], placements: list[Owed]) -> list[str]:
    """A unit leaves quarantine after it was put there, and inspection after it was received."""
    earlier = [
        owed_.key
        for owed_ in placements
        if isinstance(owed_.effect, e.PutAway)
        and owed_.effect.account == "quarantine"
        and any(unit.ref in line.units for line in owed_.effect.lines)
    ]
    return earlier or [receipt_of[unit.ref]]


def _endings(
    return_: Return,
    order: FrozenOrder,
    authorisations: list[Owed],
    receipts: list[Owed],
    money: list[Owed],
    policy: Policy,
) -> list[Owed]:
    """Authorisations that are through are closed, those of which nothing will come are cancelled."""
    received = keys_by_unit(receipts, e.ReceiveReturn, return_)
    credited = keys_by_unit(money, e.IssueCreditNote, return_)
    records = {record.credit_note: key for key, record in having(money, e.RecordRefund)}
    answer = []
    for authorisation, opened in having(authorisations, e.OpenReturnAuthorisation):
        refs = sorted(covered(opened.lines, return_))
        units = [unit for ref in refs if (unit := return_.names.resolve(ref)) is not None]
        arrived = all(
            unit.past("received") if policy.receipt_authority == "erp" else unit.ref in received for unit in units
        )
        if units and all(unit.never_left for unit in units):
            cancel = e.CancelReturnAuthorisation(return_.id, order.number, authorisation)
            answer.append(_owe(cancel, authorisation))
        elif units and arrived and all(ref in credited for ref in refs):
            notes = dict.fromkeys(credited[ref] for ref in refs)
            after = dict.fromkeys(
                [authorisation]
                + [received[ref] for ref in refs if ref in received]
                + list(notes)
                + [records[note] for note in notes if note in records]
            )
            close = e.CloseReturnAuthorisation(return_.id, order.number, authorisation)
            answer.append(_owe(close, *after))
    return answer
