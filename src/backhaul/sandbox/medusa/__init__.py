"""A real Medusa with a seeded shop, as a program of its own, for trying things out and for tests."""

from .client import Client, Refused
from .counter import Counter
from .failure import MedusaFailed
from .medusa import Medusa, default_cache
from .seeding import prepare
from .shop import MedusaShop, Sold

__all__ = ["Client", "Counter", "Medusa", "MedusaFailed", "MedusaShop", "Refused", "Sold", "default_cache", "prepare"]
