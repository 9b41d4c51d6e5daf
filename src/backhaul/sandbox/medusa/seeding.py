"""Makes the seeded database that every start copies: migrated and furnished once, by a Medusa of its own."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .client import Refused
from .failure import MedusaFailed
from .furnishing import EMAIL, furnish
from .installation import Installation, install
from .postgres import Postgres
from .running import run
from .server import Server, surroundings
from .shop import MedusaShop, read_shop

Progress = Callable[[str], None]
HERE = Path(__file__).parent
SEED = "seed"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a start needs: the programs and the folder of the seeded database."""

    installation: Installation
    folder: Path

    @property
    def shop(self) -> MedusaShop:
        return read_shop(self.folder / "shop.json")


def prepare(cache: Path, progress: Progress) -> Prepared:
    """Installs and seeds below ``cache`` what is not there yet: two to three minutes the first time.

    Whoever comes meanwhile waits. What was cut short is begun again. Raises MedusaFailed.
    """
    with _alone(cache):
        installation = install(cache, progress)
        folder = cache / f"seed-{_fingerprint(installation)}"
        if not folder.exists():
            for old in cache.glob("seed-*"):
                shutil.rmtree(old)
            progress("migrating and seeding the database (about a minute, once)")
            _seed(installation, cache, folder)
    return Prepared(installation, folder)


def _seed(installation: Installation, cache: Path, folder: Path) -> None:
    # Not in the cache: PostgreSQL's account may not be allowed in there.
    work = Path(tempfile.mkdtemp(prefix="backhaul-medusa-seed-"))
    postgres = Postgres(work / "postgres")
    work.chmod(0o711)
    try:
        postgres.create()
        postgres.start()
        postgres.make("medusa")
        shop = _furnished(installation, cache, postgres)
        postgres.rename("medusa", SEED)
        postgres.stop()
        fresh = cache / f"{folder.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(work / "postgres", fresh)
        shop.write(fresh / "shop.json")
        fresh.rename(folder)
    finally:
        postgres.stop()
        shutil.rmtree(work, ignore_errors=True)


def _furnished(installation: Installation, cache: Path, postgres: Postgres) -> MedusaShop:
    password = secrets.token_urlsafe(16)
    told = surroundings(cache, postgres.url("medusa"))
    for words, log, failed in (
        (("db:migrate", "--skip-scripts"), "migrate.log", "Medusa could not migrate its database"),
        (("user", "-e", EMAIL, "-p", password), "user.log", "Medusa could not make its user"),
    ):
        run(installation.medusa(*words), cache / log, failed, cwd=installation.app, environment=told)
    server = Server(installation, cache / "seed.log")
    try:
        server.start(postgres, "medusa")
        return furnish(server.url, password)
    except Refused as error:
        raise MedusaFailed(f"the shop could not be furnished: {error}", server.log) from error
    finally:
        server.stop()


def _fingerprint(installation: Installation) -> str:
    digest = hashlib.sha256(installation.app.name.encode())
    for name in ("furnishing.py", "counter.py", "postgres.py", "shop.py"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
