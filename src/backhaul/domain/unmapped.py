"""Which value has to be mapped for a unit to go on: its condition that leads nowhere, or its SKU that was not sold."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain.allocation import lines_for
from backhaul.domain.mappings import Name
from backhaul.domain.placements import destination, is_missing, site_of
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return
from backhaul.domain.specificity import ANY, plain
from backhaul.domain.units import Unit


def unmapped(unit: Unit, return_: Return, policy: Policy) -> Iterator[tuple[str, Name]]:
    """(kind of the exception, what must be mapped) of each mapping that the unit waits for."""
    order = return_.orders.get(unit.order)
    not_sold = order is not None and unit.allocation is None and not unit.never_left
    if order is not None and not_sold and unit.sku and not lines_for(unit, order, policy):
        yield "unit-not-sold", ("sku-alias", unit.sku, ANY, ANY)
    said = unit.decided_disposition or unit.said_disposition
    lost = said is not None and policy.disposition(said, site_of(unit, policy)) == "wrong-item"
    if said is not None and not lost and not is_missing(unit, policy) and destination(unit, policy) is None:
        yield "unmapped-disposition", ("disposition", plain(said), site_of(unit, policy), ANY)
