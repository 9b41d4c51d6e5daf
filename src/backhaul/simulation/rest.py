"""Lets a simulated deployment come to rest: everything delivered, asked, sent, flushed and acted on."""

from __future__ import annotations

from datetime import timedelta

from backhaul.flows.decide import decide_returns
from backhaul.flows.replay import replay_messages
from backhaul.simulation.persons import act
from backhaul.simulation.working import ask, carry_letters, look_round, read, send
from backhaul.simulation.world import World
from backhaul.store import inbox
from backhaul.store.sql import atomic, rows

_ROUNDS = 60
_ROUND = timedelta(hours=3)
_LONG_AFTER = timedelta(days=120)
Fingerprint = tuple[object, ...]


def come_to_rest(world: World) -> None:
    """Work until nothing changes any more; then let all due times pass; then decide and read everything again."""
    tried: set[str] = set()
    if not _until_still(world, tried):
        world.story.wrong(f"it does not come to rest within {_ROUNDS} rounds of {_ROUND}")
        return
    world.clock.advance(_LONG_AFTER.total_seconds())
    _until_still(world, tried)
    _decide_again(world)


def _until_still(world: World, tried: set[str]) -> bool:
    before: Fingerprint = ()
    for _ in range(_ROUNDS):
        world.clock.advance(_ROUND.total_seconds())
        done = carry_letters(world)
        ask(world, now_already=True)
        done += _settle(world)
        look_round(world)
        done += _settle(world) + act(world, tried) + _settle(world)
        now = fingerprint(world)
        if not done and now == before and world.mail.next_at is None and not _waits(world):
            return True
        before = now
    return False


def _waits(world: World) -> bool:
    """Whether time alone brings something about: money that is pending, units that the next flush takes along."""
    if any(shop.front is not None and shop.front.pending for shop in world.shops):
        return True
    return bool(rows("SELECT 1 FROM effects WHERE standing = 'due' AND verb = 'restock-at-storefront' LIMIT 1"))


def _settle(world: World) -> int:
    """Read and send until there is nothing to read or send now."""
    total = 0
    while done := read(world) + send(world):
        total += done
        world.clock.advance(1.0)
    return total


def fingerprint(world: World) -> Fingerprint:
    """What must not change by deciding again: facts, effects, entries, exceptions, documents."""
    return (
        *rows("SELECT return_id, kind, body::text FROM facts ORDER BY id"),
        *rows("SELECT cause, part FROM entries ORDER BY cause, part"),
        *rows("SELECT key, standing, payload_hash, reference, attempts FROM effects ORDER BY key"),
        *rows("SELECT key, closed_at, cause, value::text FROM exceptions ORDER BY key"),
        *rows("SELECT key, due_at FROM expectations ORDER BY key"),
        *rows("SELECT id, stage, squared, closed FROM returns ORDER BY id"),
        *((one.id, one.state) for shop in world.shops for one in shop.books.documents.values()),
    )


def _decide_again(world: World) -> None:
    """Deciding and reading everything once more changes nothing."""
    before = fingerprint(world)
    with atomic():
        decide_returns(world.deployment, [id_ for (id_,) in rows("SELECT id FROM returns WHERE linked_to_id IS NULL")])
    _compare(world, before, "deciding every return again")
    read_before = [id_ for (id_,) in rows("SELECT id FROM messages WHERE state = 'read' ORDER BY id")]
    for shop in world.shops:
        replay_messages(world.deployment, shop.merchant_id, read_before)
    while inbox.waiting(world.deployment.connection_ids):
        read(world)
    _compare(world, before, "reading every message again")


def _compare(world: World, before: Fingerprint, what: str) -> None:
    now = fingerprint(world)
    if now != before:
        gone = [one for one in before if one not in now][:4]
        new = [one for one in now if one not in before][:4]
        world.story.wrong(f"{what} changes something: {gone} became {new}")
