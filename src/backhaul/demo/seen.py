"""One line per scenario: what was seen of it, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backhaul.demo.books import Books
from backhaul.demo.expected import Expected
from backhaul.demo.tales import Scenario, Twist
from backhaul.demo.witness import Witness


@dataclass(frozen=True, slots=True)
class Sights:
    """What the lines are made from: the books, the platforms' webhooks and units, and what befell calls to Tryton."""

    books: Books
    webhooks: Sequence[Mapping[str, Any]]
    faults: Mapping[str, int]
    witnessed: Sequence[Witness]
    exceptions: Mapping[str, int]
    items: Sequence[Mapping[str, Any]]
    storefront: Mapping[str, int] = field(default_factory=dict)


def seen_of(scenario: Scenario, own: Sequence[Expected], sights: Sights) -> str:
    """The line of a scenario, made from what is there and not from what should be."""
    labels = {label for one in own for label in one.labels}
    notes = [note for note in sights.books.notes if note.label in labels]
    several = "" if len(notes) == 1 else "s"
    credited = f"{len(notes)} credit note{several}, {sum(note.total_minor for note in notes) / 100:,.2f} USD"
    match scenario:
        case Scenario.STATED:
            fees = sum(note.fee_minor for note in notes)
            return f"{credited} exactly as stated, {fees / 100:,.2f} of fees on lines of their own"
        case Scenario.APPROVED:
            return f"{credited} on the platform's word, received by hand in Tryton"
        case Scenario.CONDITIONS:
            damaged, scrapped = _moved(sights, "DAMAGED"), _moved(sights, "SCRAP")
            return f"{credited}; {damaged} pieces lie in DAMAGED, {scrapped} in SCRAP, none of them sellable"
        case Scenario.MESSAGES:
            return f"{credited}; of the day's {len(sights.webhooks)} webhooks {_befallen(sights.webhooks)}, " + _merged(
                own
            )
        case Scenario.ANSWERS:
            cut, errors = sights.faults.get("cut", 0), sights.faults.get("error", 0)
            refused = sights.faults.get("refuse", 0)
            return f"{credited}; {cut} answers cut off after the commit, {errors} errors, {refused} calls hung up on"
        case Scenario.EXCHANGES:
            made = sum(swap.order in {one.tale.order for one in own} for swap in sights.books.swaps)
            return f"{made} orders of price zero with their stock assigned; {credited} for what is left"
        case Scenario.ABSENT:
            came = sum(sum(one.pieces.values()) for one in own)
            return f"{credited}; {came} of {sum(one.tale.units for one in own)} units came, the rest is claimed"
        case Scenario.PARTS:
            differs = sights.exceptions.get("amount-differs", 0)
            return f"{credited}; {differs} of the day's refunds is of another amount than its units are worth"
        case Scenario.ENDINGS:
            came = sum(sum(one.pieces.values()) for one in own)
            return f"{credited} for {len(own)} returns; {came} of {sum(one.tale.units for one in own)} units came"
        case Scenario.MAILED:
            told = sum(len(one["contents"]) for one in sights.items)
            paid = sum(one["payouts"] for one in sights.items)
            return f"{credited}; {paid} unit paid for on a person's word, the platform told how {told} units were found"
        case Scenario.STOREFRONT:
            there = ", ".join(f"{count} {kind}" for kind, count in sights.storefront.items())
            return f"{credited}; {there}; stock raised by the flush"
        case Scenario.TOO_MANY:
            over = sights.exceptions.get("over-return", 0)
            return f"{credited} for {sum(one.tale.returns for one in own)} returns; {over} units refused as exceptions"
        case Scenario.RUBBISH:
            kept = sights.exceptions.get("unreadable-message", 0) + sights.exceptions.get("unknown-value", 0)
            refused = sum(one.so for one in sights.witnessed if "refused" in one.what)
            return f"{credited}; {refused} messages refused, {kept} kept for a person; {_mapped(sights)}"


def _moved(sights: Sights, place: str) -> int:
    """Pieces of the whole day that lie there now because internal shipments brought them."""
    moves = (item for move in sights.books.moves for item in move.pieces.items())
    return sum(count for (_, target, _), count in moves if target == place)


def _mapped(sights: Sights) -> str:
    made = sum(one.so for one in sights.witnessed if "mapping" in one.what)
    return f"{made} word mapped, for all that waited for it"


def _merged(own: Sequence[Expected]) -> str:
    return f"{sum(one.tale.twist is Twist.MERGED for one in own)} returns merged into one"


def _befallen(webhooks: Sequence[Mapping[str, Any]]) -> str:
    faults = [fault for webhook in webhooks for fault in webhook["faults"]]
    again = len(webhooks) - len({webhook["body"] for webhook in webhooks})
    return f"{again} came twice, {faults.count('reorder')} were overtaken, {faults.count('lose')} lost"
