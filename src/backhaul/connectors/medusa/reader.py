"""Reads what a Medusa shop's subscriber forwards and what its polls bring. An event says only that there is news.

So nothing depends on the order of events or on those that were lost; a refund is read only as its payment states it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.connectors.medusa.statements import facts_of
from backhaul.sdk.bodies import Moment, Text, decoded, validated
from backhaul.sdk.messages import Message, Prompt, Reading, Told, UnknownValue, Unreadable

REFUND = "refund"
ORDER_NEWS = "order-news"
DELIVERY_HEADER = "x-backhaul-delivery"
_NEWS = ("order.", "order-edit.", "payment.", "shipment.", "delivery.")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _News(_Part):
    name: Text
    data: dict[str, Any] | list[Any]


class _Refund(_Part):
    refund: Text
    order: Text
    amount: Text
    currency: str = Field(pattern=r"^[a-zA-Z]{3}$")
    provider: str
    note: str
    created_at: Text


def identify(message: Message, _settings: MedusaSettings) -> str:
    """A poll's by the kind it gave, an event by its name. Raises UnknownValue for one that nobody has use for."""
    if message.kind:
        return message.kind
    name = validated(_News, decoded(message.body)).name
    if name.startswith(_NEWS):
        return ORDER_NEWS
    raise UnknownValue("name", name)


def read_order_news(message: Message, _settings: MedusaSettings) -> Told:
    """Something about an order changed: the shop is to be asked for what is new."""
    return (Prompt(validated(_News, decoded(message.body)).name),)


def read_refund(message: Message, settings: MedusaSettings) -> Told:
    """A refund on a payment of an order, as the poll kept it: confirmed money. Of no return's goods: nothing."""
    said = validated(_Refund, decoded(message.body))
    validated(_At, {"created_at": said.created_at})
    try:
        facts = facts_of(said.model_dump(), settings)
    except ValueError as error:
        raise Unreadable(f"a time that is none: {error}") from error
    return (Reading((), said.order, facts),)


class _At(BaseModel):
    created_at: Moment
