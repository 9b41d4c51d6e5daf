"""The shape of a neutral warehouse message; its published JSON Schema is generated from here.

Quantities are totals so far, never differences: the same message again or an older one late is then harmless.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from backhaul.sdk.bodies import Moment, Text
from backhaul.sdk.signed import SignedSettings

KIND = "warehouse"
_NAMES_A_UNIT: JsonDict = {"anyOf": [{"required": ["line_ref"]}, {"required": ["item_ref"]}, {"required": ["sku"]}]}
_NAMES_A_RETURN: JsonDict = {"anyOf": [{"required": ["return_ref"]}, {"required": ["order_number"]}]}


class NeutralWarehouseSettings(SignedSettings):
    """A connection for neutral warehouse messages: only who may sign them."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReturnRef(_Strict):
    """A name of the return at the returns platform; a bag barcode is one too."""

    kind: Literal["return", "express", "rma", "bag", "label"]
    value: Text


class _Line(_Strict):
    line_ref: Text | None = Field(default=None, description="The order line's id, without a unit suffix")
    item_ref: Text | None = Field(default=None, description="The returns platform's own id of one unit")
    sku: Text | None = None


class ReceivedLine(_Line):
    """How many units of this line are in the warehouse by now."""

    model_config = ConfigDict(json_schema_extra=_NAMES_A_UNIT)

    received_total: int = Field(ge=0, le=1_000_000, description="All units received so far, not only now")


class InspectedLine(_Line):
    """How many units of this line were found in this condition by now; one entry per condition."""

    model_config = ConfigDict(json_schema_extra=_NAMES_A_UNIT)

    disposition: Text = Field(
        description="Your word for the condition: sellable, quarantine, damaged, dispose, missing, wrong-item, "
        "or one that the policy maps"
    )
    inspected_total: int = Field(ge=0, le=1_000_000, description="All units found so so far, not only now")


class _Warehouse(_Strict):
    model_config = ConfigDict(json_schema_extra=_NAMES_A_RETURN)

    message_id: Text = Field(description="Yours; the same message sent again keeps it")
    occurred_at: Moment
    sequence: int | None = Field(default=None, ge=0, le=2**53, description="Grows with each message of a return")
    warehouse: Text = Field(description="Your name of the site, as the policy knows it")
    return_ref: ReturnRef | None = None
    order_number: Text | None = None


class Receipt(_Warehouse):
    """A box was opened and units counted; their condition comes with the inspection."""

    kind: Literal["receipt"]
    lines: list[ReceivedLine] = Field(min_length=1, max_length=1000)


class Inspection(_Warehouse):
    """Units were looked at and found to be in a condition."""

    kind: Literal["inspection"]
    lines: list[InspectedLine] = Field(min_length=1, max_length=1000)


class WarehouseMessage(RootModel[Annotated[Receipt | Inspection, Field(discriminator="kind")]]):
    """One statement of a warehouse about one return, signed over its bytes."""


def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **WarehouseMessage.model_json_schema()}
