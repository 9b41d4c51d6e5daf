"""``backhaul.toml``: merchants, their policies and connections, read and checked before anything starts."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backhaul.domain.policy_versions import AppliesTo


class BadConfiguration(ValueError):
    """The configuration cannot be used; the message names the file, the place and what to do."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConnectionTable(_Table):
    """One connection. ``speaks_of`` names the platform connection whose return names its messages use.

    ``poll_every_seconds`` takes the place of the connector's own schedule.
    """

    connector: str
    settings: dict[str, Any] = Field(default_factory=dict)
    go_live_at: datetime | None = None
    speaks_of: str | None = None
    poll_every_seconds: float | None = Field(default=None, gt=0)

    @property
    def poll_every(self) -> timedelta | None:
        return None if self.poll_every_seconds is None else timedelta(seconds=self.poll_every_seconds)


class PlaceTable(_Table):
    account: str
    location: str


class PolicyTable(_Table):
    """The policy as it is written; see the policy reference. Amounts of fees are minor units."""

    refund_confirmation: str = "money"
    refund_owner: str = "platform"
    exchange_owner: str = "platform"
    refund_on: str = "approval"
    refund_tender: str = "original"
    exchange_on: str = "approval"
    exchange_at: str = "both"
    storefront_returns: str = "authorisation"
    track_returns: str = "label"
    mark_orders: str = "changes"
    stock_owners: dict[str, str] = Field(default_factory=dict)
    credit_note_on: str = "refund"
    receipt_authority: str = "warehouse"
    sellable_on: str = "inspection"
    announce_on: str = "drop-off"
    approve_refunds: str = "never"
    report_contents: str = "never"
    primary_site: str = "MAIN"
    places: dict[str, PlaceTable] | None = None
    dispositions: dict[str, str] = Field(default_factory=dict)
    sku_aliases: dict[str, str] = Field(default_factory=dict)
    sku_classes: dict[str, str] = Field(default_factory=dict)
    sites: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)
    fees: dict[str, dict[str, int]] = Field(default_factory=dict)
    rounding_tolerance_minor: dict[str, int] = Field(default_factory=dict)
    damage_asked_over: dict[str, int] = Field(default_factory=dict)
    due_days: dict[str, float] = Field(default_factory=dict)
    owners: dict[str, str] = Field(default_factory=dict)


class MerchantTable(_Table):
    title: str = ""
    timezone: str = "UTC"
    flush_every_minutes: float = Field(default=60, gt=0)
    policy_applies_to: AppliesTo = "open"
    policy: PolicyTable = PolicyTable()
    connections: dict[str, ConnectionTable] = Field(default_factory=dict)

    @property
    def flush_every(self) -> timedelta:
        return timedelta(minutes=self.flush_every_minutes)


class TimesTable(_Table):
    """How long workers wait for what, in seconds; see flows.deployment.Times."""

    lease_seconds: float = Field(default=120, gt=0)
    retry_first_seconds: float = Field(default=2, ge=0)
    retry_most_seconds: float = Field(default=300, gt=0)


class SiteTable(_Table):
    """Where this deployment is reached and keeps its things. No ``database_url`` means the embedded PostgreSQL."""

    base_url: str = "http://127.0.0.1:8000"
    listen: str = "127.0.0.1:8000"
    database_url: str | None = None
    data: str | None = None
    hosts: list[str] = Field(default_factory=list)
    times: TimesTable = TimesTable()


class Configuration(_Table):
    backhaul: SiteTable = SiteTable()
    merchants: dict[str, MerchantTable] = Field(default_factory=dict)


def read(path: Path) -> Configuration:
    """The configuration of that file, its secrets filled in from the environment and files it names.

    Raises BadConfiguration.
    """
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfiguration(f"{path} does not exist; `backhaul init` writes one") from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{path} is not TOML: {error}") from None
    try:
        return Configuration.model_validate(_filled(plain, path.parent, str(path)))
    except ValidationError as error:
        raise BadConfiguration(_explain(str(path), error)) from None


def explain_settings(where: str, error: ValidationError) -> str:
    """One line per mistake in a connection's settings."""
    return _explain(where, error)


def _explain(where: str, error: ValidationError) -> str:
    lines = [f"{where}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
    return "\n".join(lines)


def _filled(value: Any, folder: Path, where: str) -> Any:
    """``{ env = "NAME" }`` and ``{ file = "path" }`` become what they name, so that no secret stands in the file."""
    if isinstance(value, Mapping):
        if set(value) == {"env"}:
            name = str(value["env"])
            if name not in os.environ:
                raise BadConfiguration(f"{where}: the environment variable {name} is not set")
            return os.environ[name]
        if set(value) == {"file"}:
            file = folder / str(value["file"])
            try:
                return file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadConfiguration(f"{where}: cannot read {file}: {error.strerror}") from None
        return {key: _filled(inner, folder, f"{where}: {key}") for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, folder, where) for inner in value]
    return value
