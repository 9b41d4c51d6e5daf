"""The deployment as configured: rows for its merchants and connections, links to their systems, policies and keys."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backhaul.flows.change_policy import keep_configured
from backhaul.flows.deployment import Deployment, Link, Times
from backhaul.flows.effective import Effective
from backhaul.project.configuration import (
    BadConfiguration,
    Configuration,
    ConnectionTable,
    TimesTable,
    explain_settings,
)
from backhaul.project.connectors import connectors
from backhaul.project.home import Home, find
from backhaul.project.policies import body_of, policy_of
from backhaul.project.queue import wake
from backhaul.sdk.connector import Connector
from backhaul.sdk.wire import Wire
from backhaul.store import merchants
from backhaul.store.seals import Keyring

_lock = threading.Lock()
_current: list[Deployment] = []


def current() -> Deployment:
    """This process's deployment, built from BACKHAUL_CONFIG on first use."""
    with _lock:
        if not _current:
            home = find()
            _current.append(build(home.configuration, home.master_key()))
        return _current[0]


def adopt(deployment: Deployment) -> None:
    """Make a deployment built elsewhere the process's own (the command line, tests)."""
    with _lock:
        _current[:] = [deployment]


def build(
    configuration: Configuration,
    master_key: bytes,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    times: Times | None = None,
) -> Deployment:
    """Rows and links for everything configured. Raises BadConfiguration, naming every mistake it finds."""
    links: dict[str, Link] = {}
    policies = {}
    flush_every = {}
    for merchant, table in configuration.merchants.items():
        policy = policy_of(merchant, table)
        merchant_id = merchants.keep(merchant, table.title or merchant, table.timezone)
        policies[merchant_id] = policy
        flush_every[merchant_id] = table.flush_every
        mine: dict[str, Link] = {}
        for name, wanted in table.connections.items():
            if name in links or name in mine:
                raise BadConfiguration(f"merchants.{merchant}.connections.{name}: another connection has this name")
            mine[name] = _link(merchant_id, f"merchants.{merchant}.connections.{name}", name, wanted)
        _scope(merchant, table.connections, mine)
        links |= mine
    deployment = Deployment(
        links,
        Effective(policies, kept=True),
        Keyring(master_key),
        now,
        wake,
        times=times or _times(configuration.backhaul.times),
        flush_every=flush_every,
    )
    for table, (merchant_id, policy) in zip(configuration.merchants.values(), policies.items(), strict=True):
        keep_configured(merchant_id, policy, table.policy_applies_to, deployment)
    deployment.renew()
    for merchant_id, policy in deployment.policies.items():
        merchants.keep_policy(merchant_id, policy.version, body_of(policy))
    return deployment


def _link(merchant_id: int, where: str, name: str, table: ConnectionTable) -> Link:
    connector = connectors().get(table.connector)
    if connector is None:
        known = ", ".join(sorted(connectors()))
        raise BadConfiguration(f"{where}: there is no connector {table.connector!r}; there are {known}")
    try:
        settings = connector.settings.model_validate(table.settings)
    except ValidationError as error:
        raise BadConfiguration(explain_settings(f"{where}.settings", error)) from None
    row = merchants.keep_connection(merchant_id, name, connector.name, table.go_live_at)
    link = Link(row, name, merchant_id, connector, settings, _wire(connector, settings), go_live_at=table.go_live_at)
    link.poll_every, link.deadline_s = table.poll_every, _deadline_s(settings)
    return link


def _times(table: TimesTable) -> Times:
    return Times(
        lease_s=table.lease_seconds, retry_first_s=table.retry_first_seconds, retry_most_s=table.retry_most_seconds
    )


def _deadline_s(settings: Any) -> float:
    return float(getattr(settings, "deadline_s", 20.0))


def _wire(connector: Connector, settings: Any) -> Callable[[], Wire]:
    def make() -> Wire:
        return Wire(
            connector.address(settings),
            deadline_s=_deadline_s(settings),
            connections=connector.concurrency(settings) + 1,
        )

    return make


def _scope(merchant: str, tables: dict[str, ConnectionTable], links: dict[str, Link]) -> None:
    """Neutral messages name returns as their platform does: the one they say, else the merchant's only one."""
    platforms = [name for name, link in links.items() if any(p.name == "open-returns" for p in link.connector.polls)]
    for name, link in links.items():
        wanted = tables[name].speaks_of
        if wanted is not None and wanted not in links:
            raise BadConfiguration(f"merchants.{merchant}.connections.{name}.speaks_of: there is no {wanted!r}")
        if wanted is not None:
            link.scope_id = links[wanted].id
        elif name not in platforms and len(platforms) == 1:
            link.scope_id = links[platforms[0]].id


def open_home(path: Path | None = None) -> tuple[Home, Deployment]:
    """The deployment of a configuration file, its database reached and brought up to date."""
    home = find(path)
    home.prepare()
    migrate()
    deployment = build(home.configuration, home.master_key())
    adopt(deployment)
    return home, deployment


def migrate() -> None:
    """Bring the tables up to date; of several programs that start at once one does it and the others wait."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('backhaul.migrate'))")
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('backhaul.migrate'))")
