"""Exceptions about exchanges: contradicting, too late, impossible, and those whose account is not even."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.exceptions.scene import OperationalException, Scene
from backhaul.domain.exchange_orders import UNCHARGED
from backhaul.domain.money import Money

_ORDERS = e.CreateExchangeOrder | e.OrderExchangeAtStorefront
_WITHDRAWALS = e.CancelExchangeOrder | e.CancelExchangeAtStorefront


def contradictions(scene: Scene) -> Iterator[OperationalException]:
    for name, exchange in scene.return_.exchanges.items():
        if exchange.contradiction is not None and not exchange.cancelled:
            yield scene.raised(
                "exchange-contradiction",
                name,
                f"{exchange.contradiction}; no order is made for it",
                "Ask the platform which replacement the shopper gets; have the other one cancelled, or waive this.",
            )


def without_unit(scene: Scene) -> Iterator[OperationalException]:
    for name, exchange in scene.return_.exchanges.items():
        if exchange.unit is None and not exchange.cancelled:
            what = exchange.name.sku or exchange.name.item or exchange.name.line
            yield scene.raised(
                "exchange-without-unit",
                name,
                f"{exchange.sku} is to replace {what} of order {exchange.name.order}, which no other message of this "
                "return speaks of; no order is made for it",
                "Compare with the platform's page of the return; have the exchange stated for a unit that is in it.",
            )


def astray(scene: Scene) -> Iterator[OperationalException]:
    """Charges that cannot be reckoned with an exchange: of none that is known, or in another currency."""
    currencies = {account.exchange.id: account.currency for account in scene.accounts}
    for name, charge in scene.return_.charges.items():
        known = charge.exchange in scene.return_.exchanges
        if charge.amount and charge.amount.currency != currencies.get(charge.exchange, charge.amount.currency):
            why = f"is not in {currencies[charge.exchange]}, the currency of its order"
        elif charge.amount and not known:
            why = "names an exchange of which nothing was told"
        else:
            continue
        yield scene.raised(
            "exchange-contradiction",
            name,
            f"charge {name} of {charge.amount} for exchange {charge.exchange} {why}",
            "Have the exchange stated, or the charge stated anew as it is.",
            uncredited=(charge.amount,),
        )


def after_refund(scene: Scene) -> Iterator[OperationalException]:
    for unit in scene.return_.units.values():
        exchange = scene.return_.exchanges.get(unit.refunded_instead or "")
        if exchange is not None:
            yield scene.raised(
                "exchange-after-refund",
                exchange.id,
                f"{exchange.sku} is to replace {unit.sku or unit.ref}, which was credited whole before; no order is "
                "made for it",
                "Sell the replacement to the shopper, or have the exchange cancelled at the platform; then waive this.",
            )


def uneven(scene: Scene) -> Iterator[OperationalException]:
    """More went out than came back and was paid for, or more was paid than went out."""
    for account in scene.accounts:
        exchange, open_ = account.exchange, Money(abs(account.open_minor), account.currency)
        if not open_:
            continue
        given = Money(account.given_minor, account.currency)
        returned = Money(account.returned.net_minor + account.returned.tax_minor, account.currency)
        charged = Money(account.charged_minor, account.currency)
        if account.open_minor > 0:
            cause = f"{exchange.quantity} {exchange.sku} worth {given} went out for goods worth {returned}; {charged} "
            cause += f"was charged, {open_} is open"
            remedy = "Charge the shopper at the platform and record the charge here, or write it off by waiving this."
        else:
            cause = f"{charged} was charged for {given} that went out for goods worth {returned}: {open_} too much"
            remedy = "Pay it back at the platform; a charge that is stated anew with its lower amount closes this."
        yield scene.raised(UNCHARGED, exchange.id, cause, remedy, uncredited=(open_,))


def is_of_an_exchange(effect: e.Effect) -> bool:
    return isinstance(effect, _ORDERS | _WITHDRAWALS)


def orders(scene: Scene) -> Iterator[OperationalException]:
    """Orders for replacements that could not be made or withdrawn."""
    abandoned = {item.key for item in scene.plan.owed if item.abandoned}
    for record in scene.records.by_key.values():
        effect = record.effect
        if record.standing not in ("refused", "ambiguous") or record.key in abandoned:
            continue
        kind = record.kind or ("effect-ambiguous" if record.standing == "ambiguous" else "effect-refused")
        if isinstance(effect, _ORDERS):
            yield scene.raised(
                kind,
                record.key,
                record.why,
                "Retry when it can be made, or have the exchange refunded instead.",
                uncredited=_worth(scene, effect.exchange),
            )
        elif isinstance(effect, _WITHDRAWALS):
            where = "the ERP" if isinstance(effect, e.CancelExchangeOrder) else "the storefront"
            yield scene.raised(
                kind,
                record.key,
                record.why,
                f"Nothing is credited before the replacement is stopped: have it stopped, cancel its order in {where}, "
                "then retry.",
                uncredited=_worth(scene, effect.exchange),
            )


def _worth(scene: Scene, exchange: str) -> list[Money]:
    """What the replacement carries, by the ERP's order for it."""
    return [
        Money(one.net_minor + one.tax_minor, one.currency)
        for record in scene.records.by_key.values()
        if isinstance(one := record.effect, e.CreateExchangeOrder) and one.exchange == exchange
    ]
