"""Reads what a poll of return sales kept: receipt and inspection as Tryton's own people did them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.domain.facts import Fact, ItemInspected, ItemReceived, UnitName
from backhaul.sdk.bodies import Moment, Text, validated_json
from backhaul.sdk.messages import NAME_KINDS, Message, Name, Reading, UnknownValue


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sku: Text
    received: int = Field(ge=0)
    placed: Mapping[str, int] = Field(default_factory=dict)


class _ReturnSales(BaseModel):
    model_config = ConfigDict(extra="ignore")

    order: Text
    names: tuple[tuple[Text, Text], ...] = ()
    warehouse: str = ""
    at: Moment | None = None
    lines: tuple[_Line, ...]


def read_return_sales(message: Message, settings: TrytonSettings) -> tuple[Reading, ...]:
    """One reading: units received so far per SKU, and inspected so far per SKU and condition.

    Raises UnknownValue for a warehouse or a location that the connection's settings give no meaning.
    """
    told = validated_json(_ReturnSales, message.body)
    site = _site(told.warehouse, settings)
    facts: list[Fact] = []
    for line in told.lines:
        unit = UnitName(told.order, sku=line.sku)
        if line.received:
            facts.append(ItemReceived(unit, site, line.received, at=told.at))
        for disposition, total in sorted(_inspected(line, site, settings).items()):
            facts.append(ItemInspected(unit, site, disposition, total, at=told.at))
    for kind, _ in told.names:
        if kind not in NAME_KINDS:
            raise UnknownValue("names", kind)
    names = tuple(Name(kind, value) for kind, value in told.names)
    return (Reading(names, told.order, tuple(facts)),)


def _site(warehouse: str, settings: TrytonSettings) -> str:
    for name, site in settings.sites.items():
        if site.warehouse == warehouse:
            return name
    raise UnknownValue("warehouse", warehouse)


def _inspected(line: _Line, site: str, settings: TrytonSettings) -> dict[str, int]:
    """Totals per condition. Goods that wait at inspection have none yet."""
    totals: dict[str, int] = {}
    for code, count in line.placed.items():
        if code == settings.sites[site].inspection:
            continue
        disposition = settings.dispositions.get(code)
        if disposition is None:
            raise UnknownValue("location", code)
        totals[disposition] = totals.get(disposition, 0) + count
    return totals
