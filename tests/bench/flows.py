"""Messages read and effects done per second: the flows themselves, stage by stage, in a program of their own.

``python -m tests.bench.flows CONFIG RETURNS POSTMASTER [PROFILE]``, with DATABASE_URL set, prints one JSON object. Each
stage of all returns is received, read and dispatched before the next one comes, as days would have it: so a batch of
messages is of as many returns, and every decision is made from the whole case.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import orjson

from backhaul.flows.deployment import Deployment
from backhaul.project.deployment import open_home
from backhaul.project.logs import set_up_logs
from tests.bench import mix
from tests.bench.backend import BackOffice
from tests.bench.gauges import Watch
from tests.bench.worker import with_back_office

_BATCH = 250


class Meter:
    """Adds up the time and the processor seconds of one kind of work."""

    def __init__(self, roots: dict[str, int], profile: cProfile.Profile | None) -> None:
        self.roots, self.profile = roots, profile
        self.seconds, self.cpu = 0.0, dict.fromkeys(roots, 0.0)
        self.stages: dict[str, float] = {}

    def run(self, stage: str, work: Callable[[], object]) -> None:
        watch = Watch(self.roots)
        with self.profile or nullcontext():
            work()
        self.stages[stage] = watch.seconds()
        self.seconds += self.stages[stage]
        for name, spent in watch.cpu().items():
            self.cpu[name] += spent

    def told(self, count: int) -> dict[str, Any]:
        return {
            "count": count, "seconds": round(self.seconds, 3), "per_second": round(count / self.seconds, 1),
            "cores": {name: round(spent / self.seconds, 2) for name, spent in self.cpu.items()},
            "cpu_ms_each": {name: round(spent * 1000 / count, 3) for name, spent in self.cpu.items()},
            "stage_seconds": {name: round(spent, 2) for name, spent in self.stages.items()},
        }  # fmt: skip


def receive(deployment: Deployment, told: list[mix.Told]) -> None:
    """Store messages as the web server does, a commit per batch."""
    from backhaul.flows.receive import incoming
    from backhaul.store import inbox

    every = [incoming(deployment, deployment.links[one.connection], one.body, {}) for one in mix.twice(told)]
    for at in range(0, len(every), _BATCH):
        inbox.keep(every[at : at + _BATCH], deployment.keys)


def measure(
    deployment: Deployment, beside: Executor, office: BackOffice, returns: int, roots: dict[str, int], profile: str
) -> object:
    """Both rates; raises RuntimeError when the books are not right at the end."""
    from backhaul.flows.flush_stock import flush_stock
    from backhaul.project.interpreters import interpret_all
    from backhaul.project.worker import dispatch_all

    profiles = {name: cProfile.Profile() if profile == name else None for name in ("interpret", "dispatch")}
    meters = {name: Meter(roots, one) for name, one in profiles.items()}
    for stage in mix.STAGES:
        receive(deployment, mix.stage(stage, returns))
        meters["interpret"].run(stage, lambda: interpret_all(deployment, beside))
        meters["dispatch"].run(stage, lambda: dispatch_all(deployment))

    def flush() -> None:
        for merchant_id in deployment.policies:
            while flush_stock(deployment, merchant_id, now_already=True):
                dispatch_all(deployment)

    meters["dispatch"].run("flush", flush)
    messages, effects = _counted(returns, office)
    for one in profiles.values():
        if one is not None:
            pstats.Stats(one, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return {
        "returns": returns,
        "interpret": meters["interpret"].told(messages),
        "dispatch": meters["dispatch"].told(effects),
    }


def _counted(returns: int, office: BackOffice) -> tuple[int, int]:
    """Messages read and effects done, after everything was seen to have come out right."""
    from backhaul.store.sql import rows

    standings: dict[str, int] = dict(rows("SELECT standing, count(*) FROM effects GROUP BY standing"))
    states: dict[str, int] = dict(rows("SELECT state, count(*) FROM messages GROUP BY state"))
    [(closed,)] = rows("SELECT count(*) FROM returns WHERE closed AND squared")
    found = rows("SELECT kind, count(*) FROM exceptions WHERE closed_at IS NULL GROUP BY kind")
    right = set(standings) == {"done"} and set(states) == {"read"} and closed == returns and not found
    if not right or office.doubled:
        told = f"effects {standings}, messages {states}, closed {closed}, exceptions {found}, {office.doubled} doubled"
        raise RuntimeError(f"the books are not right: {told}")
    return int(states["read"]), int(standings["done"])


if __name__ == "__main__":
    set_up_logs()
    config, returns_, postmaster, *wanted = sys.argv[1:]
    _, configured = open_home(Path(config))
    back_office = BackOffice()
    both = {"app": os.getpid(), "database": int(postmaster)}
    from backhaul.project.collector import spare_the_collector
    from backhaul.project.interpreters import second_interpreter
    from backhaul.store.sql import look_up_by_index

    spare_the_collector()
    look_up_by_index()
    deployed = with_back_office(configured, back_office)
    with second_interpreter(deployed) as second:
        result = measure(deployed, second, back_office, int(returns_), both, "".join(wanted))
    sys.stdout.write(orjson.dumps(result).decode() + "\n")
