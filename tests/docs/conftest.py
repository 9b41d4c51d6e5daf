"""The pages that start a real ERP take it from the same cache as the real tests."""

from tests.real.conftest import seeded_tryton

__all__ = ["seeded_tryton"]
