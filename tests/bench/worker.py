"""The product's worker with one more connection, the back office that answers at once: a program of its own."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from backhaul.flows.deployment import Deployment
from backhaul.project.deployment import open_home
from backhaul.project.logs import set_up_logs
from tests.bench.backend import NAME, BackOffice, back_office


def with_back_office(deployment: Deployment, office: BackOffice) -> Deployment:
    """The deployment with a connection to the back office."""
    merchant_id = next(iter(deployment.policies))
    return replace(deployment, links={**deployment.links, NAME: back_office(merchant_id, office)})


if __name__ == "__main__":
    set_up_logs()
    home, configured = open_home(Path(sys.argv[1]))
    from backhaul.project.collector import spare_the_collector
    from backhaul.project.worker import work

    spare_the_collector()
    work(with_back_office(configured, BackOffice()))
