"""How many webhooks per second are safely stored and acknowledged by the web server, and how soon."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import psycopg

from tests.bench import mix
from tests.bench.gauges import Watch
from tests.bench.load import write_requests
from tests.bench.requests import requests
from tests.bench.rig import Rig

OFFERED_PER_SECOND = 500


def measure(rig: Rig, connections: int, seconds: float, most_per_second: int) -> dict[str, Any]:
    """Flat out on so many connections, then at an offered rate; every message is new."""
    flat = _requests(rig, "flat", int(seconds * most_per_second), 0)
    offered = _requests(rig, "offered", int(seconds * OFFERED_PER_SECOND), 1_000_000)
    warm = _requests(rig, "warm", 200, 2_000_000)
    url = rig.database("acknowledge")
    with rig.web(url) as web:
        load(rig, warm, 8, 5.0)
        watch = Watch({"web": web, "database": rig.postmaster})
        commits = _commits(url)
        result = load(rig, flat, connections, seconds)
        result["connections"] = connections
        _explain(result, watch, _commits(url) - commits)
        watch = Watch({"web": web, "database": rig.postmaster})
        commits = _commits(url)
        calm = load(rig, offered, 16, seconds, OFFERED_PER_SECOND)
        _explain(calm, watch, _commits(url) - commits)
    with psycopg.connect(url) as database:
        [stored] = database.execute("SELECT count(*) FROM messages").fetchone() or (0,)
    acknowledged = 200 + result["answers"]["202"] + calm["answers"]["202"]
    if stored != acknowledged:
        raise RuntimeError(f"{acknowledged} messages were acknowledged and {stored} are stored")
    return {"flat_out": result, f"offered_{OFFERED_PER_SECOND}": calm}


def load(rig: Rig, file: Path, connections: int, seconds: float, rate: float = 0.0) -> dict[str, Any]:
    """Run the load generator. Raises RuntimeError when anything but 202 came back."""
    words = [str(rig.port), str(file), str(connections), str(seconds), *([str(rate)] if rate else [])]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *words], check=False, capture_output=True, text=True
    )
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr[-2000:])
    result: dict[str, Any] = orjson.loads(ran.stdout)
    if set(result["answers"]) != {"202"}:
        raise RuntimeError(f"not every message was taken: {result['answers']}")
    return result


def _requests(rig: Rig, name: str, count: int, first: int) -> Path:
    file = rig.folder / f"{name}.requests"
    told = (mix.tell(mix.STAGES[number % len(mix.STAGES)], first + number) for number in range(count))
    write_requests(file, requests(told, rig.port))
    return file


def _commits(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("SELECT pg_stat_force_next_flush()")
        [count] = database.execute("SELECT pg_stat_get_db_xact_commit(oid) FROM pg_database WHERE datname = "
                                   "current_database()").fetchone() or (0,)  # fmt: skip
        return int(count)


def _explain(result: dict[str, Any], watch: Watch, commits: int) -> None:
    """Cores used by each program, the load generator's too, and how many messages share a commit."""
    seconds = result["seconds"]
    result["cores"] = {name: round(spent / seconds, 2) for name, spent in watch.cpu().items()}
    result["cores"]["load"] = round(result["cpu_s"] / seconds, 2)
    answered = sum(result["answers"].values())
    result["messages_per_commit"] = round(answered / max(commits, 1), 1)
