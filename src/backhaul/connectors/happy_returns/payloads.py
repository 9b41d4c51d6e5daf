"""The shapes of what Happy Returns sends, as published; fields beyond them stay reachable for the mapping."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from backhaul.sdk.bodies import MaybeText, Text

_ITEMS_MAX = 10_000


class _Published(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Envelope(_Published):
    """What every object of Happy Returns begins with; decides which kind of message it is."""

    event: MaybeText = None
    webhookType: MaybeText = None  # noqa: N815 - their name


class Told(_Published):
    """An event with its detail."""

    event: Text
    typeID: Text  # noqa: N815 - their name


class Asn(_Published):
    """``return.asn``: the primary event, the others newest first, and one item per physical unit."""

    event: Text
    typeID: Text  # noqa: N815 - their name
    retailerID: Text  # noqa: N815 - their name
    otherEvents: list[Told] = Field(default=[], max_length=_ITEMS_MAX)  # noqa: N815 - their name
    items: list[dict[str, Any]] = Field(min_length=1, max_length=_ITEMS_MAX)


class Item(_Published):
    """One unit, in ``return.asn`` and in the answers of ``POST /return``."""

    happyReturnsReturnID: MaybeText = None  # noqa: N815 - their name
    happyReturnsExpressCode: MaybeText = None  # noqa: N815 - their name
    happyReturnsRMAID: MaybeText = None  # noqa: N815 - their name
    externalRMAID: MaybeText = None  # noqa: N815 - their name
    happyReturnsItemID: MaybeText = None  # noqa: N815 - their name
    orderNumber: Text  # noqa: N815 - their name
    orderLineItemID: MaybeText = None  # noqa: N815 - their name
    sku: MaybeText = None
    upc: MaybeText = None
    productVariantID: MaybeText = None  # noqa: N815 - their name
    returnReasonID: MaybeText = None  # noqa: N815 - their name


class Asked(_Published):
    """What was asked of ``POST /return``, where it is more than the items of the answer say."""

    happyReturnsExpressCode: MaybeText = None  # noqa: N815 - their name


class PolledReturn(_Published):
    """Our own envelope around the items of one return and order in an answer of ``POST /return``."""

    asked: Asked = Asked()
    items: list[dict[str, Any]] = Field(max_length=_ITEMS_MAX)


class LabelUpdate(_Published):
    """``return.label.update``: a bag barcode is tied to a return."""

    retailerID: Text  # noqa: N815 - their name
    labelID: Text  # noqa: N815 - their name
    happyReturnsReturnID: MaybeText = None  # noqa: N815 - their name
    happyReturnsExpressCode: MaybeText = None  # noqa: N815 - their name


class OutboundRow(_Published):
    """One row of ``outbound_shipment.asn`` v1: of its columns those that say something about a return."""

    orderNumber: Text  # noqa: N815 - their name
    orderLineItemID: MaybeText = None  # noqa: N815 - their name
    sku: MaybeText = None
    upc: MaybeText = None
    productVariantID: MaybeText = None  # noqa: N815 - their name
    returnReason: MaybeText = None  # noqa: N815 - their name
    startedDate: MaybeText = None  # noqa: N815 - their name
    approvedDate: MaybeText = None  # noqa: N815 - their name
    shippingBoxBarcode: MaybeText = None  # noqa: N815 - their name
    tracking: MaybeText = None
    departureDate: MaybeText = None  # noqa: N815 - their name
    happyReturnsRetailerID: MaybeText = None  # noqa: N815 - their name
    happyReturnsExpressCode: MaybeText = None  # noqa: N815 - their name
    happyReturnsItemID: MaybeText = None  # noqa: N815 - their name
