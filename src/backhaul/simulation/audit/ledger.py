"""Whether the ledger balances and says of every place and every cent what the ERP says."""

from __future__ import annotations

from collections import Counter

from backhaul.simulation.shop import CURRENCY, Shop
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_PLACES = {"stock": "STO", "damaged": "DAMAGED", "written-off": "SCRAP", "quarantine": "QUAR"}


def audit_ledger(world: World) -> None:
    """Balances sum to zero per commodity; final places and credits are the ERP's."""
    for shop in world.shops:
        balances = _balances(shop)
        sums: Counter[str] = Counter()
        for (_, commodity), balance in balances.items():
            sums[commodity] += balance
        for commodity, total in sums.items():
            if total:
                world.story.wrong(f"{shop.name}: {commodity} does not balance: {total}")
        _places(world, shop, balances)
        _credits(world, shop, balances)


def _balances(shop: Shop) -> Counter[tuple[str, str]]:
    balances: Counter[tuple[str, str]] = Counter()
    for source, destination, quantity, commodity in rows(
        "SELECT source, destination, quantity, commodity FROM entries WHERE merchant_id = %s", (shop.merchant_id,)
    ):
        balances[source, commodity] -= quantity
        balances[destination, commodity] += quantity
    return balances


def _places(world: World, shop: Shop, balances: Counter[tuple[str, str]]) -> None:
    ours: Counter[tuple[str, str]] = Counter()
    for (account, commodity), balance in balances.items():
        place = _PLACES.get(account.split(":")[0])
        if place is not None and balance:
            ours[place, commodity] += balance
    theirs = _lying(shop)
    if ours != theirs:
        world.story.wrong(f"{shop.name}: the ledger has {dict(ours - theirs)} that the ERP has not, "
                          f"the ERP {dict(theirs - ours)} that the ledger has not")  # fmt: skip


def _credits(world: World, shop: Shop, balances: Counter[tuple[str, str]]) -> None:
    ours = -sum(
        balance
        for (account, commodity), balance in balances.items()
        if account.startswith("credited:") and commodity == CURRENCY
    )
    theirs = sum(
        line["minor"]
        for one in shop.books.documents.values()
        if one.kind == "credit" and one.state != "draft" and one.id not in shop.unsettled
        for line in one.lines
    )
    for one in shop.books.documents.values():
        if one.kind == "exchange" and one.state == "posted" and one.id not in shop.unsettled:
            # What came back for a replacement is credited by the exchange, as far as that is worth it.
            theirs += min(one.head["carries"], sum(line["minor"] for line in one.lines))
    if ours != theirs:
        world.story.wrong(f"{shop.name}: the ledger has credited {ours}, the ERP {theirs}")


def _lying(shop: Shop) -> Counter[tuple[str, str]]:
    """Units per place and SKU in the ERP, without what its unsettled documents moved."""
    lying = Counter(shop.books.stock)
    for name in shop.unsettled:
        for line in shop.books.documents[name].lines:
            if "to" in line and shop.books.documents[name].state != "draft":
                lying[line["to"], line["sku"]] -= line["quantity"]
                lying[line["from"], line["sku"]] += line["quantity"]
    return Counter({slot: count for slot, count in lying.items() if slot[0] not in ("IN", "customer") and count})
