"""Real outside systems for the tests that ask for them, started on this machine from a cache that outlives the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backhaul.sandbox import tryton as sandbox
from backhaul.sandbox.medusa import Medusa
from backhaul.sandbox.tryton import TrytonShop
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House, tryton_table
from tests.support.medusa_desk import Desk
from tests.support.medusa_ear import Ear, listening
from tests.support.ports import free_port

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def seeded_tryton() -> Path:
    """The cache with Tryton's programs and the seeded database; filling it takes a minute or two, once."""
    cache = Path(os.environ.get("BACKHAUL_TRYTON_CACHE") or REPOSITORY / ".cache/tryton")
    sandbox.prepare(cache)
    return cache


@pytest.fixture(scope="session")
def fresh_tryton(seeded_tryton: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], TrytonShop]]:
    """Starts a server of one's own on the freshly seeded shop, in about two seconds, as often as it is called."""
    started: list[Path] = []

    def start() -> TrytonShop:
        directory = tmp_path_factory.mktemp("tryton")
        started.append(directory)
        return sandbox.copy(seeded_tryton, directory, free_port())

    yield start
    for directory in started:
        sandbox.down(directory)


@pytest.fixture(scope="session")
def tryton(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    """One seeded shop that the tests of a run share: each of them takes orders that no other one touches."""
    return fresh_tryton()


@pytest.fixture(scope="session")
def market(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    """Another seeded shop that tests share: its orders are given out by the till."""
    return fresh_tryton()


@pytest.fixture(scope="session")
def office(market: TrytonShop) -> BackOffice:
    """The people of that shop, who look into Tryton themselves."""
    return BackOffice(market)


@pytest.fixture(scope="session")
def till(office: BackOffice) -> Till:
    """Gives out orders of that shop, each once."""
    return Till(office)


@pytest.fixture
def build(db: object, market: TrytonShop, till: Till) -> Iterator[Callable[..., House]]:
    """`build(policy)`: a deployment for that shop, and a platform that knows the till's orders so far."""
    built: list[House] = []

    def make(policy: dict[str, Any] | None = None, **more: Any) -> House:
        reads = (policy or {}).get("receipt_authority") == "erp"
        built.append(House.build(tryton_table(market, reads_receipts=reads), till.orders, policy=policy, **more))
        return built[-1]

    yield make
    for house in built:
        house.close()


@pytest.fixture(scope="session")
def ear() -> Iterator[Ear]:
    """Hears what the shop in the Medusa of this run posts."""
    with listening() as one:
        yield one


@pytest.fixture(scope="session")
def started_medusa(ear: Ear) -> Iterator[Medusa]:
    """The Medusa of this run. The first one ever is installed and seeded: two to three minutes, 800 MB in the cache."""
    cache = Path(os.environ.get("BACKHAUL_MEDUSA_CACHE") or REPOSITORY / ".cache/medusa")
    with Medusa(cache=cache, forward_to=ear.url) as one:
        yield one


@pytest.fixture
def medusa(started_medusa: Medusa, ear: Ear) -> Medusa:
    """That Medusa with the shop as it was seeded."""
    started_medusa.reset()
    ear.heard.clear()
    ear.refusals = 0
    return started_medusa


@pytest.fixture
def desk(medusa: Medusa) -> Desk:
    """Somebody at its returns desk."""
    return Desk(medusa.counter)
