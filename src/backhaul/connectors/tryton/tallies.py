"""What of a return sale was received and where it was put away by hand, in units of what was sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backhaul.connectors.tryton.client import Record
from backhaul.domain.effects import ReceiveReturn

TALLIED = (
    "lines.quantity",
    "lines.product.code",
    "lines.components.quantity",
    "shipment_returns.state",
    "shipment_returns.reference",
    "shipment_returns.write_date",
    "shipment_returns.incoming_moves.origin",
    "shipment_returns.incoming_moves.quantity",
    "shipment_returns.incoming_moves.state",
    "shipment_returns.inventory_moves.origin",
    "shipment_returns.inventory_moves.quantity",
    "shipment_returns.inventory_moves.state",
    "shipment_returns.inventory_moves.to_location.code",
)


def tally(sales: Iterable[Record]) -> list[Record]:
    """Per SKU the units received, and the units put away per location code; receipts of our own are left out."""
    received: Counter[str] = Counter()
    placed: dict[str, Counter[str]] = {}
    for sale in sales:
        arrived, lying = _moved(sale["shipment_returns"])
        for line in sale["lines"]:
            if not line["product"] or line["quantity"] >= 0:
                continue
            sku = line["product"]["code"] or ""
            parts = _parts(line)
            received[sku] += min(arrived[part] // each for part, each in parts.items())
            here = placed.setdefault(sku, Counter())
            for code in {code for part in parts for code in lying.get(part, ())}:
                here[code] += min(lying.get(part, Counter())[code] // each for part, each in parts.items())
    return [
        {
            "sku": sku,
            "received": received[sku],
            "placed": {code: count for code, count in sorted(placed[sku].items()) if count},
        }
        for sku in sorted(placed)
    ]


def _parts(line: Record) -> dict[str, int]:
    """What the line's moves name as their origin, with how many of it make one unit: a kit moves as its components."""
    components = line.get("components") or []
    if not components:
        return {f"sale.line,{line['id']}": 1}
    units = abs(int(line["quantity"]))
    return {f"sale.line.component,{one['id']}": max(abs(int(one["quantity"])) // units, 1) for one in components}


def _moved(shipments: Iterable[Record]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Quantities done by origin, and by origin and location code."""
    arrived: Counter[str] = Counter()
    lying: dict[str, Counter[str]] = {}
    for shipment in shipments:
        if (shipment["reference"] or "").startswith(ReceiveReturn.verb):
            continue
        origin_of = {}
        for move in shipment["incoming_moves"]:
            origin_of[f"stock.move,{move['id']}"] = move["origin"] or ""
            if move["state"] == "done":
                arrived[move["origin"] or ""] += int(move["quantity"])
        for move in shipment["inventory_moves"]:
            if move["state"] == "done" and move["to_location"]:
                origin = origin_of.get(move["origin"] or "", "")
                lying.setdefault(origin, Counter())[move["to_location"]["code"] or ""] += int(move["quantity"])
    return arrived, lying
