"""``backhaul check``: what would go wrong, found before it does."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.domain import effects as e
from backhaul.domain.specificity import ANY
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.find_gaps import find_gaps
from backhaul.project.policies import lint
from backhaul.sdk.outcomes import WireError
from backhaul.store import merchants, stale

_NEEDED: tuple[type[e.Effect], ...] = (e.LookUpOrder, e.OpenReturnAuthorisation, e.IssueCreditNote, e.RecordRefund)


def problems(deployment: Deployment) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what was looked at, what is to be mended there), one by one as they are found."""
    for merchant_id, policy in deployment.policies.items():
        yield (
            f"policy {policy.version} of merchant {merchants.name_of(merchant_id)}",
            tuple(lint(policy)),
        )
        yield (
            f"every value that {merchants.name_of(merchant_id)}'s messages carried leads somewhere",
            tuple(
                f"{gap}: `backhaul mappings set {gap.kind} …`"
                for gap in find_gaps(deployment, merchant_id)
                if gap.waits
            ),
        )
        yield (
            f"somebody does every effect for {merchants.name_of(merchant_id)}",
            tuple(_undone(deployment, merchant_id)),
        )
    for link in deployment.links.values():
        yield f"connection {link.name} ({link.connector.name})", _try(link)


def notes(deployment: Deployment) -> Iterator[str]:
    """What is good to know, and no problem."""
    for merchant_id in deployment.policies:
        yield from (str(gap) for gap in find_gaps(deployment, merchant_id) if not gap.waits)
    for link in deployment.links.values():
        if link.connector.about is not None:
            count = stale.count_open(link.merchant_id)
            yield from (f"{link.name}: {note}" for note in link.connector.about(link.settings, count))


def _try(link: Link) -> tuple[str, ...]:
    found: list[str] = []
    if link.connector.signature is not None and not link.connector.signature(link.settings).secrets:
        found.append("it has no signature secret, so it takes no messages: set signature_secrets")
    if link.connector.check is not None and link.connector.connect is not None:
        try:
            found += [line for line in link.connector.check(link.system) if line not in found]
        except WireError as error:
            found.append(f"it does not answer: {error}")
    if any(performs.offered(link.settings) for performs in link.connector.performs) and link.go_live_at is None:
        found.append("it has no go_live_at: returns that were settled by hand before would be made again")
    return tuple(found)


def _undone(deployment: Deployment, merchant_id: int) -> Iterator[str]:
    for effect in _NEEDED:
        if deployment.performer(merchant_id, effect) is None:
            yield f"no connection does {effect.verb}: connect an ERP"
    storefront, policy = deployment.performer(merchant_id, e.TakeBackAtStorefront), deployment.policies[merchant_id]
    if storefront is None:
        return
    sellable = sorted({place.location for place in policy.places.values() if place.account == "stock"})
    for location in sellable:
        if location not in policy.stock_owners and ANY not in policy.stock_owners:
            yield (
                f"nobody was said to raise the stock of {location} in {storefront.name}: set "
                f"policy.stock_owners.{location} to 'erp' (it pushes levels), 'storefront' or 'backhaul'; one of them"
            )
