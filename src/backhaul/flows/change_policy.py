"""Change a policy: a new version is kept and counts at once, for new returns or for the open ones too."""

from __future__ import annotations

from dataclasses import dataclass

from backhaul.domain.mappings import lay_over
from backhaul.domain.policy import Policy
from backhaul.domain.policy_versions import AppliesTo
from backhaul.flows.deployment import Deployment
from backhaul.flows.sweep import decide_undecided
from backhaul.store import mappings, merchants, policies, returns
from backhaul.store.codec import policy_body
from backhaul.store.sql import atomic

# So many returns are decided before the answer; what is beyond is left to the sweep, which comes every few seconds.
_AT_ONCE = 1_000
CONFIGURED_BY = "backhaul.toml"


class CannotChange(ValueError):
    """The policy that is to count does so already."""


@dataclass(frozen=True, slots=True)
class ChangedPolicy:
    """The number of the new version, and how many open returns were decided anew or are left to be within seconds."""

    id: int
    decided: int
    left: int


def change_policy(
    deployment: Deployment, merchant_id: int, policy: Policy, applies_to: AppliesTo, by: str, note: str = ""
) -> ChangedPolicy:
    """Have this policy count from now on. Raises CannotChange where it is the newest already."""
    concerned: list[str] = []
    with atomic():
        mappings.lock()
        versions = policies.versions_of(merchant_id)
        if versions and versions[-1].policy.version == policy.version and applies_to == versions[-1].applies_to:
            raise CannotChange(f"nothing changes: version {versions[-1].id} says the same, for the same returns")
        # The time is taken under the lock: whatever was decided by an older version was first seen before it.
        made = policies.write(merchant_id, policy, applies_to, by, note.strip(), deployment.now())
        keep_laid(merchant_id, policy)
        if applies_to == "open":
            concerned = returns.to_compare(merchant_id, None)
            returns.leave_undecided(concerned)
    deployment.pulse("policy")
    deployment.renew()
    if concerned:
        decide_undecided(deployment, _AT_ONCE)
        deployment.wake("dispatch")
    decided = min(len(concerned), _AT_ONCE)
    return ChangedPolicy(made, decided, len(concerned) - decided)


def keep_configured(merchant_id: int, policy: Policy, applies_to: AppliesTo, deployment: Deployment) -> None:
    """Keep what the configuration says as a new version, where it is not what it said last time."""
    if policies.configured(merchant_id) == policy.version:
        return
    with atomic():
        mappings.lock()
        if policies.configured(merchant_id) != policy.version:  # another program may have started at once
            policies.write(merchant_id, policy, applies_to, CONFIGURED_BY, "", deployment.now(), configured=True)


def keep_laid(merchant_id: int, policy: Policy) -> None:
    """Keep the policy that comes out of this one and what is mapped now: effects carry its digest."""
    laid = lay_over(policy, [kept.mapping for kept in mappings.active(merchant_id)])
    merchants.keep_policy(merchant_id, laid.version, policy_body(laid))
