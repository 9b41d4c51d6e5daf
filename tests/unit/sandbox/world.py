"""The little shop of the stand-in's tests."""

from typing import Any

from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn

ORDERS = (
    Order(
        "SHOP-1001",
        "5001",
        "shopper@example.com",
        (OrderLine("12345", "SHIRT-M", 2, "Shirt"), OrderLine("12346", "MUG", 1)),
    ),
    Order("SHOP-1002", "5002", "shopper@example.com", (OrderLine("12350", "SOCK", 3),)),
)


def stand_in(target: str | None = None, **more: Any) -> StandIn:
    """A stand-in of this shop whose clock stands still."""
    return StandIn(target=target, orders=ORDERS, **more)
