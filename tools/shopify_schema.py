"""Fetches the published schema of Shopify's Admin API, by which the stand-in of Shopify answers, from npm's registry.

The files are Shopify's, in a package under the ISC licence: none is copied into git, and the licence travels with them.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.assets import CACHE, ROOT, npm

PACKAGE = "@shopify/dev-mcp"
VERSION = "1.16.0"
SHA512 = "tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw=="
WANTED = (
    "package/dist/data/admin_2026-07.json.gz",
    "package/dist/data/admin_2026-10.json.gz",
    "package/LICENSE",
)
SCHEMA = ROOT / "src" / "backhaul" / "sandbox" / "shopify" / "schema"


def fetch() -> Path:
    """The package's archive, exactly the pinned one; asked of npm unless a good one is already kept."""
    folder = CACHE / "shopify"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"shopify-dev-mcp-{VERSION}.tgz"
    if not archive.exists():
        words = [*npm(), "pack", f"{PACKAGE}@{VERSION}", "--loglevel=error", "--pack-destination", str(folder)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != SHA512:
        archive.unlink()
        raise SystemExit(f"{PACKAGE} {VERSION} is not what was pinned: sha512 {found}. Try again; it was thrown away.")
    return archive


def main() -> None:
    """Leaves SCHEMA with exactly the wanted files, or as it was when anything failed."""
    fresh = SCHEMA.with_name("schema.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with tarfile.open(fetch()) as archive:
        for name in WANTED:
            member = archive.extractfile(name)
            if member is None:
                raise SystemExit(f"{PACKAGE} {VERSION} has no file {name}")
            (fresh / Path(name).name).write_bytes(member.read())
    shutil.rmtree(SCHEMA, ignore_errors=True)
    fresh.rename(SCHEMA)
    print(f"Shopify's schema: {', '.join(sorted(path.name for path in SCHEMA.iterdir()))}")


if __name__ == "__main__":
    main()
