"""What every flow works with: configured connections, policies, keys and the clock, handed in as one value."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from backhaul.domain import effects as e
from backhaul.domain.effects import Effect
from backhaul.domain.mappings import ValueMapping
from backhaul.domain.policy import Policy
from backhaul.flows.effective import Effective
from backhaul.sdk.connector import Connector, Performs
from backhaul.sdk.lease import running_clock
from backhaul.sdk.wire import Wire
from backhaul.store.seals import Keyring

log = structlog.get_logger()
# Choices of the policy that somebody must be able to carry out, what each is otherwise, and the effect it takes.
_NEEDS: Mapping[str, tuple[Any, type[Effect]]] = {
    "announce_on": ("never", e.AnnounceReturn),
    "approve_refunds": ("never", e.ApproveRefund),
    "report_contents": ("never", e.ReportContents),
    "storefront_returns": ("never", e.OpenStorefrontReturn),
    "track_returns": ("never", e.TrackStorefrontReturn),
    "mark_orders": ("never", e.MarkOrder),
    "exchange_at": ("erp", e.OrderExchangeAtStorefront),
    "refund_owner": ("platform", e.IssueRefund),
    "stock_owners": ({}, e.FlushStorefrontStock),
}


@dataclass(slots=True)
class Link:
    """One connection, ready for use. ``scope`` is the connection whose names of returns its messages use.

    ``configured`` are the settings without the mappings that are laid over them.
    ``poll_every`` takes the place of the connector's own schedule where it is set. ``deadline_s`` is how long one
    call to the system may take.
    """

    id: int
    name: str
    merchant_id: int
    connector: Connector
    settings: Any = field(repr=False)
    wire: Callable[[], Wire] = field(repr=False)
    scope_id: int = 0
    go_live_at: datetime | None = None
    poll_every: timedelta | None = None
    deadline_s: float = 20.0
    configured: Any = field(init=False, repr=False)
    _mapped: tuple[ValueMapping, ...] = field(default=(), repr=False)
    _system: Any = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.scope_id = self.scope_id or self.id
        self.configured = self.settings

    def laid_over(self, mappings: Sequence[ValueMapping]) -> Any:
        """The settings with these mappings laid over. Raises ValueError where one of them cannot be used."""
        maps = self.connector.maps
        mine = [one for one in mappings if maps is not None and one.kind in maps.kinds]
        return maps.lay_over(self.configured, mine) if maps is not None and mine else self.configured

    def lay_over(self, mappings: Sequence[ValueMapping]) -> None:
        """Work with these mappings from now on; where one cannot be used, with what was mapped before."""
        maps = self.connector.maps
        mine = tuple(one for one in mappings if maps is not None and one.kind in maps.kinds)
        if mine == self._mapped:
            return
        try:
            settings = self.laid_over(mine)
        except ValueError as error:
            log.error("mappings.not_usable", connection=self.name, why=str(error))
            return
        with self._lock:
            self.settings, self._mapped, self._system = settings, mine, None

    @property
    def system(self) -> Any:
        """The connected system, made on first use and shared by threads. Raises ValueError where there is none."""
        with self._lock:
            if self._system is None:
                if self.connector.connect is None:
                    raise ValueError(f"connection {self.name} ({self.connector.name}) only receives")
                self._system = self.connector.connect(self.settings, self.wire())
            return self._system

    def performer(self, effect: type[Effect]) -> Performs | None:
        """The pair for that sort of effect, if this connection with its settings does it."""
        performs = self.connector.performer(effect)
        return performs if performs is not None and performs.offered(self.settings) else None

    @property
    def grace(self) -> timedelta:
        """How long after a lease ended its work may still take effect unseen: a last call, and what stays invisible."""
        lag_s = max((performs.visible_after_s for performs in self.connector.performs), default=0.0)
        return timedelta(seconds=self.deadline_s + lag_s)


@dataclass(frozen=True, slots=True)
class Times:
    """How long flows wait for what; all in seconds.

    A claim holds for ``lease_s``, but never shorter than three calls of its connection. What ended unsure is looked
    at after ``retry_first_s``, then after twice that, and so on up to ``retry_most_s``.
    """

    lease_s: float = 120.0
    exception_due: timedelta = timedelta(days=1)
    retry_first_s: float = 2.0
    retry_most_s: float = 300.0

    def lease_of(self, link: Link) -> float:
        """For how long effects of that connection are claimed, in seconds."""
        return max(self.lease_s, 3 * link.deadline_s)


@dataclass(frozen=True, slots=True)
class Deployment:
    """``links`` by connection name, ``policies`` by merchant id. ``pulse`` is called with a name after each commit.

    Given are the policies as configured; what is read here has the mappings laid over, as of the last ``renew``.
    ``now`` is the wall clock, ``seconds`` one that nobody sets: leases count on it.
    """

    links: Mapping[str, Link]
    policies: Mapping[int, Policy]
    keys: Keyring
    now: Callable[[], datetime]
    wake: Callable[[str], None] = lambda _flow: None
    pulse: Callable[[str], None] = lambda _name: None
    times: Times = Times()
    flush_every: Mapping[int, timedelta] = field(default_factory=dict)
    seconds: Callable[[], float] = running_clock
    effective: Effective = field(init=False, repr=False)

    def __post_init__(self) -> None:
        effective = self.policies if isinstance(self.policies, Effective) else Effective(self.policies)
        object.__setattr__(self, "policies", effective)
        object.__setattr__(self, "effective", effective)

    def renew(self) -> None:
        """Take up what was mapped since. Inside a commit nothing else is mapped from here to its end."""
        if self.effective.renew():
            for link in list(self.links.values()):
                link.lay_over(self.effective.mapped(link.merchant_id))

    @property
    def connection_ids(self) -> list[int]:
        """The rows of the configured connections. What belongs to others waits until they are configured again."""
        return [link.id for link in self.links.values()]

    def link(self, connection_id: int) -> Link:
        """The connection of that row. Raises KeyError for one that is no longer configured."""
        for link in self.links.values():
            if link.id == connection_id:
                return link
        raise KeyError(f"connection {connection_id} is in the database and not in backhaul.toml")

    def performer(self, merchant_id: int, effect: type[Effect]) -> Link | None:
        """The merchant's connection that does that sort of effect; the first by name where several could.

        An ERP goes before them: its documents need the order as the ERP has it.
        """
        able = [
            link
            for link in self.links.values()
            if link.merchant_id == merchant_id and link.performer(effect) is not None
        ]
        return min(able, key=lambda link: (link.performer(e.OpenReturnAuthorisation) is None, link.name), default=None)

    def policy_of(self, merchant_id: int, first_seen_at: datetime) -> Policy:
        """The policy to decide a return with that was first seen then."""
        return self.policy(merchant_id, self.effective.at(merchant_id, first_seen_at))

    def policy(self, merchant_id: int, chosen: Policy | None = None) -> Policy:
        """The policy to decide with: the merchant's, or the one ``chosen``, less what no connection of theirs can do.

        What nothing announces, approves or reports is not owed: it would wait for ever and keep its return from being
        closed.
        """
        policy = chosen or self.policies[merchant_id]
        for choice, (off, effect) in _NEEDS.items():
            if getattr(policy, choice) != off and self.performer(merchant_id, effect) is None:
                policy = replace(policy, **{choice: off})
        return policy
