"""What one webhook costs from acknowledgement to written outcome, web, worker and database running as they do."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from tests.bench import mix
from tests.bench.acknowledge import load
from tests.bench.gauges import Watch, memory_mb
from tests.bench.load import write_requests
from tests.bench.requests import requests
from tests.bench.rig import Rig

_PATIENCE_S = 300.0
_QUIET = """
SELECT (SELECT count(*) FROM messages WHERE state = 'waiting')
     + (SELECT count(*) FROM effects WHERE standing IN ('due', 'unsure') AND flush_id IS NULL AND verb <> 'restock')
"""


def measure(rig: Rig, returns: int, connections: int) -> dict[str, Any]:
    """Processor time per webhook, all programs together, and the memory of web and worker at the end."""
    files = []
    for stage in mix.STAGES:
        file = rig.folder / f"whole-{stage}.requests"
        files.append((file, write_requests(file, requests(mix.twice(mix.stage(stage, returns)), rig.port))))
    url = rig.database("whole")
    with rig.web(url) as web, rig.running(url, "tests.bench.worker", str(rig.config)) as worker:
        _wait_for_worker(url)
        watch = Watch({"web": web, "worker": worker, "database": rig.postmaster})
        spent_by_load = 0.0
        for file, _ in files:
            spent_by_load += load(rig, file, connections, _PATIENCE_S)["cpu_s"]
            _wait_until_quiet(url)
        seconds, cpu = watch.seconds(), watch.cpu()
        memory = {"web": memory_mb([web]), "worker": memory_mb([worker]), "together": memory_mb([web, worker])}
    with psycopg.connect(url) as database:
        [done] = database.execute("SELECT count(*) FROM effects WHERE standing = 'done'").fetchone() or (0,)
        left = database.execute("SELECT kind, min(cause), count(*) FROM exceptions WHERE closed_at IS NULL GROUP BY 1")
        wrong = left.fetchall()
    if wrong or done < returns * len(mix.STAGES):
        raise RuntimeError(f"{done} effects were done for {returns} returns and exceptions are open: {wrong}")
    distinct, sent = returns * len(mix.STAGES), sum(count for _, count in files)
    return {
        "returns": returns, "webhooks": sent, "distinct": distinct, "effects": done, "seconds": round(seconds, 2),
        "cpu_ms_per_webhook": round(sum(cpu.values()) * 1000 / distinct, 3),
        "cpu_ms_by_program": {name: round(spent * 1000 / distinct, 3) for name, spent in cpu.items()},
        "load_cpu_s": round(spent_by_load, 2), "memory": memory,
    }  # fmt: skip


def _wait_until_quiet(url: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    with psycopg.connect(url, autocommit=True) as database:
        while time.monotonic() < until:
            [busy] = database.execute(_QUIET).fetchone() or (1,)
            if not busy:
                return
            time.sleep(0.25)
    raise RuntimeError("the worker does not come to rest")


def _wait_for_worker(url: str) -> None:
    until = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as database:
        while time.monotonic() < until:
            if database.execute("SELECT 1 FROM procrastinate_workers").fetchone():
                return
            time.sleep(0.2)
    raise RuntimeError("the worker does not start")
