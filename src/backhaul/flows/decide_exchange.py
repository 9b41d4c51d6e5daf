"""What a person may decide about an exchange: that it is refunded instead, and that the shopper paid for it."""

from __future__ import annotations

from backhaul.domain.exchanges import Exchange
from backhaul.domain.facts import ChargeConfirmed, ExchangeCancelled
from backhaul.domain.money import Money
from backhaul.domain.returns import fold
from backhaul.flows.deployment import Deployment
from backhaul.flows.resolve import CannotResolve, decide_with, own_return
from backhaul.store.cases import load
from backhaul.store.sql import atomic


def refund_instead(
    deployment: Deployment, merchant_id: int, return_id: str, exchange: str, by: str, reason: str
) -> str:
    """No replacement goes out: what was ordered is withdrawn first, then the money is credited when it is confirmed."""
    if not reason.strip():
        raise CannotResolve("Say why the shopper gets money instead: the reason is kept.")
    with atomic():
        found = _exchange(merchant_id, return_id, exchange)
        if found.cancelled:
            raise CannotResolve(f"Exchange {exchange} is refunded instead already.")
        decide_with(deployment, return_id, ExchangeCancelled(exchange, by, reason, deployment.now()))
    deployment.pulse("decide")
    deployment.wake("dispatch")
    return f"Exchange {exchange} is withdrawn; its goods are credited once their refund is confirmed."


def record_charge(
    deployment: Deployment,
    merchant_id: int,
    return_id: str,
    exchange: str,
    charge: str,
    amount: Money,
    by: str,
) -> str:
    """The shopper paid ``amount`` for an exchange; ``charge`` is the payment's id where the money was taken.

    Told again with another amount it counts as that amount.
    """
    if not charge.strip():
        raise CannotResolve("Give the payment's id at whoever took the money: it is what the auditor looks up.")
    if amount.minor < 0:
        raise CannotResolve("A charge is what was taken: 0 or more. Money that went back is a refund.")
    with atomic():
        found = _exchange(merchant_id, return_id, exchange)
        now = deployment.now()
        fact = ChargeConfirmed(charge.strip(), found.name.order, amount, exchange, at=now, by=by)
        decide_with(deployment, return_id, fact)
    deployment.pulse("decide")
    deployment.wake("dispatch")
    return f"Charge {charge.strip()} of {amount} is recorded for exchange {exchange}."


def _exchange(merchant_id: int, return_id: str, exchange: str) -> Exchange:
    own_return(merchant_id, return_id)
    known = fold(return_id, load([return_id])[return_id].facts).exchanges
    if exchange not in known:
        those = ", ".join(sorted(known)) or "none"
        raise CannotResolve(f"{return_id} has no exchange {exchange!r}; it has {those}.")
    return known[exchange]
