"""The columns of the files, in both directions: the words of the neutral messages, one line of a message to a row."""

from __future__ import annotations

IN = (
    "kind", "occurred_at", "sequence", "warehouse", "return_ref_kind", "return_ref", "order_number", "line_ref",
    "item_ref", "sku", "received_total", "disposition", "inspected_total",
)  # fmt: skip
OUT = (
    "message_id", "sequence", "follows", "change", "warehouse", "order_number", "return_ref_kind", "return_ref", "bags",
    "labels", "shipments", "expected_from", "expected_to", "authorisation", "line_ref", "sku", "expected_total",
    "condition",
)  # fmt: skip
COLUMNS = tuple(dict.fromkeys((*IN, *OUT)))
CONSTANTS = ("kind", "warehouse", "return_ref_kind")
"""What may be the same for all rows, where no column says it."""
