"""Everything the shop knows, by id: the state on which each mutation and each act of a test works."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from backhaul.sandbox.clock import Clock

from .bulks import Bulk
from .faults import Dice
from .goods import Item, Level, Location, Variant
from .idempotency import Ledger
from .metafields import Definition, Metafields
from .naming import Names, kind_of
from .orders import Customer, Order
from .outbox import Outbox
from .refusals import BadCall, Refused
from .returns import Reason

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change of a shop."""

    name: str = "Modern Retailer"
    domain: str = "modern-retailer.myshopify.com"
    currency: str = "USD"
    timezone: str = "America/New_York"
    version: str = "2026-07"
    scopes: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Subscription:
    """A webhook subscription that a caller made."""

    kind = "WebhookSubscription"
    gid: str
    topic: str
    uri: str
    form: str
    created_at: datetime
    include_fields: list[str]
    filter: str | None
    version: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A userError that a test wants of the next call of a mutation, which is done all the same or is not."""

    mutation: str
    code: str
    done: bool


@dataclass(slots=True, eq=False)
class World:
    """The shop's state; `refund_endings` are the statuses that the next refunds' payments get."""

    clock: Clock
    names: Names
    dice: Dice
    outbox: Outbox
    facts: Facts
    target: str | None = None
    index_lag_seconds: float = 0.0
    objects: dict[str, Any] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    bulks: list[Bulk] = field(default_factory=list)
    metafields: Metafields = field(default_factory=Metafields)
    planned: list[Planned] = field(default_factory=list)
    refund_endings: list[str] = field(default_factory=list)
    changed_orders: dict[Order, list[str]] = field(default_factory=dict)
    changed_levels: dict[Level, None] = field(default_factory=dict)
    idempotency: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.idempotency = Ledger(self.clock.seconds)

    def now(self) -> datetime:
        """The shop's time."""
        return self.clock.now()

    def gid(self, kind: str) -> str:
        """The next id of a kind."""
        return self.names.gid(kind)

    def keep(self, thing: Any) -> Any:
        """Remember a thing by its id."""
        self.objects[thing.gid] = thing
        return thing

    def find(self, kind: type[Kind], gid: str) -> Kind | None:
        """The thing with this id, if it is of this kind."""
        found = self.objects.get(gid)
        return found if isinstance(found, kind) else None

    def need(self, kind: type[Kind], gid: str, code: str | None, *path: str | int) -> Kind:
        """The thing with this id; raises Refused with this code."""
        if kind_of(gid) is None:
            raise BadCall(f"Invalid global id '{gid}'", "INVALID_ID")
        found = self.find(kind, gid)
        if found is None:
            name = getattr(kind, "kind", kind.__name__)
            raise Refused(code, f"{name} does not exist: {gid}", *path)
        return found

    def touch(self, order: Order, topic: str = "orders/updated") -> None:
        """An order changed now; each topic is told once, at the end of what is being done."""
        order.touched.append(self.now())
        topics = self.changed_orders.setdefault(order, [])
        if topic not in topics:
            topics.append(topic)

    def level(self, item: Item, location: Location) -> Level:
        """Where an item lies at a location, made if there is none."""
        found = item.levels.get(location.gid)
        if found is None:
            found = Level(self.gid("InventoryLevel"), item, location, self.now(), self.now())
            found.gid += f"?inventory_item_id={item.gid.rsplit('/', 1)[1]}"
            item.levels[location.gid] = self.keep(found)
        return found

    def move(self, level: Level, state: str, delta: int) -> None:
        """Units appear in a state, or leave it."""
        level.counts[state] += delta
        level.updated_at = level.item.updated_at = self.now()
        if state == "available":
            self.changed_levels[level] = None

    def refund_ending(self, gateway: str) -> str:
        """How the next refund over a gateway ends; a gift card is always filled at once."""
        if gateway != "gift_card" and self.refund_endings:
            return self.refund_endings.pop(0)
        return "SUCCESS"
