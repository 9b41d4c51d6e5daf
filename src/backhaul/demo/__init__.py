"""A day of a small shop's returns, played before a newcomer's eyes against a real ERP."""

from enum import StrEnum
from pathlib import Path


class StorefrontKind(StrEnum):
    """What the boutique sells in: a stand-in of Shopify, or a real Medusa."""

    SHOPIFY = "shopify"
    MEDUSA = "medusa"


def play(
    *, once: bool, json_file: Path, directory: Path | None, short: bool = False, storefront: StorefrontKind
) -> int:
    """Play the day; 0 when Tryton's books are exactly right, 1 when not, 2 when it could not be played.

    ``short`` plays a dozen returns instead of fifty. ``once`` ends after the summary and writes it to ``json_file``.
    """
    # The guard lives in this package too and must start at once, without all that a performance needs.
    from backhaul.demo.performance import perform

    return perform(once=once, json_file=json_file, directory=directory, short=short, storefront=storefront)
