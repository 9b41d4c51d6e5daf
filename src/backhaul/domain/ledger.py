"""The ledger of one return: every fact and every done effect as units or money moving between two accounts.

Goods:  customer → transit → hub → transit → inspection:{site} → stock:{site}:{location} | quarantine | damaged | …
Money:  a confirmed refund moves clearing:{return} → refunded:{tender}; its credit note moves credited:{…} → clearing.
        A replacement moves clearing → exchange-value; what came back for it credited:{…} → clearing, as a charge does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered, lend
from backhaul.domain.exchange_orders import UNCHARGED, accounts
from backhaul.domain.placements import destination, is_missing
from backhaul.domain.policy import Place, Policy
from backhaul.domain.records import Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

REVERSE = "reverse:"
FINAL_ACCOUNTS = ("stock", "damaged", "written-off", "missing", "claimed", "kept")
_MONEY_ACCOUNTS = ("refunded", "credited", "exchange-value", "charged", "write-off")


@dataclass(frozen=True, slots=True)
class Posting:
    """``quantity`` (more than 0) of ``commodity``, a SKU or a currency's minor units, from one account to another."""

    source: str
    destination: str
    quantity: int
    commodity: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cause moved. A cause is unique for ever; an entry is never edited, only reversed."""

    cause: str
    postings: tuple[Posting, ...]

    def reversal(self) -> Entry:
        """The entry that takes this one back."""
        back = tuple(Posting(p.destination, p.source, p.quantity, p.commodity) for p in self.postings)
        return Entry(REVERSE + self.cause, back)


def entries(return_: Return, policy: Policy, owed: Iterable[Owed], records: Records) -> tuple[Entry, ...]:
    """All that should stand in the ledger for this return by now, without what was reversed."""
    answer, named = _placement_entries(return_, records)
    here = [unit for unit in return_.units.values() if unit.past("received") and not is_missing(unit, policy)]
    placed = lend(here, dict.fromkeys(named, ""), return_)  # what was moved by a missing one's name is another's
    for ref in sorted(return_.units):
        answer += _unit_entries(return_.units[ref], return_, policy, ref in placed)
    answer += _refund_entries(return_, owed)
    answer += _exchange_entries(return_, policy, records)
    for record in records.by_key.values():
        if record.standing == "done":
            answer += _credit_entries(record)
    return tuple(answer)


def unposted(wanted: Iterable[Entry], posted: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """What is to be added to the ledger: new causes, and reversals of entries that no longer hold.

    What holds again after it was reversed is entered anew, as ``{cause}#2``, ``{cause}#3``, …
    """
    standing, turns = _standing(posted)
    fresh: list[Entry] = []
    stale: list[Entry] = []
    wanted_causes = set()
    for entry in wanted:
        wanted_causes.add(entry.cause)
        now = standing.get(entry.cause)
        if now is not None and now.postings == entry.postings:
            continue
        if now is not None:
            stale.append(now.reversal())
        turn = turns.get(entry.cause, 0) + 1
        fresh.append(entry if turn == 1 else Entry(f"{entry.cause}#{turn}", entry.postings))
    stale += [now.reversal() for cause, now in standing.items() if cause not in wanted_causes]
    return tuple(fresh + stale)


def _standing(posted: Mapping[str, Entry]) -> tuple[dict[str, Entry], dict[str, int]]:
    """The entry of each cause that is not reversed, and how often each cause was entered."""
    standing: dict[str, Entry] = {}
    turns: dict[str, int] = {}
    for cause, entry in posted.items():
        if cause.startswith(REVERSE):
            continue
        plain, mark, turn = cause.rpartition("#")
        again = mark and turn.isdigit() and plain in posted
        name = plain if again else cause
        turns[name] = max(turns.get(name, 0), int(turn) if again else 1)
        if REVERSE + cause not in posted:
            standing[name] = entry
    return standing, turns


def balances(all_entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """Balance per (account, commodity); what came in less what went out. They sum to zero per commodity."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in all_entries:
        for posting in entry.postings:
            sums[posting.source, posting.commodity] -= posting.quantity
            sums[posting.destination, posting.commodity] += posting.quantity
    return {account: balance for account, balance in sums.items() if balance}


def squared(all_entries: Iterable[Entry]) -> bool:
    """Whether every money account of the return is zero and every unit that left the shopper rests finally."""
    for (account, _), balance in balances(all_entries).items():
        family = account.split(":", 1)[0]
        if family == "clearing":
            return False
        if family not in (*FINAL_ACCOUNTS, *_MONEY_ACCOUNTS, "customer") and balance:
            return False
    return True


def _commodity(unit: Unit, return_: Return, policy: Policy) -> str | None:
    """The SKU as it was sold, else as the source names it; None where neither is known."""
    order = return_.orders.get(unit.order)
    if unit.allocation is not None and order is not None:
        return order.line(unit.allocation[0]).sku
    if order is not None:
        return order.sku_of(unit.sku, policy.sku_aliases)
    return policy.sku(unit.sku) if unit.sku is not None else None


def _unit_entries(unit: Unit, return_: Return, policy: Policy, placed: bool) -> list[Entry]:
    """A unit's way from the shopper to inspection, and on where no placement of ours moves it."""
    sku = _commodity(unit, return_, policy)
    if sku is None:
        return []
    name = f"{return_.id}:{unit.ref}"
    if unit.never_left:
        return []
    if unit.stays:
        return [Entry(f"kept:{name}", (Posting("customer", "kept", 1, sku),))]
    answer = []
    if unit.past("dropped-off") or unit.given_up:
        answer.append(Entry(f"dropped-off:{name}", (Posting("customer", "transit", 1, sku),)))
    if "shipped" in unit.told:
        answer.append(Entry(f"shipped:{name}", (Posting("transit", "hub", 1, sku), Posting("hub", "transit", 1, sku))))
    if unit.given_up and not placed:
        account = "claimed" if unit.fate == "claimed" else "written-off"
        answer.append(Entry(f"missing:{name}", (Posting("transit", "missing", 1, sku),)))
        return [*answer, Entry(f"{unit.fate}:{name}", (Posting("missing", account, 1, sku),))]
    if not unit.past("received"):
        return answer
    site = unit.site or policy.primary_site
    inspection = f"inspection:{site}"
    place = destination(unit, policy)
    if is_missing(unit, policy) and not placed:
        return [*answer, Entry(f"missing:{name}", (Posting("transit", "missing", 1, sku),))]
    answer.append(Entry(f"received:{name}", (Posting("transit", inspection, 1, sku),)))
    if placed:
        return answer
    if unit.found_at is not None:
        answer.append(
            Entry(f"found-placed:{name}", (Posting(inspection, _found(*unit.found_at, policy=policy), 1, sku),))
        )
    elif place is not None and policy.receipt_authority == "erp":
        answer.append(Entry(f"placed:{name}", (Posting(inspection, _account(place, site), 1, sku),)))
    return answer


def _account(place: Place, site: str) -> str:
    return f"stock:{site}:{place.location}" if place.account == "stock" else place.account


def _found(site: str, code: str, *, policy: Policy) -> str:
    """The account of an ERP's location by the policy's places; sellable stock where the policy does not name it."""
    place = next((place for place in policy.places.values() if place.location == code), Place("stock", code))
    return code if code in FINAL_ACCOUNTS else _account(place, site)


def _placement_entries(return_: Return, records: Records) -> tuple[list[Entry], set[str]]:
    """What the done placements moved, and the units they moved."""
    answer = []
    placed = set()
    for record in records.by_key.values():
        effect = record.effect
        if record.standing != "done" or not isinstance(effect, e.PutAway | e.Restock):
            continue
        lines = effect.lines if isinstance(effect, e.PutAway) else (effect.line,)
        account = effect.account if isinstance(effect, e.PutAway) else f"stock:{effect.site}:{effect.location}"
        source = f"inspection:{effect.site}" if effect.source is None else "quarantine"
        placed |= covered(lines, return_)
        answer.append(Entry(record.key, tuple(Posting(source, account, line.quantity, line.sku) for line in lines)))
    return answer, placed


def _refund_entries(return_: Return, owed: Iterable[Owed]) -> list[Entry]:
    """Confirmed money, stated or on the platform's word; a word counts only for what nothing was stated of since."""
    clearing = f"clearing:{return_.id}"
    answer = []
    for refund in return_.refunds.values():
        fact = refund.confirmed
        if fact is not None and fact.amount.minor > 0:
            move = Posting(clearing, f"refunded:{fact.tender}", fact.amount.minor, fact.amount.currency)
            answer.append(Entry(f"refund:{return_.id}:{fact.refund}", (move,)))
    for item in owed:
        if item.word_minor > 0 and isinstance(item.effect, e.IssueCreditNote):
            move = Posting(clearing, "refunded:original", item.word_minor, item.effect.currency)
            answer.append(Entry(f"refund:{return_.id}:{item.effect.refund}", (move,)))
    return answer


def _exchange_entries(return_: Return, policy: Policy, records: Records) -> list[Entry]:
    """What went out for what came back, what was charged for it, and what was waived of it."""
    clearing = f"clearing:{return_.id}"
    answer = []
    for account in accounts(return_, policy, records):
        name, currency = account.exchange.id, account.currency
        parts = (
            (clearing, "exchange-value", account.given_minor),
            ("credited:goods", clearing, account.returned.net_minor),
            ("credited:tax", clearing, account.returned.tax_minor),
        )
        moved = tuple(Posting(source, to, minor, currency) for source, to, minor in parts if minor)
        if moved:
            answer.append(Entry(f"exchange:{return_.id}:{name}", moved))
        waiver = f"{UNCHARGED}:{return_.id}:{name}"
        if account.open_minor and waiver in return_.waived:
            back = ("write-off", clearing) if account.open_minor > 0 else (clearing, "write-off")
            answer.append(Entry(f"waived:{waiver}", (Posting(*back, abs(account.open_minor), currency),)))
    for charge in return_.charges.values():
        if charge.amount.minor > 0:
            paid = Posting("charged", clearing, charge.amount.minor, charge.amount.currency)
            answer.append(Entry(f"charge:{return_.id}:{charge.charge}", (paid,)))
    return answer


def _credit_entries(record: Record) -> list[Entry]:
    note = record.effect
    if isinstance(note, e.CorrectCreditNote):
        parts = [("over-refund", note.delta_minor)]
    elif isinstance(note, e.IssueCreditNote):
        parts = [
            ("goods", sum(line.net_minor for line in note.lines)),
            ("tax", sum(line.tax_minor for line in note.lines)),
            ("fee", -note.fee_minor),
            ("over-refund", note.difference_minor),
        ]
    else:
        return []
    clearing = f"clearing:{note.return_id}"
    postings = tuple(
        Posting(f"credited:{part}", clearing, amount, note.currency)
        if amount > 0
        else Posting(clearing, f"credited:{part}", -amount, note.currency)
        for part, amount in parts
        if amount
    )
    return [Entry(record.key, postings)]
