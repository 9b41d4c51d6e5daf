"""Whether each done effect has its one document with what it says, and each document its effect."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from backhaul.domain.effects import AT_STOREFRONT
from backhaul.simulation.erp import Document
from backhaul.simulation.erp.recovery import stem
from backhaul.simulation.shop import Shop
from backhaul.simulation.world import World
from backhaul.store.restored import KIND
from backhaul.store.sql import rows

_ENDED = {
    "close-return-authorisation": "closed",
    "cancel-return-authorisation": "cancelled",
    "cancel-exchange-order": "cancelled",
}
_AT_STOREFRONT = tuple(kind.verb for kind in AT_STOREFRONT)
_WITHOUT_PAPER = (
    "look-up-order", "restock", "approve-refund", "report-contents", "announce-return", *_ENDED, *_AT_STOREFRONT
)  # fmt: skip


def audit_documents(world: World) -> None:
    """One document per effect, one effect per document, with the same units and money."""
    for shop in world.shops:
        found = rows(
            "SELECT key, verb, standing, reference, adopted, payload FROM effects WHERE merchant_id = %s ORDER BY id",
            (shop.merchant_id,),
        )
        done = [
            (key, verb, reference, adopted, _value(payload))
            for key, verb, standing, reference, adopted, payload in found
            if standing == "done"
        ]
        for key, verb, reference, adopted, payload in done:
            _one(world, shop, key, verb, reference, adopted, payload)
        _orphans(world, shop, {reference for _, _, reference, _, _ in done})


def _value(payload: Any) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(payload) if isinstance(payload, str | bytes) else payload
    return value


def _one(world: World, shop: Shop, key: str, verb: str, reference: str, adopted: bool, payload: dict[str, Any]) -> None:
    if verb in _ENDED and shop.books.documents[reference].state != _ENDED[verb]:
        world.story.wrong(f"{key} is done and {reference} is {shop.books.documents[reference].state}")
    if verb in _WITHOUT_PAPER:
        return
    carrying = [one for one in shop.books.documents.values() if one.reference == key]
    if len(carrying) > 1:
        world.story.wrong(f"{key} has {len(carrying)} documents: {', '.join(one.id for one in carrying)}")
    document = shop.books.documents.get(reference)
    if document is None or document.state == "draft":
        world.story.wrong(f"{key} is done and its document {reference} is {document.state if document else 'missing'}")
    elif not adopted:
        told, wanted = _said(document), _wanted(payload)
        if world.restored:  # which of several alike is which may be told otherwise after it
            told, wanted = _stems(told), _stems(wanted)
        if document.reference != key or told != wanted:
            world.story.wrong(f"{key} says {wanted}, its document {reference} says {told}")


def _orphans(world: World, shop: Shop, references: set[str]) -> None:
    """A document without a done effect is a difference; an open exception must name it, its effect or its return.

    After a restore one exception asks to look for what is owed no more: for documents of which no effect is left.
    """
    causes = " ".join(
        f"{about} {cause} {return_id}"
        for about, cause, return_id in rows("SELECT about, cause, return_id FROM exceptions WHERE closed_at IS NULL")
    )
    keys = {key for (key,) in rows("SELECT key FROM effects WHERE standing <> 'moot'")}
    asked_to_look = bool(rows("SELECT 1 FROM exceptions WHERE kind = %s AND closed_at IS NULL", (KIND,)))
    for one in shop.books.documents.values():
        names = [one.reference, one.id, *([one.head["return"]] if world.restored and "return" in one.head else [])]
        if one.id in references:
            continue
        if any(name in causes for name in names) or (asked_to_look and one.reference not in keys):
            shop.unsettled.add(one.id)
        else:
            world.story.wrong(f"{one.id} ({one.state}) for {one.reference} belongs to no effect that is done")


def _said(document: Document) -> Counter[str]:
    """Units with where they go, and money, as the document has them."""
    said: Counter[str] = Counter()
    for line in document.lines:
        for unit in line.get("units", ()):
            said[f"{unit} {line['sku']} {line.get('to', '')}".strip()] += 1
        said["minor"] += line.get("minor", 0) if document.kind in ("credit", "payment") else 0
    return +said


def _stems(named: Counter[str]) -> Counter[str]:
    """The same without saying which unit of its line each is."""
    stems: Counter[str] = Counter()
    for name, count in named.items():
        unit, _, rest = name.partition(" ")
        stems[f"{stem(unit)} {rest}" if rest else name] += count
    return stems


def _wanted(payload: dict[str, Any]) -> Counter[str]:
    """The same as the effect has them."""
    wanted: Counter[str] = Counter()
    target = payload.get("location", "IN" if "site" in payload else "")
    for line in payload.get("lines", ()):
        for unit in line["units"]:
            wanted[f"{unit} {line['sku']} {target}".strip()] += 1
    for member in payload.get("members", ()):
        wanted[f"{member['unit']} {member['sku']} {member['location']}"] += 1
    wanted["minor"] += sum(payload.get(name, 0) for name in ("total_minor", "amount_minor", "delta_minor"))
    return +wanted
