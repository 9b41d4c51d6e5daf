"""Where a deployment keeps its secrets and data, and the environment that Django's settings are read from."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from backhaul.project.configuration import BadConfiguration, Configuration, read
from backhaul.project.embedded import Embedded

CONFIG_NAME = "backhaul.toml"


@dataclass(slots=True)
class Home:
    """One deployment's files: the configuration, and beside it ``.backhaul`` with the keys nobody else may read."""

    path: Path
    configuration: Configuration
    postgres: Embedded | None = None

    @property
    def keys(self) -> Path:
        return self.path.parent / ".backhaul"

    def database_url(self) -> str:
        """The database's address; starts (or joins) the embedded PostgreSQL where none is configured."""
        given = os.environ.get("DATABASE_URL") or self.configuration.backhaul.database_url
        if given:
            return given
        if self.postgres is None:
            data = os.environ.get("BACKHAUL_DATA") or self.configuration.backhaul.data
            self.postgres = Embedded(Path(data).expanduser() if data else None)
        return self.postgres.start()

    def prepare(self) -> None:
        """Set the environment up for Django and start it. Call once, before anything of the store is imported."""
        self.set_environment()
        import django

        django.setup()

    def set_environment(self) -> None:
        """What Django's settings are read from, here and in every program that is started from here."""
        site = self.configuration.backhaul
        hosts = [*site.hosts, "localhost", "127.0.0.1", "[::1]"]
        os.environ["DATABASE_URL"] = self.database_url()
        os.environ["BACKHAUL_SECRET_KEY"] = self._secret("session.key").hex()
        os.environ.setdefault("BACKHAUL_BASE_URL", site.base_url)
        os.environ.setdefault("BACKHAUL_ALLOWED_HOSTS", ",".join(hosts))
        os.environ.setdefault("BACKHAUL_CONFIG", str(self.path))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backhaul.project.settings")

    def master_key(self) -> bytes:
        """32 bytes that seal every message; lose them and the messages are lost."""
        given = os.environ.get("BACKHAUL_MASTER_KEY")
        if given:
            return bytes.fromhex(given)
        return self._secret("master.key")

    def _secret(self, name: str) -> bytes:
        file = self.keys / name
        if file.exists():
            try:
                return bytes.fromhex(file.read_text(encoding="ascii").strip())
            except ValueError:
                raise BadConfiguration(f"{file} does not hold a key; put the backup of it back") from None
        self.keys.mkdir(mode=0o700, exist_ok=True)
        key = secrets.token_bytes(32)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
                out.write(key.hex() + "\n")
        except FileExistsError:
            return self._secret(name)
        return key

    def close(self) -> None:
        """Leave the embedded PostgreSQL; it stops when the last has left."""
        if self.postgres is not None:
            self.postgres.stop()
            self.postgres = None


def find(path: Path | None = None) -> Home:
    """The deployment of that configuration file, else of BACKHAUL_CONFIG, else of the working directory."""
    chosen = path or Path(os.environ.get("BACKHAUL_CONFIG", CONFIG_NAME))
    return Home(chosen.resolve(), read(chosen))
