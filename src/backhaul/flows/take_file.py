"""Take a file that a person hands over: kept as a message of its connection like any other, and read at once."""

from __future__ import annotations

from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.interpret import interpret
from backhaul.store import inbox
from backhaul.store.inbox import Incoming


def take_file(deployment: Deployment, link: Link, kind: str, body: bytes) -> int:
    """The message's id. Each time a file is handed over it is said anew, also when it is the same as before."""
    now = deployment.now()
    arrived = Incoming(link.id, body, now, kind, delivery=f"by hand {now.isoformat()}")
    ((message_id, _),) = inbox.keep([arrived], deployment.keys)
    deployment.pulse("receive")
    while interpret(deployment):
        pass
    return message_id
