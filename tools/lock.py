"""Pins everything Backhaul installs, with hashes and for every platform, into lock files that name no package index."""

import subprocess
import sys
from pathlib import Path

UV = Path(sys.executable).with_name("uv")
COMMON = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade",
    "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet",
)  # fmt: skip
LOCKS = {
    "requirements.lock": ("pyproject.toml", "--group", "build"),
    # Held to the first lock, so that a machine with both never has two versions of one thing.
    "requirements-dev.lock": ("pyproject.toml", "--group", "build", "--group", "dev", "-c", "requirements.lock"),
    "requirements-assets.lock": ("--group", "assets"),
}


def main() -> None:
    """Rewrites every lock file; run it from the top of the checkout."""
    for file, wanted in LOCKS.items():
        subprocess.run([str(UV), "pip", "compile", *wanted, *COMMON, "--output-file", file], check=True)
        print(f"{file}: {Path(file).read_text().count('--hash=')} hashes")


if __name__ == "__main__":
    main()
