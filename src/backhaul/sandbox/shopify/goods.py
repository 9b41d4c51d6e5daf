"""What the shop keeps on shelves: variants, the sets they make up, and what lies where in which state."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

# on_hand is the sum of these; `incoming` is not on hand yet.
ON_HAND = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
STATES = (*ON_HAND, "incoming")
ADJUSTABLE = ("available", "reserved", "damaged", "safety_stock", "quality_control", "incoming")


@dataclass(slots=True, eq=False)
class Location:
    """A place that keeps stock."""

    kind: ClassVar[str] = "Location"
    gid: str
    name: str
    created_at: datetime
    is_active: bool = True


@dataclass(slots=True, eq=False)
class Variant:
    """One thing for sale; its price in minor units of the shop. A set has `components` and no stock of its own."""

    kind: ClassVar[str] = "ProductVariant"
    gid: str
    sku: str
    title: str
    price: int
    product: "Product"
    item: "Item"
    components: tuple["Component", ...] = ()


@dataclass(slots=True, eq=False)
class Component:
    """How many of a variant one set takes."""

    kind: ClassVar[str] = "ProductVariantComponent"
    gid: str
    variant: Variant
    quantity: int


@dataclass(slots=True, eq=False)
class Product:
    """What variants belong to; here each has one."""

    kind: ClassVar[str] = "Product"
    gid: str
    title: str
    variants: list[Variant] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Item:
    """The stock-keeping side of a variant; `sells_on` is the policy to sell what is not there.

    `cost` is what one of it cost the shop, in minor units of its currency.
    """

    kind: ClassVar[str] = "InventoryItem"
    gid: str
    sku: str
    created_at: datetime
    updated_at: datetime
    tracked: bool = True
    sells_on: bool = False
    cost: int | None = None
    levels: dict[str, "Level"] = field(default_factory=dict)
    variant: Variant | None = None

    @property
    def is_set(self) -> bool:
        """Whether it stands for a set, whose stock is that of its parts."""
        return bool(self.variant and self.variant.components)


@dataclass(slots=True, eq=False)
class Level:
    """How many units of an item lie at a location, by state."""

    kind: ClassVar[str] = "InventoryLevel"
    gid: str
    item: Item
    location: Location
    created_at: datetime
    updated_at: datetime
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))

    def quantity(self, name: str) -> int:
        """Units in a state; `on_hand` is counted together."""
        return sum(self.counts[each] for each in ON_HAND) if name == "on_hand" else self.counts[name]
