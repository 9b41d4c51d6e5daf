"""The shape of a neutral money message; its published JSON Schema is generated from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from backhaul.sdk.bodies import Moment, Text
from backhaul.sdk.signed import SignedSettings

KIND = "money"
_NAMES_A_UNIT: JsonDict = {"anyOf": [{"required": ["line_ref"]}, {"required": ["item_ref"]}, {"required": ["sku"]}]}


class NeutralMoneySettings(SignedSettings):
    """A connection for neutral money messages: only who may sign them."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(_Strict):
    """Whole minor units (cents) of an ISO 4217 currency."""

    minor: int = Field(ge=0, le=10**12, description="Whole minor units: 2160 is 21.60 USD")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217")


class ReturnRef(_Strict):
    """A name of the return at the returns platform."""

    kind: Literal["return", "express", "rma", "bag", "label"]
    value: Text


class UnitRef(_Strict):
    """A unit the money is for; give what is known of it, at least one of line_ref, item_ref and sku."""

    model_config = ConfigDict(json_schema_extra=_NAMES_A_UNIT)

    line_ref: Text | None = Field(default=None, description="The order line's id, without a unit suffix")
    offset: int = Field(default=0, ge=0, le=100_000, description="Which unit of the line, counted from 0")
    item_ref: Text | None = Field(default=None, description="The returns platform's own id of the unit")
    sku: Text | None = None


class _Money(_Strict):
    message_id: Text = Field(description="Yours; the same message sent again keeps it")
    occurred_at: Moment
    sequence: int | None = Field(
        default=None, ge=0, le=2**53, description="Grows with each statement about the same refund"
    )
    order_number: Text
    return_ref: ReturnRef | None = Field(default=None, description="Without it the order number finds the return")


class _Refund(_Money):
    refund_id: Text = Field(description="The id of whoever moved the money; one id, one refund")
    state: Literal["succeeded", "pending", "failed", "reversed"]
    amount: Amount = Field(description="What the shopper gets, after the fee")
    fee: Amount | None = Field(default=None, description="What was kept of the goods' price")
    units: list[UnitRef] = Field(default=[], max_length=1000)
    reason: str = Field(default="", max_length=255, description="Why it failed or was reversed")


class Refund(_Refund):
    """Money back to the shopper's own means of payment, or another tender that is named."""

    kind: Literal["refund"]
    tender: Text = "original"


class StoreCredit(_Refund):
    """Credit at the shop in place of money."""

    kind: Literal["store_credit"]


class Exchange(_Money):
    """A replacement instead of money, which must be stated. Cancelled, the unit is refunded like any other."""

    kind: Literal["exchange"]
    exchange_id: Text
    unit: UnitRef = Field(description="The unit that comes back")
    replacement_sku: Text
    quantity: int = Field(default=1, ge=1, le=1000)
    state: Literal["confirmed", "cancelled"] = "confirmed"
    value: Amount | None = Field(
        default=None, description="What the replacements are worth together, with tax; without it: what was paid"
    )
    replacement_order: Text | None = Field(default=None, description="The number of the order you made for it")
    reason: str = Field(default="", max_length=255, description="Why it was cancelled")


class Charge(_Money):
    """What the shopper paid for an exchange that is worth more, or for a replacement of goods that never came."""

    kind: Literal["charge"]
    charge_id: Text = Field(description="The id of whoever took the money; one id, one charge")
    exchange_id: Text
    amount: Amount = Field(description="What was taken; 0 when it was paid back")


class Approval(_Money):
    """What the platform decided about units, without an amount: approved, held for an audit, released, declined."""

    kind: Literal["approval"]
    state: Literal["approved", "held", "released", "declined"]
    units: list[UnitRef] = Field(min_length=1, max_length=1000)


class MoneyMessage(
    RootModel[Annotated[Refund | StoreCredit | Exchange | Charge | Approval, Field(discriminator="kind")]]
):
    """One statement about money or an exchange, signed over its bytes."""


def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **MoneyMessage.model_json_schema()}
