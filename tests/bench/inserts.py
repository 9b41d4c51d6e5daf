"""What the database does by itself: pgbench inserting single rows of a message's size, fsync on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from backhaul.project.embedded import Embedded
from tests.bench.gauges import Watch

_ROW = (
    "INSERT INTO inserts (connection_id, dedupe, body) VALUES "
    "(1, md5(random()::text), decode(repeat('5f', 700), 'hex'));\n"
)
_TABLE = (
    "CREATE TABLE inserts (id bigserial PRIMARY KEY, connection_id bigint, dedupe text, body bytea, "
    "at timestamptz DEFAULT now())"
)


def measure(server: Embedded, folder: Path, clients: int, seconds: float, postmaster: int) -> dict[str, Any]:
    """Single-row commits per second with so many clients, and what the server's processors did for it."""
    url = server.create_database("inserts")
    subprocess.run([server.psql_path, url, "-qc", _TABLE], check=True, capture_output=True)
    script = folder / "insert.sql"
    script.write_text(_ROW)
    watch = Watch({"database": postmaster})
    words = ["-n", "-f", str(script), "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, int(seconds)))]
    ran = subprocess.run([server.bin("pgbench"), *words, url], check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+)", ran.stdout)
    latency = re.search(r"latency average = ([0-9.]+)", ran.stdout)
    if found is None or latency is None:
        raise RuntimeError(f"pgbench said nothing of its speed: {ran.stdout}")
    server.drop_database("inserts")  # with it goes what the server would still write of it while others are measured
    cores = {name: round(spent / watch.seconds(), 2) for name, spent in watch.cpu().items()}
    return {
        "per_second": float(found[1]), "mean_ms": float(latency[1]), "clients": clients, "seconds": seconds,
        "cores": cores,
    }  # fmt: skip
