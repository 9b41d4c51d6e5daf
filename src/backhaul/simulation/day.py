"""Plays one seed: a few bad days, then everything comes to rest, then the books are compared."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from structlog.testing import capture_logs

from backhaul.sandbox.happy_returns.faults import Faults
from backhaul.simulation.audit import audit
from backhaul.simulation.chances import CALM, Chances, chances_of
from backhaul.simulation.ground import Ground
from backhaul.simulation.persons import act, map_the_unmapped
from backhaul.simulation.rest import come_to_rest
from backhaul.simulation.watch import watch_documents
from backhaul.simulation.working import carry_letters, take_over, work
from backhaul.simulation.world import Sabotage, World, build
from backhaul.store.restored import NEW_EPOCH
from backhaul.store.sql import run


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a seed: what was wrong, and the story of it."""

    seed: int
    wrongs: tuple[str, ...]
    lines: tuple[str, ...]
    documents: int
    kills: int

    def __str__(self) -> str:
        found = "\n".join(f"  - {wrong}" for wrong in self.wrongs)
        return "\n".join([*self.lines, f"seed {self.seed} is wrong:", found])


def play(ground: Ground, seed: int, chances: Chances | None = None, sabotage: Sabotage | None = None) -> Told:
    """One seed on a database of its own. ``chances`` and ``sabotage`` are for tests of the simulation itself."""
    chances = chances or chances_of(random.Random(f"{seed}:chances"))
    with ground.database(f"seed_{seed}") as name, capture_logs() as said:
        world = build(seed, chances, sabotage or Sabotage())
        for weather in world.weathers:
            weather.take_over = lambda: take_over(world)
        watch_documents(world)
        with world.mortal.on_this_database():
            _bad_days(world, ground, name)
            _calm(world)
            come_to_rest(world)
            for line in said:
                if line["log_level"] in ("error", "critical"):
                    world.story.wrong(f"the flows logged {line}")
            audit(world)
    documents = sum(len(shop.books.documents) for shop in world.shops)
    return Told(seed, tuple(world.story.wrongs), tuple(world.story.lines), documents, world.mortal.kills)


def _bad_days(world: World, ground: Ground, name: str) -> None:
    tried: set[str] = set()
    backup: timedelta | None = None
    begun = world.clock.now()
    while world.agenda.next():
        carry_letters(world)
        for _ in range(world.dice.choice((0, 1, 1, 2, 4))):
            work(world)
            world.clock.advance(world.dice.choice((1, 10, 100)))
            carry_letters(world)
        if world.dice.random() < 0.05:
            act(world, tried)
        passed = world.clock.now() - begun
        if world.chances.restores and backup is None and passed > timedelta(hours=60):
            backup = passed
            ground.copy(name, f"{name}_backup")
            world.story.tell("a backup is made")
        elif backup is not None and world.chances.restores and passed > backup + timedelta(hours=30):
            _restore(world, ground, name, begun + backup)
            world.chances = replace(world.chances, restores=False)


def _restore(world: World, ground: Ground, name: str, backup: datetime) -> None:
    """Yesterday's backup is put back; senders send again what they have sent since."""
    ground.replace(name, f"{name}_backup")
    if world.sabotage.bumps_epoch:
        run(NEW_EPOCH)
        run("UPDATE deployments SET restored_at = %s", (world.clock.now(),))  # the database has a clock of its own
    world.restored = True
    world.story.tell("the backup is restored")
    since = min(backup, world.clock.now() - timedelta(hours=31))
    for letter in list(world.mail.sent):
        if letter.due_at >= since and (not letter.platform or world.dice.random() < 0.7):
            world.mail.again(letter, timedelta(minutes=world.dice.randrange(300)))


def _calm(world: World) -> None:
    """The faults are over: no storm, no kills, no losses; who wants to say something is heard."""
    connection.close()
    for weather in world.weathers:
        weather.storm, weather.down_until = CALM, world.clock.now()
    world.mortal.share = 0.0
    world.mail.twice = world.mail.late = 0.0
    for shop in world.shops:
        shop.platform.outbox.dice.faults = Faults()
    world.story.tell("the faults are over")
    if world.dice.random() < 0.5:
        map_the_unmapped(world)
