"""A stand-in for Happy Returns: speaks what is documented of it, sends signed webhooks, and goes wrong on request."""

from .faults import Fault, Faults
from .model import NotPossible, State
from .orders import Order, OrderLine, orders_from_file, orders_from_json
from .platform import Wanted
from .stand_in import StandIn

__all__ = [
    "Fault",
    "Faults",
    "NotPossible",
    "Order",
    "OrderLine",
    "StandIn",
    "State",
    "Wanted",
    "orders_from_file",
    "orders_from_json",
]
