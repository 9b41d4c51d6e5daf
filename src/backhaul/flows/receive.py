"""Take a message in: check the signature over the raw bytes, store it, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backhaul.flows.deployment import Deployment, Link
from backhaul.store.inbox import Incoming

MOST_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a message is not kept: an HTTP status and a sentence for the sender."""

    code: int
    why: str
    connection_id: int | None = None


def admit(deployment: Deployment, connection: str, body: bytes, headers: Mapping[str, str]) -> Incoming | NotTaken:
    """The message to keep, or why not. ``headers`` have lower-case names. Touches no database.

    A connection without a secret is closed: it takes nothing.
    """
    link = deployment.links.get(connection)
    if link is None or link.connector.signature is None:
        return NotTaken(404, f"there is no connection {connection!r} that receives messages")
    if len(body) > MOST_BYTES:
        return NotTaken(413, f"a message may have {MOST_BYTES} bytes, this one has {len(body)}", link.id)
    if not link.connector.signature(link.settings).verify(body, headers):
        return NotTaken(401, "the signature is missing or is not that of this body", link.id)
    return incoming(deployment, link, body, headers)


def incoming(deployment: Deployment, link: Link, body: bytes, headers: Mapping[str, str]) -> Incoming:
    """The message as it is kept: the connector's headers only, and the source's delivery id where it has one."""
    kept = {name: headers[name] for name in link.connector.kept_headers if name in headers}
    delivery = headers.get(link.connector.delivery_header, "") if link.connector.delivery_header else ""
    return Incoming(link.id, body, deployment.now(), "", kept, delivery)
