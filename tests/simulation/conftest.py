"""The run's PostgreSQL as ground for simulated days."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from backhaul.project.embedded import Embedded
from backhaul.simulation.ground import Ground
from tests.support.database import TEMPLATE


@pytest.fixture
def ground(postgres: Embedded) -> Iterator[Ground]:
    yield Ground(postgres, TEMPLATE)
    os.environ.pop("DATABASE_URL", None)
