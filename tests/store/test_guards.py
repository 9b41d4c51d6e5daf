"""What the database refuses by itself, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction

from backhaul.domain.facts import UnitAllocated, UnitReleased
from backhaul.domain.mappings import Name
from backhaul.domain.orders import FrozenComponent, FrozenLine, component_lines, sold_slots
from backhaul.store import allocations, mappings, merchants, registry
from backhaul.store.inbox import Incoming, keep
from backhaul.store.models import Allocation
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.registry import Minted
from backhaul.store.seals import Keyring
from backhaul.store.sql import rows, run

NOW = datetime(2026, 11, 2, tzinfo=UTC)
KEYS = Keyring(bytes(32))


@pytest.fixture
def connection_id(db: object) -> int:
    merchant_id = merchants.keep("acme", "Acme", "UTC")
    made = merchants.keep_connection(merchant_id, "happy-returns", "happy-returns", None)
    registry.mint([Minted(name, merchant_id, made, name, None) for name in ("R1", "R2")], NOW)
    return made


def refused(statement: str) -> str:
    with pytest.raises(Error) as error, transaction.atomic():
        run(statement)
    return str(error.value)


def an_effect(standing: str, *, attempted: bool = False) -> None:
    run(
        """
        INSERT INTO effects (key, verb, merchant_id, payload, payload_hash, policy_version, after, standing, epoch,
                             first_attempt_at, reference, created_at)
        SELECT 'k', 'issue-credit-note', id, '{}', 'h', 'p', '{}', %s, 1, %s, 'invoice,1', %s FROM merchants LIMIT 1
        """,
        (standing, NOW if attempted else None, NOW),
    )


def test_the_migrations_add_up_to_the_models(db: object) -> None:
    said = StringIO()
    call_command("makemigrations", "store", check=True, dry_run=True, stdout=said)
    assert "No changes" in said.getvalue()


@pytest.mark.parametrize("table", ["facts", "entries", "attempts", "identities", "messages", "effects"])
def test_evidence_is_never_deleted(connection_id: int, table: str) -> None:
    keep([Incoming(connection_id, b"{}", NOW)], KEYS)
    registry.bind({(connection_id, "return", "x"): "R1"})
    tell([ToldFact("R1", UnitAllocated("u", "o", "l", 0))], NOW)
    an_effect("due")
    run("INSERT INTO attempts (effect_id, number, holder, begun_at, ended_at, outcome, why) SELECT id, 1, 'h', %s, %s, 'done', '' FROM effects", (NOW, NOW))  # fmt: skip # noqa: E501
    run("INSERT INTO entries (cause, part, merchant_id, return_id, source, destination, quantity, commodity, recorded_at) SELECT 'c', 0, merchant_id, id, 'customer', 'transit', 1, 'MUG', %s FROM returns WHERE id = 'R1'", (NOW,))  # fmt: skip # noqa: E501
    assert rows(f"SELECT count(*) FROM {table}")[0][0] == 1
    assert "append-only" in refused(f"DELETE FROM {table}")
    if table not in ("messages", "effects"):
        column = {"identities": "value", "facts": "kind", "entries": "cause", "attempts": "why"}[table]
        assert "append-only" in refused(f"UPDATE {table} SET {column} = 'other'")
    if table != "identities":
        assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["merchants", "connections", "returns", "orders", "messages", "effects"])
def test_what_other_rows_name_is_neither_deleted_nor_renamed(connection_id: int, table: str) -> None:
    """Facts, entries, effects, attempts, expectations and messages have no foreign key beside this (decision 0011)."""
    keep([Incoming(connection_id, b"{}", NOW)], KEYS)
    registry.lock_orders(rows("SELECT id FROM merchants")[0][0], ["SHOP-1"])
    an_effect("due")
    new = "'R9'" if table == "returns" else "id + 1000"
    assert "is refused" in refused(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})")
    assert "is refused" in refused(f"UPDATE {table} SET id = {new} WHERE id = (SELECT min(id) FROM {table})")
    assert "is refused" in refused(f"TRUNCATE {table} CASCADE")


def test_a_message_stays_as_it_was_received(connection_id: int) -> None:
    keep([Incoming(connection_id, b"{}", NOW)], KEYS)
    assert "kept as it was received" in refused("UPDATE messages SET body = 'x'")
    assert "kept as it was received" in refused("UPDATE messages SET dedupe = 'x'")
    assert run("UPDATE messages SET state = 'read', seal = 'y'") == 1


def test_the_payload_of_an_attempted_effect_is_frozen(connection_id: int) -> None:
    an_effect("unsure", attempted=True)
    assert "frozen" in refused("UPDATE effects SET payload = '{\"total_minor\": 1}'")
    assert "frozen" in refused("UPDATE effects SET policy_version = 'q'")
    assert "cannot become moot" in refused("UPDATE effects SET standing = 'moot'")


def test_a_done_effect_stays_done(connection_id: int) -> None:
    an_effect("done", attempted=True)
    assert "stays done" in refused("UPDATE effects SET standing = 'due'")
    assert "stays done" in refused("UPDATE effects SET reference = 'invoice,2'")


def test_a_sold_unit_cannot_be_in_two_returns(connection_id: int) -> None:
    (merchant_id,) = rows("SELECT id FROM merchants")[0]
    order = registry.lock_orders(merchant_id, ["SHOP-1"])["SHOP-1"]
    fact = UnitAllocated("u", "SHOP-1", "line", 0)
    allocations.write([(order, "R1", fact)])
    with pytest.raises(IntegrityError, match="sold_unit_once"), transaction.atomic():
        allocations.write([(order, "R2", fact)])
    assert allocations.hand_over("R1", "R2") == 1
    assert Allocation.objects.filter(released=False).get().return_ref_id == "R2"


def test_a_set_and_one_of_its_components_cannot_be_in_two_returns(connection_id: int) -> None:
    (merchant_id,) = rows("SELECT id FROM merchants")[0]
    order = registry.lock_orders(merchant_id, ["SHOP-1"])["SHOP-1"]
    kit = FrozenLine("1", "SET", 2, 5000, 400, components=(FrozenComponent("SHIRT-M", 1), FrozenComponent("SOCK", 2)))

    def took(return_id: str, line: FrozenLine, index: int) -> list[tuple[int, str, UnitAllocated | UnitReleased]]:
        return [(order, return_id, UnitAllocated("u", "SHOP-1", *slot)) for slot in sold_slots(line, index)]

    _, sock = component_lines(kit)
    allocations.write(took("R1", kit, 0) + took("R1", sock, 2))
    for line, index in ((sock, 1), (kit, 1), (sock, 2)):
        with pytest.raises(IntegrityError, match="sold_unit_once"), transaction.atomic():
            allocations.write(took("R2", line, index))
    back = UnitReleased("u", "SHOP-1", "", 0)
    allocations.write([(order, "R1", replace(back, line=ref, index=index)) for ref, index in sold_slots(kit, 0)])
    allocations.write(took("R2", sock, 1))
    assert allocations.hand_over("R1", "R2") == 1


def test_the_same_message_is_kept_once_and_counted(connection_id: int) -> None:
    first, second = (keep([Incoming(connection_id, b"same", NOW)], KEYS)[0] for _ in range(2))
    assert first[1]
    assert not second[1]
    assert first[0] == second[0]
    both = keep([Incoming(connection_id, b"other", NOW), Incoming(connection_id, b"other", NOW)], KEYS)
    assert [new for _, new in both] == [True, False]
    assert rows("SELECT seen FROM messages ORDER BY id") == [(2,), (1,)]


def test_no_body_lies_open_in_the_database(connection_id: int) -> None:
    keep([Incoming(connection_id, b"jane@example.com lives here", NOW)], KEYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT messages::text, encode(body, 'escape') FROM messages")
        shown = " ".join(map(str, cursor.fetchone()))
    assert "jane" not in shown


def test_a_version_of_a_mapping_is_neither_changed_nor_deleted_nor_replaced_twice(connection_id: int) -> None:
    name: Name = ("reason", "too-small", "*", "*")
    merchant_id = rows("SELECT id FROM merchants")[0][0]
    mappings.write(merchant_id, [mappings.Version(name, "SIZE", None)], "ada", "", NOW)
    first = mappings.active(merchant_id)[0].id
    mappings.write(merchant_id, [mappings.Version(name, "SIZE-", first)], "ada", "", NOW)
    for replaced in (first, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            mappings.write(merchant_id, [mappings.Version(name, "OTHER", replaced)], "bob", "", NOW)
    assert "append-only" in refused("UPDATE mappings SET target = 'OTHER'")
    assert "append-only" in refused("DELETE FROM mappings")
    assert "append-only" in refused("TRUNCATE mappings")
    assert [kept.mapping.target for kept in mappings.active(merchant_id)] == ["SIZE-"]
