"""The shape of a product master's message and of its CSV files; the published JSON Schema is generated from here.

Each entry says all that is known of its SKU at that time: what it leaves out is not known any more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backhaul.sdk.bodies import Moment, Text
from backhaul.sdk.signed import SignedSettings

KIND = "products"
CSV = "products-csv"
COLUMNS = (
    "sku",
    "title",
    "class",
    "unit_cost_minor",
    "stand_alone_minor",
    "currency",
    "aliases",
    "components",
    "as_of",
)
MOST_ENTRIES = 10_000


class ProductMasterSettings(SignedSettings):
    """Who may sign its messages, and the ``folder`` (if any) whose ``*.csv`` files are read as well."""

    folder: Path | None = None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(_Strict):
    """Whole minor units (cents) of an ISO 4217 currency."""

    minor: int = Field(ge=0, le=10**12, description="Whole minor units: 2160 is 21.60 USD")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217")


class Component(_Strict):
    """So many units of a SKU are in one bundle."""

    sku: Text
    quantity: int = Field(ge=1, le=1000)


class Entry(_Strict):
    """One SKU."""

    sku: Text
    title: Text | None = None
    sku_class: Text | None = Field(default=None, alias="class", description="What the policy tells apart, as apparel")
    unit_cost: Amount | None = None
    stand_alone_price: Amount | None = Field(default=None, description="What it sells for by itself, without tax")
    aliases: list[Text] = Field(default=[], max_length=100, description="Other names of the same SKU, in other systems")
    components: list[Component] = Field(default=[], max_length=100, description="What is in it, where it is a bundle")


class Envelope(_Strict):
    """What is around the entries, which are read one by one."""

    kind: Literal["products"]
    message_id: Text = Field(description="Yours; the same message sent again keeps it")
    occurred_at: Moment = Field(description="From when on this is so")
    products: list[Any] = Field(min_length=1, max_length=MOST_ENTRIES)


class Catalogue(Envelope):
    """Some or all SKUs of a product master, signed over its bytes."""

    products: list[Entry] = Field(min_length=1, max_length=MOST_ENTRIES)


def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Catalogue.model_json_schema()}
