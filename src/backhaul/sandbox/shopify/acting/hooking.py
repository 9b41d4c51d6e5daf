"""Webhook subscriptions: who is told of what."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import Subscription, World

Args = Mapping[str, Any]
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


def create(world: World, args: Args) -> dict[str, Any]:
    """webhookSubscriptionCreate; to addresses over HTTPS, and to this machine."""
    given = args["webhookSubscription"]
    for name, value in given.items():
        if value and name not in ("uri", "format", "name"):
            raise NotModelled(f"WebhookSubscriptionInput.{name}")
    uri = given.get("uri") or ""
    parts = urlsplit(uri)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        raise Refused(None, "Address protocol must be https://", "webhookSubscription", "uri")
    if (given.get("format") or "JSON") != "JSON":
        raise NotModelled("webhooks in XML")
    if any((each.topic, each.uri) == (args["topic"], uri) for each in world.subscriptions):
        raise Refused(None, "Address for this topic has already been taken", "webhookSubscription", "uri")
    gid = world.gid("WebhookSubscription")
    subscription = Subscription(gid, args["topic"], uri, "JSON", world.now(), [], None, world.facts.version)
    world.subscriptions.append(world.keep(subscription))
    return {"webhookSubscription": subscription}


def delete(world: World, args: Args) -> dict[str, Any]:
    """webhookSubscriptionDelete."""
    subscription = world.need(Subscription, args["id"], None, "id")
    world.subscriptions.remove(subscription)
    del world.objects[subscription.gid]
    return {"deletedWebhookSubscriptionId": subscription.gid}
