"""The benchmark measures what it says it measures: small numbers, no floors, every figure there and possible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.bench import mix, report


def test_a_quick_run_measures_everything_and_its_books_are_right(tmp_path: Path) -> None:
    """The run itself refuses books that are not right, so its exit code is half of this test."""
    found = tmp_path / "figures.json"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--json", str(found)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    figures = orjson.loads(found.read_bytes())
    assert all(line.figure > 0 for line in report.lines(figures)), figures
    assert set(figures["held"]) == {line.what for line in report.lines(figures)}
    flat = figures["acknowledge"]["flat_out"]
    assert flat["answers"] == {"202": pytest.approx(flat["per_second"] * flat["seconds"], rel=0.01)}
    assert figures["flows"]["interpret"]["count"] == 20 * len(mix.STAGES)
    assert figures["whole"]["webhooks"] > figures["whole"]["distinct"], "some are delivered twice"
    assert all(line.what in ran.stdout for line in report.lines(figures))


def test_a_figure_on_the_wrong_side_of_its_bound_is_not_held() -> None:
    assert not report.Line("acknowledgements", 999, "/s", "", floor=1000).held
    assert not report.Line("p99", 51, "ms", "", ceiling=50).held
    assert report.Line("p99", 49, "ms", "", ceiling=50).held
