"""The tutorial, block by block in one shell, as a reader would run it; the real ERP comes from the tests' cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.ports import free_port

PAGE = Path(__file__).parents[2] / "docs/tutorial/README.md"


def blocks() -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def shop_folder(seeded_tryton: Path) -> Iterator[Path]:
    """A folder a reader might work in, with Tryton's programs and seed already there, so that only starting is left."""
    folder = Path(tempfile.mkdtemp(prefix="backhaul-tutorial-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "erp").mkdir()
    shutil.copytree(seeded_tryton / "seed", folder / "erp/seed")
    (folder / "erp/venv").symlink_to((seeded_tryton / "home").read_text())
    yield folder
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if str(folder) in " ".join(process.info["cmdline"] or []) or process.info["cwd"] == str(folder):
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.real
def test_the_tutorial_takes_a_return_to_its_end(shop_folder: Path) -> None:
    web, erp, stand_in = free_port(), free_port(), free_port()
    first, *rest = blocks()
    listen = f"sed --in-place 's/127.0.0.1:8000/127.0.0.1:{web}/' backhaul.toml"
    script = "\n".join(["trap 'kill $(jobs -p) 2>/dev/null' EXIT", first, listen, *rest])
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(shop_folder),
        "BACKHAUL_DATA": str(shop_folder / "db"),
        "TRYTON_PORT": str(erp),
        "STAND_IN_PORT": str(stand_in),
        "BACKHAUL": f"http://127.0.0.1:{web}",
    }
    bash = shutil.which("bash")
    assert bash is not None
    ended = subprocess.run(
        [bash, "-euo", "pipefail", "-c", script],
        cwd=shop_folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    log = (shop_folder / "backhaul.log").read_text()[-3000:] if (shop_folder / "backhaul.log").exists() else ""
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}\n{log}"
    assert '"stage": "closed"' in ended.stdout or "closed" in ended.stdout
