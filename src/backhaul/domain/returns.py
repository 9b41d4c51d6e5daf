"""A return as its facts tell it: the fold from facts to units, orders, refunds and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.domain import facts as f
from backhaul.domain.exchanges import Exchange, fold_charges, fold_exchanges
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.domain.receipts import CountProblem, count_units
from backhaul.domain.refunds import Refund, fold_refunds
from backhaul.domain.twins import Twin
from backhaul.domain.units import Unit, Units, first


@dataclass(frozen=True, slots=True)
class Return:
    """The state of one return. ``label`` is the name people know it by; ``orders`` are those read so far.

    ``twins`` are returns of its orders that may be this one; whoever knows the others tells of them. ``numbers`` are
    the ERP's numbers of its authorisations by their keys, ``called`` all names (kind, value) that the platform gave it,
    ``ordered`` the numbers of the orders that we made at the storefront for its exchanges.
    """

    id: str
    label: str
    initiated_at: datetime | None
    units: Mapping[str, Unit]
    order_numbers: tuple[str, ...]
    orders: Mapping[str, FrozenOrder]
    refunds: Mapping[str, Refund]
    exchanges: Mapping[str, Exchange]
    charges: Mapping[str, f.ChargeConfirmed]
    corrections: frozenset[str]
    waived: Mapping[str, f.ExceptionWaived]
    bags: tuple[str, ...]
    count_problems: tuple[CountProblem, ...]
    ambiguous: tuple[f.UnitName, ...]
    names: Units
    twins: tuple[Twin, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    called: tuple[tuple[str, str], ...] = ()
    ordered: Mapping[str, str] = field(default_factory=dict)

    def units_of(self, order: str) -> list[Unit]:
        """The order's units in the order of their refs."""
        return sorted((unit for unit in self.units.values() if unit.order == order), key=lambda unit: unit.ref)


_AboutAUnit = (
    f.ReturnInitiated
    | f.ItemDroppedOff
    | f.ItemShippedToWarehouse
    | f.ReturnExpired
    | f.RefundApproved
    | f.RefundHeld
    | f.RefundReleased
    | f.RefundDeclined
    | f.ReturnCancelled
    | f.KeptByCustomer
)


@dataclass(slots=True)
class _Piles:
    """The facts of a return sorted by what reads them."""

    about_units: list[_AboutAUnit] = field(default_factory=list)
    counts: list[f.ItemReceived | f.ItemInspected] = field(default_factory=list)
    refunds: list[f.RefundPending | f.RefundConfirmed | f.RefundFailed] = field(default_factory=list)
    decided: list[f.Fact] = field(default_factory=list)
    exchanges: list[f.ExchangeConfirmed] = field(default_factory=list)
    cancelled_exchanges: list[f.ExchangeCancelled] = field(default_factory=list)
    charges: list[f.ChargeConfirmed] = field(default_factory=list)
    names: list[f.UnitName] = field(default_factory=list)
    orders: dict[str, None] = field(default_factory=dict)
    bags: dict[str, None] = field(default_factory=dict)
    methods: list[f.DropOffChosen] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    ordered: dict[str, str] = field(default_factory=dict)


def fold(
    return_id: str,
    told: Iterable[f.Fact],
    *,
    label: str = "",
    initiated_at: datetime | None = None,
    orders: Mapping[str, FrozenOrder] | None = None,
    policy: Policy | None = None,
) -> Return:
    """The return's state from its facts in the order they were recorded; any order gives the same net position.

    ``policy`` says what the warehouse's words mean; without one they mean what they say.
    """
    piles = _sort(told)
    units = Units(piles.names)
    for told_of_it in piles.about_units:
        _tell_unit(told_of_it, units)
    count_problems = count_units(piles.counts, units, policy or Policy(""))
    corrections: set[str] = set()
    waived: dict[str, f.ExceptionWaived] = {}
    for fact in piles.decided:
        _tell_decision(fact, units, corrections, waived)
    _find_missing(units, policy or Policy(""))
    exchanges = fold_exchanges(piles.exchanges, piles.cancelled_exchanges, units)
    if piles.methods:
        method = max(piles.methods, key=lambda fact: (fact.at is not None, fact.at, fact.method)).method
        for unit in units.by_ref.values():
            unit.method = method
    if policy is not None and (policy.sku_classes or any(order.classes for order in (orders or {}).values())):
        _classify(units, orders or {}, policy)
    started = [unit.since["started"] for unit in units.by_ref.values() if "started" in unit.since]
    return Return(
        return_id,
        label or return_id,
        initiated_at or min(started, default=None),
        units.by_ref,
        tuple(sorted({unit.order for unit in units.by_ref.values() if unit.order} | set(piles.orders))),
        orders or {},
        fold_refunds(piles.refunds),
        exchanges,
        fold_charges(piles.charges),
        frozenset(corrections),
        waived,
        tuple(piles.bags),
        tuple(count_problems),
        tuple(units.ambiguous),
        units,
        numbers=piles.numbers,
        ordered=piles.ordered,
    )


def _find_missing(units: Units, policy: Policy) -> None:
    for unit in units.by_ref.values():
        said = unit.decided_disposition or unit.said_disposition
        site = unit.site or policy.primary_site
        unit.missing = said is not None and policy.is_missing(policy.disposition(said), site)


def _classify(units: Units, orders: Mapping[str, FrozenOrder], policy: Policy) -> None:
    """Tell each unit the class of its SKU: the one it was sold as, else the one it is said to be.

    The policy's class counts, and where it has none that of the product master.
    """
    for unit in units.by_ref.values():
        order = orders.get(unit.order)
        if order is None:
            unit.sku_class = policy.sku_class(policy.sku(unit.sku)) if unit.sku is not None else ""
            continue
        sku = order.line(unit.allocation[0]).sku if unit.allocation else order.sku_of(unit.sku, policy.sku_aliases)
        if sku is not None:
            unit.sku_class = policy.sku_class(sku) or order.sku_class(sku)


def _sort(told: Iterable[f.Fact]) -> _Piles:
    piles = _Piles()
    for fact in told:
        match fact:
            case (
                f.ReturnInitiated() | f.ItemDroppedOff() | f.ItemShippedToWarehouse() | f.ReturnExpired()
                | f.RefundApproved() | f.RefundHeld() | f.RefundReleased() | f.RefundDeclined()
                | f.ReturnCancelled() | f.KeptByCustomer()
            ):  # fmt: skip
                piles.names.append(fact.unit)
                piles.about_units.append(fact)
            case f.ItemReceived() | f.ItemInspected():
                piles.counts.append(fact)
            case f.RefundPending() | f.RefundConfirmed() | f.RefundFailed():
                piles.refunds.append(fact)
                piles.orders[fact.order] = None
            case f.ExchangeConfirmed():
                piles.exchanges.append(fact)
            case f.ExchangeCancelled():
                piles.cancelled_exchanges.append(fact)
            case f.ChargeConfirmed():
                piles.charges.append(fact)
            case f.DropOffChosen():
                piles.methods.append(fact)
            case f.BagLabelled():
                piles.bags[fact.bag] = None
            case f.AuthorisationNumbered():
                piles.numbers[fact.authorisation] = fact.number
            case f.ExchangeOrdered():
                piles.ordered[fact.exchange] = fact.order
            case f.OrderFrozen() | f.ReturnLinked():
                pass
            case _:
                piles.decided.append(fact)
    return piles


def _tell_unit(fact: _AboutAUnit, units: Units) -> None:
    unit = units.get(fact.unit)
    if unit is None:
        return
    match fact:
        case f.ReturnInitiated():
            unit.method, unit.reason = first(unit.method, fact.method), first(unit.reason, fact.reason)
            unit.product = first(unit.product, fact.product)
            unit.note("started", fact.at)
        case f.ItemDroppedOff():
            unit.forward("dropped-off", fact.at)
        case f.ItemShippedToWarehouse():
            unit.forward("shipped", fact.at)
            unit.shipments.update([fact.shipment] if fact.shipment else [])
        case f.RefundApproved():
            unit.money = "approved"
            unit.note("approved", fact.at)
        case f.RefundHeld():
            unit.audited = True
            unit.note("held", fact.at)
        case f.RefundReleased():
            unit.released = True
        case f.RefundDeclined():
            unit.declined = True
            unit.note("declined", fact.at)
        case f.ReturnExpired():
            unit.expired = True
            unit.note("expired", fact.at)
        case f.ReturnCancelled():
            unit.cancelled = True
            unit.note("cancelled", fact.at)
        case f.KeptByCustomer():
            unit.kept = True
            unit.note("kept", fact.at)


def _tell_decision(
    fact: f.Fact,
    units: Units,
    corrections: set[str],
    waived: dict[str, f.ExceptionWaived],
) -> None:
    match fact:
        case f.UnitReleased():
            # Its name may mean another unit since; the sold unit is held by one only.
            sold = (fact.line, fact.index)
            if (unit := next((one for one in units.by_ref.values() if one.holds(fact.order, sold)), None)) is not None:
                unit.give_back(sold)
        case f.UnitAllocated() | f.UnitFoundPlaced() | f.FateDecided() | f.ApprovalDecided() | f.DispositionDecided():
            if (unit := units.resolve(fact.unit)) is not None:
                _decide_unit(fact, unit)
        case f.CorrectionDecided():
            corrections.add(fact.refund)
        case f.ExceptionWaived():
            waived[fact.exception] = fact
        case _:
            raise TypeError(f"{type(fact).__name__} is not a decision")


def _decide_unit(
    fact: f.UnitAllocated | f.UnitFoundPlaced | f.FateDecided | f.ApprovalDecided | f.DispositionDecided, unit: Unit
) -> None:
    match fact:
        case f.UnitAllocated():
            unit.take((fact.line, fact.index))
        case f.UnitFoundPlaced():
            unit.found_at = (fact.site, fact.place)
        case f.FateDecided():
            unit.decide(fact)
            unit.note(fact.fate, fact.at)
        case f.ApprovalDecided():
            unit.let(fact)
        case f.DispositionDecided():
            unit.decided_disposition = fact.disposition
