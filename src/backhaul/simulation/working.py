"""Backhaul's own programs on a simulated day: web, workers and their flows, each killed where chance says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from backhaul.flows.dispatch import dispatch
from backhaul.flows.interpret import interpret
from backhaul.flows.poll import poll
from backhaul.flows.receive import NotTaken, admit
from backhaul.flows.sweep import sweep
from backhaul.sdk.signatures import Signature
from backhaul.simulation.mail import Letter
from backhaul.simulation.world import World
from backhaul.store import effects, inbox
from backhaul.store.sql import atomic

_AGAIN = timedelta(seconds=30)


def carry_letters(world: World) -> int:
    """What the platform has to say goes into the mail; what arrives is received, unless web is killed over it."""
    for shop in world.shops:
        for delivery in shop.platform.outbox.take_due():
            world.mail.send(f"{shop.name}-platform", delivery.body, platform=True)
            shop.platform.outbox.underway.answered(delivery, 202)
    for people in world.people:
        people.follow_payouts()
        if people.shop.front is not None:
            people.shop.front.settle_due()
    arrived = world.mail.due()
    for letter in arrived:
        if world.mortal.run("receive", lambda letter=letter: _receive(world, letter)) is None:  # type: ignore[misc]
            world.mail.again(letter, _AGAIN)
    return len(arrived)


def _receive(world: World, letter: Letter) -> bool:
    link = world.deployment.links[letter.connection]
    assert link.connector.signature is not None
    sign: Signature = link.connector.signature(link.settings)
    forged = admit(world.deployment, letter.connection, letter.body, {sign.header.lower(): "forged"})
    if not isinstance(forged, NotTaken):
        world.story.wrong(f"a forged message was taken by {letter.connection}")
    taken = admit(world.deployment, letter.connection, letter.body, {sign.header.lower(): sign.sign(letter.body)})
    if isinstance(taken, NotTaken):
        world.story.wrong(f"a signed message was not taken by {letter.connection}: {taken.why}")
        return True
    with atomic():
        inbox.keep([taken], world.deployment.keys)
    return True


def work(world: World) -> None:
    """One of the things a worker is woken for."""
    flow = world.dice.choice((read, read, send, send, send, look_round, ask))
    flow(world)


def read(world: World) -> int:
    """Read one batch; in small ones, so that a return's messages meet in different ones."""
    return world.mortal.run("interpret", lambda: interpret(world.deployment, world.dice.choice((1, 3, 200)))) or 0


def send(world: World) -> int:
    """Send what is due, connection by connection, each in a program of its own."""
    sent = 0
    for id_ in effects.due_connections(world.clock.now()):
        link = world.deployment.link(id_)
        flow: Callable[[], int] = lambda link=link: dispatch(world.deployment, link, world.mortal.holder, width=1)  # type: ignore[misc]  # noqa: E731
        sent += world.mortal.run("dispatch", flow) or 0
    return sent


def look_round(world: World) -> None:
    world.mortal.run("sweep", lambda: sweep(world.deployment))


def ask(world: World, *, now_already: bool = False) -> None:
    """Poll the platforms."""
    for link in world.deployment.links.values():
        if link.connector.polls:
            world.mortal.run("poll", lambda link=link: poll(world.deployment, link, now_already=now_already))  # type: ignore[misc]


def take_over(world: World) -> None:
    """What the other programs do while one of them stands still."""
    world.story.tell("others take over")
    carry_letters(world)
    read(world)
    look_round(world)
    send(world)
