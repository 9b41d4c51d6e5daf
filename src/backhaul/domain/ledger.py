"""The ledger of one return: every fact and every done effect as units or money moving between two accounts.

Goods:  customer → transit → hub → transit → inspection:{site} → stock:{site}:{location} | quarantine | damaged | …
Money:  a confirmed refund moves clearing:{return} → refunded:{tender}; its credit note moves credited:{…} → clearing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered
from backhaul.domain.credits import PROVISIONAL
from backhaul.domain.owed import destination
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

FINAL_ACCOUNTS = ("stock", "damaged", "written-off", "missing", "kept")


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
        return Entry(f"reverse:{self.cause}", back)


def entries(return_: Return, policy: Policy, owed: Iterable[Owed], records: Records) -> tuple[Entry, ...]:
    """All that should stand in the ledger for this return by now, without what was reversed."""
    answer = []
    for ref in sorted(return_.units):
        answer += _unit_entries(return_.units[ref], return_, policy)
    answer += _placement_entries(return_, policy, records)
    answer += _refund_entries(return_, owed)
    for record in records.by_key.values():
        if record.standing == "done":
            answer += _credit_entries(record)
    return tuple(answer)


def unposted(wanted: Iterable[Entry], posted: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """What is to be added to the ledger: new causes, and reversals of entries that no longer hold."""
    wanted = tuple(wanted)
    causes = {entry.cause for entry in wanted}
    fresh = [entry for entry in wanted if entry.cause not in posted]
    stale = [
        entry.reversal()
        for cause, entry in posted.items()
        if cause not in causes and not cause.startswith("reverse:") and f"reverse:{cause}" not in posted
    ]
    return tuple(fresh + stale)


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
        if family not in (*FINAL_ACCOUNTS, "customer", "refunded", "credited") and balance:
            return False
    return True


def _commodity(unit: Unit, policy: Policy) -> str | None:
    return policy.sku_aliases.get(unit.sku, unit.sku) if unit.sku is not None else None


def _unit_entries(unit: Unit, return_: Return, policy: Policy) -> list[Entry]:
    sku = _commodity(unit, policy)
    if sku is None:
        return []
    name = f"{return_.id}:{unit.ref}"
    answer = []
    if unit.past("dropped-off"):
        answer.append(Entry(f"dropped-off:{name}", (Posting("customer", "transit", 1, sku),)))
    if "shipped" in unit.told:
        answer.append(Entry(f"shipped:{name}", (Posting("transit", "hub", 1, sku), Posting("hub", "transit", 1, sku))))
    if unit.past("received"):
        site = unit.site or policy.primary_site
        inspection = f"inspection:{site}"
        answer.append(Entry(f"received:{name}", (Posting("transit", inspection, 1, sku),)))
        place = destination(unit, policy)
        if unit.found_at is not None:
            found = Posting(inspection, _rest(unit.found_at[1], *unit.found_at), 1, sku)
            answer.append(Entry(f"found-placed:{name}", (found,)))
        elif place is not None and (place.account == "missing" or policy.receipt_authority == "erp"):
            account = f"stock:{site}:{place.location}" if place.account == "stock" else place.account
            answer.append(Entry(f"placed:{name}:{account}", (Posting(inspection, account, 1, sku),)))
    return answer


def _rest(account: str, site: str, place: str) -> str:
    return account if account in FINAL_ACCOUNTS and account != "stock" else f"stock:{site}:{place}"


def _placement_entries(return_: Return, policy: Policy, records: Records) -> list[Entry]:
    answer = []
    for record in records.by_key.values():
        effect = record.effect
        if record.standing != "done" or not isinstance(effect, e.PutAway | e.Restock):
            continue
        source = f"inspection:{effect.site}" if effect.source is None else "quarantine"
        if isinstance(effect, e.PutAway):
            lines, account = effect.lines, effect.account
        else:
            lines, account = (effect.line,), f"stock:{effect.site}:{effect.location}"
        postings = []
        for ref in sorted(covered(lines, return_)):
            unit = return_.names.resolve(ref)
            sku = (_commodity(unit, policy) if unit is not None else None) or lines[0].sku
            postings.append(Posting(source, account, 1, sku))
        answer.append(Entry(record.key, tuple(postings)))
    return answer


def _refund_entries(return_: Return, owed: Iterable[Owed]) -> list[Entry]:
    """Confirmed money, stated or provisional; a provisional entry stands only as long as nothing stated replaces it."""
    answer = []
    for refund in return_.refunds.values():
        fact = refund.confirmed
        if fact is not None and fact.amount.minor > 0:
            move = Posting(f"clearing:{return_.id}", f"refunded:{fact.tender}", fact.amount.minor, fact.amount.currency)
            answer.append(Entry(f"refund:{return_.id}:{fact.refund}:{fact.amount.minor}:{fact.tender}", (move,)))
    for item in owed:
        note = item.effect
        if isinstance(note, e.IssueCreditNote) and note.refund.startswith(PROVISIONAL) and not item.superseded:
            move = Posting(f"clearing:{return_.id}", "refunded:original", note.total_minor, note.currency)
            answer.append(Entry(f"refund:{return_.id}:{note.refund}", (move,)))
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
