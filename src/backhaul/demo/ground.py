"""Where a demo stands: its folder, its ports and secrets, and the backhaul.toml of its merchants."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backhaul.demo.parcels import Parcels
from backhaul.demo.tales import Merchant
from backhaul.sandbox.tryton import TrytonShop

FIRST_PORT, LAST_PORT = 18500, 18599
SYSTEM_DIRECTORY = Path("/var/lib/backhaul/demo")
PERSON, PASSWORD = "demo", "demo-shows-returns"
_API_KEY = "demo-key"


class DemoFailed(RuntimeError):
    """The demo cannot go on; the text says why and what to do."""


def default_directory() -> Path:
    """Under the XDG data home for an ordinary user, under /var/lib as root, as the embedded PostgreSQL wants it."""
    if os.geteuid() == 0:
        return SYSTEM_DIRECTORY
    named = Path(os.environ.get("XDG_DATA_HOME") or "")
    home = named if named.is_absolute() else Path.home() / ".local" / "share"
    return home / "backhaul" / "demo"


@dataclass(frozen=True, slots=True)
class Ports:
    """Addresses of this run on 127.0.0.1, free when they were chosen."""

    backhaul: int
    tryton: int
    platform: int
    outlet_platform: int
    boutique_platform: int
    storefront: int

    @classmethod
    def free(cls) -> Ports:
        found: list[int] = []
        with ExitStack() as held:
            for port in range(FIRST_PORT, LAST_PORT + 1):
                probe = held.enter_context(socket.socket())
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                found.append(port)
                if len(found) == 6:
                    return cls(*found)
        raise DemoFailed(f"fewer than six of the ports {FIRST_PORT} to {LAST_PORT} are free; end what uses them")


@dataclass(frozen=True, slots=True)
class Ground:
    """``directory`` outlives a run (programs, seeded shop, PostgreSQL); ``run`` below it is made anew by each."""

    directory: Path
    ports: Ports = field(default_factory=Ports.free)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def tryton_cache(self) -> Path:
        return self.directory / "tryton"

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def run(self) -> Path:
        return self.directory / "run"

    @property
    def tryton(self) -> Path:
        return self.run / "tryton"

    @property
    def config(self) -> Path:
        return self.run / "backhaul.toml"

    @property
    def parcels(self) -> Parcels:
        """What the warehouse and Backhaul exchange."""
        return Parcels(self.run / "parcels")

    @property
    def backhaul_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.backhaul}"

    def platform_url(self, merchant: Merchant = "acme") -> str:
        """Where a merchant's Happy Returns stand-in answers."""
        ports = {
            "acme": self.ports.platform,
            "outlet": self.ports.outlet_platform,
            "boutique": self.ports.boutique_platform,
        }
        return f"http://127.0.0.1:{ports[merchant]}"

    @property
    def api_key(self) -> str:
        return _API_KEY

    def renew(self) -> None:
        """Clear away what the last run left in ``run``."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.run.mkdir(parents=True)
        self.run.chmod(0o700)
        self.parcels.set_up()

    def write_config(self, shop: TrytonShop, tryton_url: str, storefront: str, settings: str) -> None:
        """Three merchants on one Tryton: the warehouse's word and stated money, the ERP's word and approval, and one
        with a storefront, where we move the money and raise the stock; ``settings`` are that connection's."""
        text = _SITE.format(g=self, postgres=self.postgres) + _ACME.format(g=self) + _OUTLET.format(g=self)
        text += _BOUTIQUE.format(g=self, storefront=storefront, settings=settings)
        live = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for merchant, name, receives in (
            ("acme", "erp", "false"),
            ("outlet", "outlet-erp", "true"),
            ("boutique", "boutique-erp", "false"),
        ):
            text += _ERP.format(merchant=merchant, name=name, receives=receives, live=live, url=tryton_url, shop=shop)
        with os.fdopen(os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one demo stands here at a time. Raises DemoFailed for the second."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoFailed(
                    f"another demo runs in {self.directory}; end it, or name another --directory"
                ) from None
            yield


_SITE = """\
# The demo's deployment, written anew by each run. Schedules are short: a day of returns passes in a minute.
[backhaul]
base_url = "{g.backhaul_url}"
listen = "127.0.0.1:{g.ports.backhaul}"
data = "{postgres}"
"""
_ACME = """
[merchants.acme]
title = "Acme: warehouse receives, stated money"
flush_every_minutes = 0.1
[merchants.acme.policy]
refund_confirmation = "money"
receipt_authority = "warehouse"
exchange_owner = "backhaul"
rounding_tolerance_minor = {{ USD = 1 }}
announce_on = "drop-off"
approve_refunds = "person"
report_contents = "inspection"
[merchants.acme.connections.happy-returns]
connector = "happy-returns"
poll_every_seconds = 10
[merchants.acme.connections.happy-returns.settings]
base_url = "http://127.0.0.1:{g.ports.platform}"
retailer_id = "acme"
api_key = "{g.api_key}"
requests_per_second = 10
signature_secrets = ["{g.secret}"]
contents_dispositions = {{ sellable = "like-new", damaged = "broken" }}
[merchants.acme.connections.happy-returns.settings.meanings]
keep-it = "returnless"
called-off = "cancelled"
not-this-one = "declined"
[merchants.acme.connections.money]
connector = "neutral-money"
settings = {{ signature_secrets = ["{g.secret}"] }}
[merchants.acme.connections.warehouse]
connector = "neutral-warehouse"
settings = {{ signature_secrets = ["{g.secret}"] }}
[merchants.acme.connections.parcels]
connector = "warehouse-files"
poll_every_seconds = 1
settings = {{ folder = "{g.parcels.root}" }}
"""
_OUTLET = """
[merchants.outlet]
title = "Outlet: Tryton receives, refunds by approval"
flush_every_minutes = 0.1
[merchants.outlet.policy]
refund_confirmation = "approval"
receipt_authority = "erp"
fees = {{ mail = {{ USD = 500 }} }}
[merchants.outlet.connections.outlet-returns]
connector = "happy-returns"
poll_every_seconds = 10
[merchants.outlet.connections.outlet-returns.settings]
base_url = "http://127.0.0.1:{g.ports.outlet_platform}"
retailer_id = "outlet"
api_key = "{g.api_key}"
requests_per_second = 10
signature_secrets = ["{g.secret}"]
"""
_BOUTIQUE = """
[merchants.boutique]
title = "Boutique: a storefront, we pay and restock"
flush_every_minutes = 0.1
[merchants.boutique.policy]
refund_owner = "backhaul"
exchange_owner = "backhaul"
exchange_at = "both"
stock_owners = {{ "*" = "backhaul" }}
rounding_tolerance_minor = {{ USD = 1 }}
[merchants.boutique.connections.boutique-returns]
connector = "happy-returns"
poll_every_seconds = 10
[merchants.boutique.connections.boutique-returns.settings]
base_url = "http://127.0.0.1:{g.ports.boutique_platform}"
retailer_id = "boutique"
api_key = "{g.api_key}"
requests_per_second = 10
signature_secrets = ["{g.secret}"]
[merchants.boutique.connections.boutique-money]
connector = "neutral-money"
settings = {{ signature_secrets = ["{g.secret}"] }}
[merchants.boutique.connections.boutique-warehouse]
connector = "neutral-warehouse"
settings = {{ signature_secrets = ["{g.secret}"] }}
[merchants.boutique.connections.boutique-shop]
connector = "{storefront}"
poll_every_seconds = 5
[merchants.boutique.connections.boutique-shop.settings]
{settings}"""
_ERP = """
[merchants.{merchant}.connections.{name}]
connector = "tryton"
go_live_at = {live}
poll_every_seconds = 6
[merchants.{merchant}.connections.{name}.settings]
url = "{url}"
database = "{shop.database}"
key = "{shop.key}"
login = "{shop.login}"
password = "{shop.password}"
reads_receipts = {receives}
concurrency = 1
"""
