"""Tries a connection and says what to fix: the key, the session, and every name the settings rely on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from backhaul.connectors.tryton.client import Tryton
from backhaul.sdk.outcomes import Rejected, WireError


def check(system: Tryton) -> tuple[str, ...]:
    """One line per problem, none when all is well."""
    settings = system.settings
    try:
        system.search("sale.sale", [], ["id"], limit=1)
    except Rejected as refusal:
        return (f"Tryton refuses the key: {refusal}; validate the user application of the kind REST, check `database`",)
    except WireError as error:
        return (f"Tryton does not answer: {error}; check `url`",)
    problems = _problem("login or password: wizards cannot be run", system.log_in)
    wanted = [("stock.location", "code", one.warehouse) for one in settings.sites.values()]
    wanted += [("stock.location", "code", one.inspection) for one in settings.sites.values()]
    wanted += [("account.invoice.payment.method", "name", name) for name in settings.payment_methods.values()]
    wanted += [("account.account", "name", name) for name in (settings.fee_account, settings.difference_account)]
    for model, field, name in dict.fromkeys(wanted):
        problems += _problem(f"{model} {name!r}", partial(system.id_named, model, field, name))
    if "original" not in settings.payment_methods:
        problems += ("payment_methods names no method for the tender `original`, which is taken for all others",)
    return problems


def _problem(what: str, attempt: Callable[[], object]) -> tuple[str, ...]:
    try:
        attempt()
    except WireError as error:
        return (f"{what}: {error}",)
    return ()
