"""The tests' own footing: each test has a whole database, alike for threads, and the migrations are the models."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.core.management import call_command
from django.db import connection

from backhaul.store.models import Deployment, Merchant
from tests.support.database import Database


def _seen_by_a_thread() -> list[str]:
    try:
        return list(Merchant.objects.values_list("name", flat=True))
    finally:
        connection.close()


def test_a_row_is_seen_by_threads_and_by_other_programs(db: Database) -> None:
    Merchant.objects.create(name="acme", title="Acme")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_seen_by_a_thread).result() == ["acme"]
    with psycopg.connect(db.url) as other:
        assert other.execute("SELECT name FROM merchants").fetchall() == [("acme",)]


def test_the_next_test_starts_with_an_empty_database(db: Database) -> None:
    assert not Merchant.objects.exists()
    assert Deployment.objects.get().epoch == 1


def test_the_migrations_make_exactly_the_models_tables(db: Database) -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)
