"""One Medusa with a shop of its own, fresh from the seeded database as often as it is wanted."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from .counter import Counter
from .failure import MedusaFailed
from .postgres import Postgres
from .seeding import SEED, prepare
from .server import Server
from .shop import MedusaShop

DATABASE = "medusa"


def _silent(_what: str) -> None:
    return None


def default_cache() -> Path:
    """Under the XDG cache home; $BACKHAUL_MEDUSA_CACHE says otherwise."""
    named = os.environ.get("BACKHAUL_MEDUSA_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backhaul" / "medusa"


class Medusa:
    """A real Medusa for tests and for trying things out, as a context manager.

    The programs and the seeded database are in ``cache`` and shared by all; what this one writes is in ``directory``
    (None: a temporary one that goes with it; a named one keeps its shop until `reset`). ``forward_to`` is where the
    shop's subscriber posts what happens, signed with ``secret``.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        cache: Path | None = None,
        port: int = 0,
        forward_to: str = "",
        secret: str = "",
        progress: Callable[[str], None] = _silent,
    ) -> None:
        self.secret = secret or secrets.token_hex(16)
        self._named = directory.resolve() if directory else None
        self.cache = (cache or default_cache()).resolve()
        self._port = port
        self._forward_to = forward_to
        self._progress = progress
        self._directory: Path | None = None
        self._postgres: Postgres | None = None
        self._server: Server | None = None
        self._counter: Counter | None = None

    @property
    def counter(self) -> Counter:
        """Who sells in the shop and looks things up."""
        if self._counter is None:
            raise MedusaFailed("Medusa has not been started: call start() first")
        return self._counter

    @property
    def shop(self) -> MedusaShop:
        """Where it answers, its keys and the ids of what is in it."""
        return self.counter.shop

    @property
    def log(self) -> Path:
        """What Medusa says."""
        if self._server is None:
            raise MedusaFailed("Medusa has not been started: call start() first")
        return self._server.log

    def start(self) -> MedusaShop:
        """Installs and seeds where that was not done yet, then starts: some five seconds. Raises MedusaFailed."""
        if self._counter is not None:
            return self._counter.shop
        prepared = prepare(self.cache, self._progress)
        atexit.register(self.stop)
        directory = self._directory = self._provide_directory()
        postgres = self._postgres = Postgres(directory / "postgres")
        server = self._server = Server(prepared.installation, directory / "medusa.log")
        try:
            self._progress("starting PostgreSQL and Medusa")
            self._provide_database(postgres, prepared.folder)
            server.start(postgres, DATABASE, self._port, self._told())
        except BaseException:
            self.stop()
            raise
        self._port = server.port
        shop = prepared.shop.at(server.url)
        shop.write(directory / "shop.json")
        self._counter = Counter(shop)
        return shop

    def reset(self) -> None:
        """The shop as it was seeded, in a fraction of a second: Medusa runs on and finds another database."""
        if self._postgres is None or self._counter is None:
            raise MedusaFailed("Medusa has not been started: call start() first")
        self._postgres.replace(DATABASE, SEED)
        self._counter.client.admin("GET", "/stores")

    def restart(self) -> None:
        """Stops Medusa and starts it again on the same port and database, as an update would."""
        if self._postgres is None or self._server is None:
            raise MedusaFailed("Medusa has not been started: call start() first")
        self._server.stop()
        self._server.start(self._postgres, DATABASE, self._port, self._told())

    def stop(self) -> None:
        """Stops all it started; twice is once. A temporary directory goes with it."""
        atexit.unregister(self.stop)
        if self._counter is not None:
            self._counter.close()
            self._counter = None
        if self._server is not None:
            self._server.stop()
        if self._postgres is not None:
            self._postgres.stop()
        if self._directory is not None and self._named is None:
            shutil.rmtree(self._directory, ignore_errors=True)
        self._server = self._postgres = self._directory = None

    def _told(self) -> dict[str, str]:
        forwarding = {"BACKHAUL_WEBHOOK_URL": self._forward_to, "BACKHAUL_WEBHOOK_SECRET": self.secret}
        return forwarding if self._forward_to else {}

    def _provide_directory(self) -> Path:
        if self._named is None:
            made = Path(tempfile.mkdtemp(prefix="backhaul-medusa-"))
            made.chmod(0o711)
            return made
        self._named.mkdir(parents=True, exist_ok=True)
        return self._named

    def _provide_database(self, postgres: Postgres, seeded: Path) -> None:
        mark = postgres.top / "seeded-by"
        if mark.exists() and mark.read_text() == seeded.name:
            postgres.start()
            return
        postgres.stop()
        postgres.adopt(seeded)
        postgres.start()
        postgres.replace(DATABASE, SEED)
        mark.write_text(seeded.name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
