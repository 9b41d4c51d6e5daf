"""Histories: what truly happened to the units of some returns, and the facts that tell of it.

A history is drawn first and its facts follow from it, so that there is one truth to end at, however it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import strategies as st

from backhaul.domain import facts as f
from backhaul.domain.decided import FATES as PEOPLES_FATES
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder, component_lines, worth_minor
from backhaul.domain.policy import Policy

START = datetime(2026, 11, 2, tzinfo=UTC)
USD = "USD"
PLAIN = (FrozenComponent("", 1),)
ARRIVING = ("sellable", "damaged", "dispose", "quarantine", "arrived")
FATES = ("sellable", "damaged", "dispose", "quarantine", "missing", "arrived", "on-its-way", "dropped-off", "expired")


@dataclass(frozen=True)
class Story:
    """An order, the policy, and per return the facts to tell."""

    order: FrozenOrder
    policy: Policy
    facts: dict[str, list[f.Fact]] = field(default_factory=dict)


@st.composite
def orders(draw: st.DrawFn, even: bool = False) -> FrozenOrder:
    """One to three lines, some of them bundles. ``even``: every unit of a line or of a component is worth the same, so
    it does not matter which is which."""
    lines = []
    for number in range(draw(st.integers(1, 3))):
        quantity = draw(st.integers(1, 3))
        parts = draw(_contents(number, even))
        factor = quantity * sum(part.quantity for part in parts or PLAIN) if even else 1
        net, tax = (draw(st.integers(low, high)) * factor for low, high in ((100, 9000), (0, 700)))
        lines.append(
            FrozenLine(
                f"{number + 1}",
                f"SKU-{number}",
                quantity,
                net,
                tax,
                unit_cost_minor=40,
                platform_refs=(f"9{number}",),
                components=parts,
            )
        )
    return FrozenOrder("1001", "SHOP-1001", USD, tuple(lines))


def _contents(number: int, even: bool) -> st.SearchStrategy[tuple[FrozenComponent, ...]]:
    """What is in a line that is a bundle; nothing in most of them.

    SKU-0 is sold by itself too; not in an even order, where it would matter who of two takes the one by itself.
    """
    part = st.builds(
        FrozenComponent,
        st.sampled_from([f"PART-{number}", f"BIT-{number}", *([] if even or not number else ["SKU-0"])]),
        st.integers(1, 2),
        st.just(500) if even else st.integers(0, 900),
    )
    some = st.lists(part, min_size=1, max_size=2, unique_by=lambda one: one.sku).map(tuple)
    return st.one_of(st.just(()), st.just(()), some)


def shown(draw: st.DrawFn, line: FrozenLine) -> list[FrozenLine]:
    """The lines that the platform shows to its shoppers: a bundle as it is, or as what is in it."""
    if not line.components or draw(st.booleans()):
        return [line]
    return [replace(part, platform_refs=(f"{line.platform_refs[0]}.{part.sku}",)) for part in component_lines(line)]


def policies() -> st.SearchStrategy[Policy]:
    """All ways a merchant may choose what the rules depend on."""
    return st.builds(
        Policy,
        version=st.just("v1"),
        refund_confirmation=st.sampled_from(["money", "approval"]),
        credit_note_on=st.sampled_from(["refund", "receipt"]),
        receipt_authority=st.sampled_from(["warehouse", "erp"]),
        exchange_owner=st.sampled_from(["platform", "backhaul"]),
        exchange_on=st.sampled_from(["confirmation", "approval", "receipt"]),
        fees=st.sampled_from([{}, {"return-bar": Money(50, USD)}]),
        approve_refunds=st.sampled_from(["never", "person", "sellable"]),
        report_contents=st.sampled_from(["never", "inspection"]),
        storefront_returns=st.sampled_from(["never", "authorisation"]),
        mark_orders=st.sampled_from(["never", "changes"]),
        stock_owners=st.sampled_from([{}, {"*": "storefront"}, {"*": "backhaul"}]),
        exchange_at=st.sampled_from(["erp", "both"]),
    )


def worth(order: FrozenOrder, line: FrozenLine, index: int) -> int:
    """Price and tax of a unit of an even order, which is the same for all units of the line."""
    return worth_minor(line, 0)


@st.composite
def histories(draw: st.DrawFn) -> Story:
    """One return of an even order; every unit has a fate, refunds state their units or come to exactly their worth.

    The platform's word is less no fee here: which unit bears it is a guess that only a statement mends. It is not told
    to pay, either: which of several alike is paid for depends on what was known by then.
    """
    order, policy = draw(orders(even=True)), replace(draw(policies()), approve_refunds="never")
    if policy.refund_confirmation == "approval":
        policy = replace(policy, fees={})
    facts: list[f.Fact] = [f.DropOffChosen("return-bar", START)]
    paid: dict[f.UnitName, int] = {}
    came: dict[f.UnitName, bool] = {}
    for line in [each for sold in order.lines for each in shown(draw, sold)]:
        back = draw(st.integers(0, line.quantity))
        tally: dict[str, int] = {}
        fates = draw(_fates(policy))
        for offset in range(back):
            name = f.UnitName("1001", line.platform_refs[0], offset, None, line.sku)
            fate = draw(st.sampled_from(fates))
            facts += _tell_unit(draw, name, fate)
            tally[fate] = tally.get(fate, 0) + 1
            if fate != "expired":
                paid[name] = worth(order, line, offset)
                came[name] = fate in ARRIVING
        facts += _tell_counts(draw, line, tally)
    facts += _tell_money(draw, policy, paid, came)
    return Story(order, policy, {"r1": facts})


def _fates(policy: Policy) -> st.SearchStrategy[tuple[str, ...]]:
    """What may become of a line's units.

    Where credit or a replacement waits for the goods, all of them come or none does: counts do not tell which of them
    came, so which of their refunds may be credited, or whose replacement may be ordered, would depend on what was known
    when the first one was.
    """
    if "receipt" not in (policy.credit_note_on, policy.exchange_on):
        return st.just(FATES)
    return st.sampled_from([ARRIVING, tuple(fate for fate in FATES if fate not in ARRIVING)])


def _tell_unit(draw: st.DrawFn, name: f.UnitName, fate: str) -> list[f.Fact]:
    """What the platform says of one unit. An item id may become known with the drop-off only."""
    bound = f.UnitName(name.order, name.line, name.offset, f"i-{name.line}-{name.offset}", name.sku)
    later = bound if draw(st.booleans()) else name
    told: list[f.Fact] = [f.ReturnInitiated(name, at=START)]
    if fate == "expired":
        return [*told, f.ReturnExpired(name)]
    told.append(f.ItemDroppedOff(later, START + timedelta(days=1)))
    if fate != "dropped-off" and draw(st.booleans()):
        shipped = f.UnitName(name.order, item=bound.item, sku=name.sku) if later is bound else name
        told.append(f.ItemShippedToWarehouse(shipped, "S1"))
    if draw(st.booleans()):
        told.append(f.ReturnExpired(name))  # the platform's clock ran out although the unit is under way
    return told


def _tell_counts(draw: st.DrawFn, line: FrozenLine, tally: dict[str, int]) -> list[f.Fact]:
    """The warehouse's totals for one line, step by step."""
    name = f.UnitName("1001", line.platform_refs[0], sku=line.sku)
    seen = {fate: count for fate, count in tally.items() if fate in FATES[:6]}
    inspected = {fate: count for fate, count in seen.items() if fate != "arrived"}
    arrived = sum(count for fate, count in seen.items() if fate != "missing")
    told: list[f.Fact] = []
    if arrived and (seen.get("arrived") or draw(st.booleans())):
        told += [f.ItemReceived(name, "MAIN", total, total) for total in range(1, arrived + 1)]
    for fate, count in inspected.items():
        told += [f.ItemInspected(name, "MAIN", fate, total, total) for total in range(1, count + 1)]
    return told


def _tell_money(
    draw: st.DrawFn, policy: Policy, paid: dict[f.UnitName, int], came: dict[f.UnitName, bool]
) -> list[f.Fact]:
    """Approvals, and refunds of one or several units; the first of a return is less the fee where there is one.

    Where credit waits for the goods, a refund is of what came or of what did not: one of both waits, and what the
    platform's word credited before would not.
    """
    told: list[f.Fact] = []
    groups: list[list[f.UnitName]] = []
    for _, part in groupby(paid, key=lambda name: came[name] and policy.credit_note_on == "receipt"):
        names = list(part)
        while names:
            size = draw(st.integers(1, len(names)))
            groups.append(names[:size])
            names = names[size:]
    for number, group in enumerate(groups):
        if len(group) == 1 and draw(st.integers(0, 3)) == 0:
            told += _tell_exchange(draw, f"X{number}", group[0], paid[group[0]], policy)
            continue
        word = [name for name in group if draw(st.integers(0, 3))]
        told += [f.RefundApproved(name, START + timedelta(days=1)) for name in word]
        if (
            policy.refund_confirmation == "money"
        ):  # where the word counts, what it credited before a hold stays credited
            told += _tell_audit(draw, word)
        kind = draw(st.sampled_from(["stated", "stated", "off", "pending", "failed", "none"]))
        if kind == "none":
            continue
        refund, gross = f"R{number}", sum(paid[name] for name in group)
        fee = Money(draw(st.sampled_from([0, 0, 50])), USD)
        amount = Money(max(gross - fee.minor - (draw(st.integers(0, 40)) if kind == "off" else 0), 1), USD)
        common = {"fee": fee, "units": tuple(group)}
        told.append(f.RefundPending(refund, "1001", amount, sequence=1, **common))  # type: ignore[arg-type]
        if kind == "failed":
            told.append(f.RefundFailed(refund, "1001", amount, sequence=2, **common))  # type: ignore[arg-type]
        elif kind != "pending":
            told.append(f.RefundConfirmed(refund, "1001", amount, sequence=2, **common))  # type: ignore[arg-type]
    return told


def _tell_audit(draw: st.DrawFn, approved: list[f.UnitName]) -> list[f.Fact]:
    """Some approved units are held for an audit, which lets them go or is still under way."""
    held = [name for name in approved if draw(st.integers(0, 5)) == 0]
    told: list[f.Fact] = [f.RefundHeld(name, START) for name in held]
    return told + [f.RefundReleased(name, START) for name in held if draw(st.booleans())]


def _tell_exchange(draw: st.DrawFn, exchange: str, unit: f.UnitName, paid: int, policy: Policy) -> list[f.Fact]:
    """A unit that comes back for another one: even, for less with the rest refunded, for more with the rest charged, or
    refunded after all.

    Not that where the platform's word counts: told before the exchange is called off, its refund pays for another unit
    of the line, which the word would have been enough for.
    """
    more = draw(st.sampled_from([None, None, -30, 40]))
    value = None if more is None else Money(paid + more, USD)
    told: list[f.Fact] = [f.ExchangeConfirmed(exchange, unit, "SKU-9", value=value, at=START)]
    rest = -(more or 0)
    if policy.refund_confirmation == "money" and draw(st.integers(0, 3)) == 0:
        told.append(f.ExchangeCancelled(exchange, at=START))
        rest = paid
    if rest > 0:
        told.append(f.RefundConfirmed(f"R-{exchange}", "1001", Money(rest, USD), units=(unit,), sequence=1))
    elif rest < 0:
        told.append(f.ChargeConfirmed(f"C-{exchange}", "1001", Money(-rest, USD), exchange, 1))
    return told


def wild_names(order: FrozenOrder) -> st.SearchStrategy[f.UnitName]:
    """Names as bad days bring them: units that were never sold, items without lines, SKUs alone."""
    skus = [line.sku for line in order.lines]
    skus += [part.sku for line in order.lines for part in line.components]
    lines = [line.platform_refs[0] for line in order.lines]
    lines += [line.platform_refs[0] for line in order.lines for _ in line.components]
    by_line = st.integers(0, len(lines) - 1).flatmap(
        lambda n: st.builds(
            f.UnitName,
            order=st.just("1001"),
            line=st.just(lines[n]),
            offset=st.integers(0, 3),
            item=st.sampled_from([None, None, "i-1", "i-2"]),
            sku=st.just(skus[n]),
        )
    )
    by_item = st.builds(
        f.UnitName, st.just("1001"), item=st.sampled_from(["i-1", "i-2"]), sku=st.sampled_from([*skus, "NEVER-SOLD"])
    )
    return st.one_of(
        by_line, by_line, by_line, by_item, st.builds(f.UnitName, st.just("1001"), sku=st.sampled_from(skus))
    )


def _wild_endings(names: st.SearchStrategy[f.UnitName]) -> list[st.SearchStrategy[f.Fact]]:
    """What ends a return otherwise than by goods for money, and who lets it be paid."""
    decided = st.builds(
        f.FateDecided,
        st.sampled_from(["1001-90-0", "1001-90-1", "i-1"]),
        st.sampled_from(PEOPLES_FATES),
        st.just("wanda"),
        st.just("why not"),
        at=st.sampled_from([START, START + timedelta(days=1)]),
    )
    return [
        st.builds(f.ReturnCancelled, names),
        st.builds(f.KeptByCustomer, names),
        st.builds(f.RefundHeld, names),
        st.builds(f.RefundReleased, names),
        st.builds(f.RefundDeclined, names),
        decided,
        st.builds(
            f.ApprovalDecided,
            st.sampled_from(["1001-90-0", "1001-90-1", "i-1"]),
            st.booleans(),
            st.just("wanda"),
            st.just("why not"),
            st.sampled_from([START, START + timedelta(days=1)]),
        ),
    ]


def wild_facts(order: FrozenOrder) -> st.SearchStrategy[f.Fact]:
    """Any fact of any unit, true or not."""
    names = wild_names(order)
    counted = st.integers(1, 4)
    amounts = st.one_of(
        st.integers(1, 2000), st.sampled_from([line.net_minor + line.tax_minor for line in order.lines])
    )
    money = {
        "refund": st.sampled_from(["R1", "R2", "R3"]),
        "order": st.just("1001"),
        "amount": st.builds(Money, amounts, st.just(USD)),
        "tender": st.sampled_from(["original", "store-credit"]),
        "fee": st.sampled_from([None, Money(0, USD), Money(30, USD)]),
        "units": st.lists(names, max_size=2).map(tuple),
        "sequence": st.sampled_from([None, 1, 2]),
    }
    exchanged = (st.sampled_from(["X1", "X2"]), names, st.sampled_from(["SKU-1", "SKU-2"]))
    dispositions = st.sampled_from([*FATES[:5], "wrong-item", "B-GRADE"])
    return st.one_of(
        st.builds(f.ReturnInitiated, names, st.sampled_from([None, "mail", "return-bar"])),
        st.builds(f.ReturnInitiated, names, st.just("return-bar")),
        st.builds(f.ItemDroppedOff, names),
        st.builds(f.ItemShippedToWarehouse, names),
        st.builds(f.RefundApproved, names),
        st.builds(f.ReturnExpired, names),
        *_wild_endings(names),
        st.builds(f.ItemReceived, names, st.sampled_from(["MAIN", "EAST"]), counted, counted),
        st.builds(f.ItemInspected, names, st.just("MAIN"), dispositions, counted, counted),
        st.builds(f.RefundConfirmed, **money),
        st.builds(f.RefundConfirmed, **money),
        st.builds(f.RefundPending, **money),
        st.builds(f.RefundFailed, **money),
        st.builds(f.ExchangeConfirmed, *exchanged, value=st.none()),
        st.builds(f.ExchangeConfirmed, *exchanged, value=st.builds(Money, amounts, st.just(USD))),
        st.builds(f.ExchangeCancelled, st.sampled_from(["X1", "X2"])),
        st.builds(
            f.ChargeConfirmed,
            st.sampled_from(["C1", "C2"]),
            st.just("1001"),
            st.builds(Money, st.integers(0, 900), st.just(USD)),
            st.sampled_from(["X1", "X2", "X9"]),
            st.sampled_from([None, 1, 2]),
        ),
        st.builds(f.CorrectionDecided, st.sampled_from(["R1", "R2"]), st.just("fiona"), st.just("why not")),
        st.builds(
            f.DispositionDecided,
            st.sampled_from(["1001-90-0", "1001-90-1", "i-1"]),
            st.sampled_from(FATES[:4]),
            st.just("wanda"),
            st.just("why not"),
        ),
    )


@st.composite
def wild_stories(draw: st.DrawFn) -> Story:
    """Two returns of one order, told up to a dozen facts each that need not fit together."""
    order, policy = draw(orders()), draw(policies())
    facts = {name: draw(st.lists(wild_facts(order), max_size=12, unique=True)) for name in ("r1", "r2")}
    return Story(order, policy, facts)
