"""Tries a connection: we are let in, each flow that is named can be started, each status that was seen is explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from backhaul.connectors.patchworks.client import Patchworks
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import WireError

_LOOKED_BACK = timedelta(hours=24)


def check(system: Patchworks) -> tuple[str, ...]:
    """One line per problem."""
    try:
        return tuple(_problems(system))
    except (WireError, Unreadable) as error:
        return (f"Patchworks does not answer: {error}; check core_url, start_url and api_key",)


def _problems(system: Patchworks) -> Iterator[str]:
    settings = system.settings
    deployed = {str(row.get("id")): row.get("deployed_version") or row.get("deployedVersion") for row in system.flows()}
    for verb, table in settings.flows.items():
        if str(table.flow) not in deployed:
            yield f"flows.{verb}: there is no flow {table.flow}"
        elif table.version is None and not deployed[str(table.flow)]:
            yield f"flows.{verb}: flow {table.flow} has no deployed version: deploy one, or name a version"
    if settings.flows and "finished" not in settings.statuses.values():
        yield "statuses says of no number that a run has finished: no effect will ever be done"
    for flow in sorted({table.flow for table in settings.flows.values()}):
        seen = {run.status for run in system.runs(since=system.now() - _LOOKED_BACK, flow=str(flow))}
        for number in sorted(seen):
            if settings.meaning(number) is None:
                yield f"runs of flow {flow} have the status {number}: say in statuses what it means"
