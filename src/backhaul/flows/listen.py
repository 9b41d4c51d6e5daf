"""Notice that a source has gone silent: what does not arrive makes no error anywhere else."""

from __future__ import annotations

from backhaul.domain.silence import LEAST, same_hours, silent_after
from backhaul.flows.complain import complain_of_silence
from backhaul.flows.deployment import Deployment
from backhaul.store import arrivals, exceptions


def mark_silent(deployment: Deployment) -> int:
    """Open an exception for each connection that should have said something by now; answers how many are silent."""
    now = deployment.now()
    receiving = {link.id: link for link in deployment.links.values() if link.connector.identify is not None}
    newest = arrivals.newest(receiving)
    silent: dict[str, tuple[int, str]] = {}
    for id_, last in newest.items():
        if now - last < LEAST:
            continue
        policy = deployment.policies[receiving[id_].merchant_id]
        usual = silent_after(arrivals.gaps(id_, same_hours(now, policy.timezone)))
        if usual is not None and now - last > usual:
            key = f"source-silent:{receiving[id_].name}:{last:%Y%m%dT%H%M%S}"
            silent[key] = (
                id_,
                f"no message since {last:%Y-%m-%d %H:%M} UTC; at this hour one should come within {usual}",
            )
    open_ = exceptions.open_keys("source-silent")
    for key in silent.keys() - open_:
        id_, why = silent[key]
        complain_of_silence(deployment, receiving[id_], key, why)
    exceptions.close(open_ - silent.keys(), now)
    return len(silent)
