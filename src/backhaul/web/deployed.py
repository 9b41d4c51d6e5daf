"""What the web needs of the deployment it runs in: the clock, opened messages, and addresses of documents."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from backhaul.domain.policy import Policy
from backhaul.flows.deployment import Deployment
from backhaul.project import deployment
from backhaul.store.browse.documents import DocumentRow
from backhaul.store.browse.messages import WholeMessage
from backhaul.store.seals import Erased


def current() -> Deployment:
    """The deployment that this program serves."""
    return deployment.current()


def now() -> datetime:
    """The time, as the deployment has it."""
    return current().now()


def policy(merchant_id: int) -> Policy | None:
    """The merchant's policy as it counts now; None for one that is no longer configured."""
    deployment = current()
    deployment.renew()
    return deployment.policies.get(merchant_id)


def policy_of_return(merchant_id: int, first_seen_at: datetime) -> Policy | None:
    """The policy that counts for a return first seen then; None where the merchant is no longer configured."""
    deployment = current()
    deployment.renew()
    return deployment.policy_of(merchant_id, first_seen_at) if merchant_id in deployment.policies else None


def open_message(message: WholeMessage) -> bytes:
    """The message's body as it was received. Raises store.seals.Erased where its return was erased."""
    keys = current().keys
    for sealed_key in message.return_keys:
        if sealed_key is None:
            continue
        try:
            return keys.open(message.sealed, keys.return_key(sealed_key))
        except Erased:
            continue
    return keys.open(message.sealed)


def address(document: DocumentRow) -> str | None:
    """Where the document is on the other system's own screens; only web addresses are passed on."""
    links = current().links
    reference = document.reference or document.flush_reference
    if reference is None or document.connection is None or document.connection not in links:
        return None
    link = links[document.connection]
    if link.connector.link is None:
        return None
    found = link.connector.link(link.settings, document.verb, reference)
    return found if found is not None and urlsplit(found).scheme in ("http", "https") else None
