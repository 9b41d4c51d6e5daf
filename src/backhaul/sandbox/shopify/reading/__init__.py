"""How the shop is read: for each type of the schema, the fields that the stand-in models."""

from . import (  # noqa: F401 - each fills the table when it is imported
    dock_fields,
    goods_fields,
    line_fields,
    order_fields,
    parcel_fields,
    payment_fields,
    return_fields,
    shop_fields,
)
from .queries import QUERIES
from .table import FIELDS, Ask

__all__ = ["FIELDS", "QUERIES", "Ask"]
