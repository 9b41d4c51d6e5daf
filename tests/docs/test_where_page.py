"""The how-to about a shopper's refund, block by block, at a shop after a bad fortnight."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.town import Played

PAGE = Path(__file__).parents[2] / "docs/how-to/where-is-my-refund.md"


def test_the_blocks_of_the_page_answer(played: Played, tmp_path: Path) -> None:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    first, second = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "BACKHAUL_MASTER_KEY": MASTER.hex(),
        "BACKHAUL_CONFIG": str(config),
        "HOME": str(tmp_path),
        "COLUMNS": "300",
    }
    bash = shutil.which("bash")
    assert bash is not None

    def run(block: str) -> str:
        ended = subprocess.run(
            [bash, "-euo", "pipefail", "-c", block], env=environment, cwd=tmp_path, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    said = run(first)
    for part in ("Order ACME-1002", "was handed in on", "was paid to the original tender", "is in the books as CN-"):
        assert part in said
    (one,) = json.loads(run(second))["returns"]
    assert one["telling"]["confirmed"] == one["telling"]["credited"] == one["telling"]["recorded"]
    assert played.acme.name == "acme"
