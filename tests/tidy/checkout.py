"""What is committed here, as the tidy tests see it."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is in git or about to be, so that a rule is heard before the commit and not after it."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def python_files(*tops: str) -> tuple[Path, ...]:
    """The Python files under these folders of the checkout."""
    return tuple(file for file in committed() if file.suffix == ".py" and file.relative_to(ROOT).parts[0] in tops)
