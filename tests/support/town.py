"""Two shops after a bad fortnight, played once for the whole run and given to each test as a database of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from backhaul.project.deployment import adopt
from backhaul.project.embedded import Embedded
from tests.support.database import TEMPLATE, point_django_at
from tests.support.day import Parcel, play
from tests.support.shop import Shop, Town

PLAYED = "template_played"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Played:
    """Acme, where finance works, and Beta, which they must never see; ``reader_token`` is of one who may only look."""

    acme: Shop
    beta: Shop
    parcels: tuple[Parcel, ...]
    beta_parcels: tuple[Parcel, ...]
    token: str
    reader_token: str
    beta_token: str

    def browser(self, name: str = "finance") -> Client:
        """A browser in which that person has signed in."""
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    def program(self, token: str | None = None) -> Client:
        """A program that sends a token, finance's unless another is given."""
        return Client(headers={"host": "localhost", "authorization": f"Bearer {token or self.token}"})


@pytest.fixture(scope="session")
def played_once(postgres: Embedded) -> Played:
    """The database to copy, and the shops in it; nobody is connected to it afterwards."""
    point_django_at(postgres.create_database(PLAYED, template=TEMPLATE))
    town = Town()
    acme = town.open("acme", "Acme Outdoor")
    parcels = play(acme, 15)
    beta = town.open("beta", "Beta Books", "America/New_York")
    beta_parcels = play(beta, 5)
    token = acme.person("finance")
    reader_token = acme.person("reader", may_resolve=False)
    beta_token = beta.person("rival")
    connections["default"].close()
    return Played(acme, beta, tuple(parcels), tuple(beta_parcels), token, reader_token, beta_token)


@pytest.fixture(scope="session")
def _shared(postgres: Embedded, played_once: Played) -> str:
    return postgres.create_database("played_to_look_at", template=PLAYED)


@pytest.fixture
def seen(_shared: str, played_once: Played) -> Iterator[Played]:
    """The two shops for a test that only looks: all such tests share one database."""
    point_django_at(_shared)
    adopt(played_once.beta.deployment)
    yield played_once
    connections["default"].close()
    os.environ.pop("DATABASE_URL", None)


@pytest.fixture
def played(postgres: Embedded, played_once: Played) -> Iterator[Played]:
    """The two shops in a database of this test alone."""
    name = f"played_{next(_numbers)}"
    point_django_at(postgres.create_database(name, template=PLAYED))
    adopt(played_once.beta.deployment)
    before = played_once.acme.clock.at
    yield played_once
    played_once.acme.clock.at = before
    connections["default"].close()
    os.environ.pop("DATABASE_URL", None)
    postgres.drop_database(name)
