"""Tries a connection: the shop answers, the app may do what it is asked to, places exist, webhooks come here."""

from __future__ import annotations

from backhaul.connectors.shopify.client import Shopify
from backhaul.sdk.outcomes import WireError

SCOPES = (
    "read_orders",
    "write_orders",
    "read_returns",
    "write_returns",
    "read_inventory",
    "write_inventory",
    "read_products",
    "read_locations",
)
TOPICS = ("ORDERS_UPDATED", "REFUNDS_CREATE")


def check(system: Shopify) -> tuple[str, ...]:
    """One line per problem, none where all is well."""
    settings = system.settings
    problems = []
    if not settings.client_secrets:
        problems.append("client_secrets is empty: every webhook is refused; copy the app's client secret from Shopify")
    try:
        granted = {scope["handle"] for scope in system.ask("ShopAndScopes")["currentAppInstallation"]["accessScopes"]}
        lacking = [scope for scope in SCOPES if scope not in granted and not _implied(scope, granted)]
        if lacking:
            problems.append(f"the app's token lacks {', '.join(lacking)}: add them to the app and install it again")
        places = {one["id"]: one["isActive"] for one in system.ask("Locations")["locations"]["nodes"]}
        problems += [
            f"locations.{name} is {id_}, which {'is closed' if id_ in places else 'the shop has not'}"
            for name, id_ in settings.locations.items()
            if not places.get(id_)
        ]
        heard = {one["topic"] for one in system.ask("Subscriptions")["webhookSubscriptions"]["nodes"]}
        problems += [
            f"nothing is subscribed to {topic}: refunds are found by polling only, up to a minute later"
            for topic in TOPICS
            if topic not in heard
        ]
    except WireError as error:
        problems.append(f"Shopify does not answer: {error}; check shop, token and api_version")
    return tuple(problems)


def _implied(scope: str, granted: set[str]) -> bool:
    """Who may write may read."""
    return scope.startswith("read_") and scope.replace("read_", "write_", 1) in granted
