"""Stock is claimed for what was sold, taken when it is sent, and put back when a sale is called off."""

from backhaul.sandbox.shopify.goods import Level, Location, Variant
from backhaul.sandbox.shopify.world import World


def short(variant: Variant, quantity: int) -> bool:
    """Whether no location has enough of it, and its policy is not to sell what is not there."""
    most = max((level.quantity("available") for level in variant.item.levels.values()), default=0)
    return not variant.item.sells_on and most < quantity


def _from(world: World, variant: Variant, quantity: int, location: Location | None) -> Level | None:
    levels = list(variant.item.levels.values())
    if location is not None:
        return world.level(variant.item, location)
    enough = (level for level in levels if level.quantity("available") >= quantity)
    return next(enough, levels[0] if levels else None)


def claim(world: World, variant: Variant, quantity: int, location: Location | None = None) -> Location | None:
    """Units for sale become promised ones; answers where. A set claims its parts."""
    if variant.components:
        for part in variant.components:
            location = claim(world, part.variant, part.quantity * quantity, location)
        return location
    level = _from(world, variant, quantity, location)
    if level is None:
        return location
    world.move(level, "available", -quantity)
    world.move(level, "committed", quantity)
    return level.location


def take(world: World, variant: Variant, quantity: int, location: Location) -> None:
    """Promised units leave the shelf; an order that claimed none has none to take."""
    level = world.level(variant.item, location)
    world.move(level, "committed", -min(quantity, level.counts["committed"]))


def unclaim(world: World, variant: Variant, quantity: int, location: Location) -> None:
    """Promised units are for sale again."""
    level = world.level(variant.item, location)
    if level.counts["committed"] >= quantity:
        world.move(level, "committed", -quantity)
    world.move(level, "available", quantity)
