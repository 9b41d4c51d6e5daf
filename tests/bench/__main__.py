"""``python -m tests.bench [--quick] [--json FILE] [--only PART] [--profile interpret|dispatch]``."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from tests.bench import acknowledge, inserts, mix, report, whole
from tests.bench.rig import Rig

_PARTS = ("inserts", "acknowledge", "flows", "whole")
_MOST_PER_SECOND = 8000


def main() -> int:
    """Measure, print a table, write JSON."""
    wanted = _arguments()
    returns = wanted.returns or (20 if wanted.quick else 2000)
    seconds = wanted.seconds or (1.0 if wanted.quick else 10.0)
    figures: dict[str, Any] = {"machine": _machine(), "mix": _mix(returns)}
    console = Console(stderr=bool(wanted.json == "-"))
    with Rig() as rig:
        if "inserts" in wanted.only:
            figures["inserts"] = inserts.measure(rig.server, rig.folder, wanted.connections, seconds, rig.postmaster)
        if "acknowledge" in wanted.only:
            figures["acknowledge"] = acknowledge.measure(rig, wanted.connections, seconds, _MOST_PER_SECOND)
        if "flows" in wanted.only:
            figures["flows"] = _flows(rig, returns, wanted.profile)
        if "whole" in wanted.only:
            figures["whole"] = whole.measure(rig, returns, wanted.connections)
    if len(wanted.only) == len(_PARTS):
        figures["held"] = {line.what: line.held for line in report.lines(figures)}
        report.show(figures, console)
    text = orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode()
    if wanted.json and wanted.json != "-":
        Path(wanted.json).write_text(text + "\n")
    elif wanted.json or len(wanted.only) < len(_PARTS):
        sys.stdout.write(text + "\n")
    return 0 if wanted.quick or all(figures.get("held", {}).values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, no floors: does it run?")
    parser.add_argument("--returns", type=int, help="how many returns (2000)")
    parser.add_argument("--seconds", type=float, help="how long webhooks and inserts are measured (10)")
    parser.add_argument("--connections", type=int, default=64, help="keep-alive connections and pgbench clients")
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=list(_PARTS), help="these parts only")
    parser.add_argument("--profile", choices=("interpret", "dispatch"), help="show where the flow's time goes")
    parser.add_argument("--json", metavar="FILE", help="write the figures there; - for standard output")
    return parser.parse_args()


def _flows(rig: Rig, returns: int, profile: str | None) -> dict[str, Any]:
    words = [str(rig.config), str(returns), str(rig.postmaster), *([profile] if profile else [])]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.flows", *words],
        env=rig.environment(rig.database("flows")),
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, Any] = orjson.loads(ran.stdout)
    return figures


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, Python {platform.python_version()}"
    )


def _mix(returns: int) -> str:
    often = f"{mix.SAID_TWICE:.0%}"
    return f"{returns} returns, one unit or two, each told of in {len(mix.STAGES)} webhooks; {often} delivered twice"


if __name__ == "__main__":
    sys.exit(main())
