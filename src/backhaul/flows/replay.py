"""Read a message again, or decide a return again; where nothing was mended, nothing changes."""

from __future__ import annotations

from collections.abc import Sequence

from backhaul.flows.decide import decide_returns
from backhaul.flows.deployment import Deployment
from backhaul.store import inbox
from backhaul.store.sql import atomic


class CannotReplay(ValueError):
    """There is no such message for this merchant."""


def replay_message(deployment: Deployment, merchant_id: int, message_id: int, by: str) -> str:
    """Have one message read again with today's settings. Answers a sentence. Raises CannotReplay."""
    if not replay_messages(deployment, merchant_id, [message_id]):
        raise CannotReplay(f"There is no message {message_id}.")
    return f"Message {message_id} is read again now (asked by {by})."


def replay_messages(deployment: Deployment, merchant_id: int, message_ids: Sequence[int]) -> int:
    """Have messages read again; answers how many of them are the merchant's."""
    own = inbox.of_merchant(merchant_id, message_ids)
    with atomic():
        inbox.await_again(own)
    deployment.pulse("replay")
    if own:
        deployment.wake("interpret")
    return len(own)


def replay_returns(deployment: Deployment, return_ids: Sequence[str]) -> None:
    """Decide returns again from their facts."""
    with atomic():
        decide_returns(deployment, return_ids)
    deployment.pulse("replay")
