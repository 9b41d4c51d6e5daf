"""Reads each kind of message of Happy Returns into facts per physical unit, oldest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backhaul.connectors.happy_returns import aliases
from backhaul.connectors.happy_returns.extras import extra_facts
from backhaul.connectors.happy_returns.mapping import Mapped
from backhaul.connectors.happy_returns.payloads import Asn, Envelope, Item, LabelUpdate, PolledReturn, Told
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.connectors.happy_returns.units import names_of, told_apart, unit_of
from backhaul.domain import facts as f
from backhaul.sdk.bodies import decoded, validated
from backhaul.sdk.messages import Message, Name, Reading, Unreadable

RETURN_ASN = "return.asn"
LABEL_UPDATE = "return.label.update"
OUTBOUND_ASN = "outbound_shipment.asn"
POLLED_RETURN = "return.polled"
POLLED_SHIPMENT = "outbound_shipment.polled"


def identify(message: Message, settings: HappyReturnsSettings) -> str:
    """Which kind of message this is; a poll has said so already."""
    if message.kind:
        return message.kind
    body = decoded(message.body)
    if isinstance(body, list):
        return OUTBOUND_ASN
    envelope = validated(Envelope, body)
    if envelope.webhookType == LABEL_UPDATE or aliases.plain(envelope.event or "") == aliases.LABEL_UPDATE:
        return LABEL_UPDATE
    if envelope.event is None:
        raise Unreadable("a webhook without an event")
    aliases.event_of(envelope.event, settings.events)
    return RETURN_ASN


def read_return_asn(message: Message, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    """What happened to the units of one return, of one order: everything merged into the POST, oldest first."""
    body = decoded(message.body)
    envelope = validated(Envelope, body)
    ignored = envelope.event and aliases.event_of(envelope.event, settings.events) == "ignored"
    if ignored and not body.get("items"):
        return ()
    asn = validated(Asn, body)
    require_retailer(asn.retailerID, settings)
    primary = Told(event=asn.event, typeID=asn.typeID)
    # All are read before any counts: one unknown word and the message waits whole, to be replayed after an alias.
    steps = [_step(each, settings) for each in (*reversed(asn.otherEvents), primary)]
    items = _items(asn.items, body, settings)
    return tuple(_asn_reading(steps, own, message.received_at, settings) for own in _by_return(items))


def read_polled_return(message: Message, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    """The units of a return as ``POST /return`` shows them: they exist, their state is not published."""
    body = decoded(message.body)
    polled = validated(PolledReturn, body)
    items = _items(polled.items, body, settings, polled.asked.happyReturnsExpressCode)
    return tuple(_asn_reading([], own, message.received_at, settings) for own in _by_return(items))


def read_label_update(message: Message, settings: HappyReturnsSettings) -> tuple[Reading, ...]:
    """A bag barcode and the return it belongs to; also what ties a return id to its express code."""
    label = validated(LabelUpdate, decoded(message.body))
    require_retailer(label.retailerID, settings)
    if label.happyReturnsReturnID is None and label.happyReturnsExpressCode is None:
        raise Unreadable("a label that names no return")
    given = (
        ("return", label.happyReturnsReturnID),
        ("express", label.happyReturnsExpressCode),
        ("bag", label.labelID),
    )
    names = tuple(Name(kind, value) for kind, value in given if value is not None)
    return (Reading(names, None, (f.BagLabelled(label.labelID, message.received_at),)),)


def require_retailer(retailer_id: str | None, settings: HappyReturnsSettings) -> None:
    """Raises Unreadable for a retailer that is not this connection's: one key may cover several."""
    if retailer_id is not None and retailer_id != settings.retailer_id:
        raise Unreadable(f"is about {retailer_id}, this connection about {settings.retailer_id}", "retailerID")


@dataclass(frozen=True, slots=True)
class _OneItem:
    item: Item
    unit: f.UnitName
    names: tuple[Name, ...]
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class _Step:
    """One event: the state it says the return is in, or the drop-off method that was chosen."""

    meaning: aliases.Meaning = "ignored"
    method: str | None = None


def _step(told: Told, settings: HappyReturnsSettings) -> _Step:
    match aliases.event_of(told.event, settings.events):
        case "return-status-updated":
            return _Step(aliases.meaning_of(told.typeID, settings.meanings))
        case "return-dropoff-method-created":
            return _Step(method=aliases.dropoff_method_of(told.typeID, settings.dropoff_methods))
        case "ignored":
            return _Step()


def _items(raw: list[Any], body: Any, settings: HappyReturnsSettings, asked_code: str | None = None) -> list[_OneItem]:
    items = []
    for place, entry in enumerate(raw):
        where = f"items/{place}"
        item = validated(Item, entry, where)
        mapped = Mapped(settings.mapping, entry, body)
        names = names_of(item, mapped.text("express_code") or asked_code)
        items.append(_OneItem(item, unit_of(item, mapped.text("item_id"), where), names, mapped))
    told_apart((each.unit for each in items), "items")
    return items


def _by_return(items: Iterable[_OneItem]) -> list[list[_OneItem]]:
    """The items per return and order, each in the order in which it was first named."""
    found: dict[tuple[tuple[Name, ...], str], list[_OneItem]] = {}
    for each in items:
        found.setdefault((each.names[:1], each.unit.order), []).append(each)
    return list(found.values())


def _asn_reading(
    steps: list[_Step], items: list[_OneItem], received_at: datetime, settings: HappyReturnsSettings
) -> Reading:
    # No event time is published: what was told now happened about now, and the earliest telling of it counts.
    started_at = received_at if any(step.meaning == "started" for step in steps) else None
    told: list[f.Fact] = [
        f.ReturnInitiated(
            each.unit,
            reason=each.item.returnReasonID or each.mapped.text("reason"),
            product=each.item.productVariantID or each.item.upc,
            at=started_at,
        )
        for each in items
    ]
    for step in steps:
        told += [fact for each in items if (fact := _happened(step.meaning, each.unit, received_at)) is not None]
    methods = [step.method for step in steps if step.method is not None]
    if methods:
        told.append(f.DropOffChosen(methods[-1], received_at))
    for each in items:
        told += extra_facts(each.mapped, each.unit, received_at, settings)
    names = tuple(dict.fromkeys(name for each in items for name in each.names))
    return Reading(names, items[0].unit.order, tuple(dict.fromkeys(told)), started_at)


def _happened(meaning: aliases.Meaning, unit: f.UnitName, at: datetime) -> f.Fact | None:
    match meaning:
        case "dropped-off":
            return f.ItemDroppedOff(unit, at)
        case "approved":
            return f.RefundApproved(unit, at)
        case "held":
            return f.RefundHeld(unit, at)
        case "released":
            return f.RefundReleased(unit, at)
        case "declined":
            return f.RefundDeclined(unit, at)
        case "expired":
            return f.ReturnExpired(unit, at)
        case "cancelled":
            return f.ReturnCancelled(unit, at)
        case "returnless":
            return f.KeptByCustomer(unit, at)
        case "started" | "ignored":
            return None
