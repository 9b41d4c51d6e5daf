"""The words between us and a warehouse, the same in JSON and in a file's rows: what arrived, and what should arrive.

Quantities are totals so far, never differences: the same message again or an older one late is then harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from backhaul.domain import facts as f
from backhaul.domain.effects import AnnounceReturn
from backhaul.sdk.bodies import Moment, Text
from backhaul.sdk.messages import Name, Unreadable
from backhaul.sdk.outcomes import Task

NAMES_A_UNIT: JsonDict = {"anyOf": [{"required": ["line_ref"]}, {"required": ["item_ref"]}, {"required": ["sku"]}]}
NAMES_A_RETURN: JsonDict = {"anyOf": [{"required": ["return_ref"]}, {"required": ["order_number"]}]}
# What people know a return by comes first; the platform's own id last but for what many returns may share.
_BEST_NAMES = ("express", "rma", "return", "bag", "label")

NameKind = Literal["return", "express", "rma", "bag", "label"]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReturnRef(_Strict):
    """A name of the return at the returns platform; a bag barcode is one too."""

    kind: NameKind
    value: Text


class _Line(_Strict):
    line_ref: Text | None = Field(default=None, description="The order line's id, without a unit suffix")
    item_ref: Text | None = Field(default=None, description="The returns platform's own id of one unit")
    sku: Text | None = None


class ReceivedLine(_Line):
    """How many units of this line are in the warehouse by now."""

    model_config = ConfigDict(json_schema_extra=NAMES_A_UNIT)

    received_total: Count = Field(description="All units received so far, not only now")


class InspectedLine(_Line):
    """How many units of this line were found in this condition by now; one entry per condition."""

    model_config = ConfigDict(json_schema_extra=NAMES_A_UNIT)

    disposition: Text = Field(
        description="Your word for the condition: sellable, quarantine, damaged, dispose, missing, wrong-item, "
        "or one that the policy maps"
    )
    inspected_total: Count = Field(description="All units found so so far, not only now")
    found_sku: Text | None = Field(default=None, description="What was in the parcel instead, of a wrong-item")


class _Warehouse(_Strict):
    model_config = ConfigDict(json_schema_extra=NAMES_A_RETURN)

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


class ExpectedLine(_Strict):
    """Units of one line that should arrive. Their condition is not known before they are inspected."""

    line_ref: Text | None = Field(description="The order line's id: name the line by it when it has arrived")
    sku: Text
    expected_total: Annotated[int, Field(ge=1, le=1_000_000)]
    condition: Literal["unknown"] = "unknown"
    authorisation: Text | None = Field(description="The ERP's number of the return authorisation")


class Announcement(_Strict):
    """What should arrive of one order of a return. It takes the place of all announcements before it."""

    kind: Literal["announcement"] = "announcement"
    message_id: Text = Field(description="Ours; the same message sent again keeps it, and counts once")
    sequence: Annotated[int, Field(ge=1)] = Field(description="Of two announcements of one order the higher counts")
    follows: Text | None = Field(description="The message_id of the announcement whose place it takes")
    change: Literal["announced", "amended", "cancelled"]
    warehouse: Text = Field(description="Where it should arrive")
    order_number: Text
    return_ref: ReturnRef | None = Field(description="The name to send back with what arrived")
    names: list[ReturnRef] = Field(description="All names a parcel of the return may carry")
    shipments: list[Text] = Field(description="Tracking numbers or box barcodes of what is on its way")
    expected_from: date | None
    expected_to: date | None
    lines: list[ExpectedLine] = Field(max_length=1000, description="Empty: nothing of it comes any more")

    def body(self) -> bytes:
        """The bytes that are sent and signed, the same each time."""
        return self.model_dump_json().encode()


def announcement_of(task: Task) -> Announcement:
    """The announcement as it is told: what the effect says, its authorisations by the ERP's numbers. Nothing else."""
    effect = task.effect_as(AnnounceReturn)
    names = [ReturnRef(kind=kind, value=value) for kind, value in effect.names]  # type: ignore[arg-type]
    best = sorted(names, key=lambda name: (_BEST_NAMES.index(name.kind), name.value))
    lines = [
        ExpectedLine(
            line_ref=line.line_ref or None,
            sku=line.sku,
            expected_total=line.quantity,
            authorisation=line.number or task.references.get(line.authorisation),
        )
        for line in effect.lines
    ]
    return Announcement(
        message_id=task.key,
        sequence=effect.sequence,
        follows=effect.follows or None,
        change="cancelled" if not lines else "amended" if effect.follows else "announced",
        warehouse=effect.site,
        order_number=effect.order,
        return_ref=best[0] if best else None,
        names=names,
        shipments=list(effect.shipments),
        expected_from=effect.arrives_from,
        expected_to=effect.arrives_to,
        lines=lines,
    )


def name_of(ref: ReturnRef | None, order: str | None) -> tuple[Name, ...]:
    """The names a statement gives its return; none where it gives the order only. Raises Unreadable without either."""
    if ref is None and order is None:
        raise Unreadable("needs a return_ref or an order_number")
    return () if ref is None else (Name(ref.kind, ref.value),)


def facts_of(said: Receipt | Inspection) -> Iterator[f.Fact]:
    """A fact per line. Raises Unreadable for a line that names no unit."""
    for place, line in enumerate(said.lines):
        unit = _unit_of(said.order_number, line, f"lines/{place}")
        if isinstance(line, ReceivedLine):
            yield f.ItemReceived(unit, said.warehouse, line.received_total, said.sequence, said.occurred_at)
        elif isinstance(line, InspectedLine):
            yield f.ItemInspected(
                unit,
                said.warehouse,
                line.disposition,
                line.inspected_total,
                said.sequence,
                said.occurred_at,
                line.found_sku,
            )


def _unit_of(order: str | None, line: _Line, where: str) -> f.UnitName:
    if line.line_ref is None and line.item_ref is None and line.sku is None:
        raise Unreadable("needs a line_ref, an item_ref or a sku", where)
    return f.UnitName(order or "", line.line_ref, 0, line.item_ref, line.sku)
