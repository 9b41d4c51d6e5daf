"""A stand-in for Shopify: answers by the published schema of the Admin API, and goes wrong on request."""

from backhaul.sandbox.clock import Clock

from .faults import Fault, Faults
from .lines import Line
from .orders import Order
from .outbox import Webhook, signature
from .payments import Payment, Refund
from .published import VERSIONS, SchemaMissing, published_schema
from .refusals import ConnectionCut
from .returns import Return
from .shop import Shop

__all__ = [
    "VERSIONS",
    "Clock",
    "ConnectionCut",
    "Fault",
    "Faults",
    "Line",
    "Order",
    "Payment",
    "Refund",
    "Return",
    "SchemaMissing",
    "Shop",
    "Webhook",
    "published_schema",
    "signature",
]
