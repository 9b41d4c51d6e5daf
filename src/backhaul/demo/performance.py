"""The demo from its first step to Ctrl-C: set up, play, wait, read back, compare, tell, clean up."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import FrameType

from backhaul.demo import StorefrontKind, cast
from backhaul.demo.actors import Sender
from backhaul.demo.books import books_of, start_of
from backhaul.demo.compare import compare
from backhaul.demo.day import Day
from backhaul.demo.expected import expected
from backhaul.demo.ground import DemoFailed, Ground, default_directory
from backhaul.demo.seen import Sights
from backhaul.demo.show import show, show_where_to_look
from backhaul.demo.stage import Stage, set_up
from backhaul.demo.storefront import compare_storefront, documents
from backhaul.demo.summary import (
    Summary,
    chapters,
    exceptions_by_owner,
    messages_kept,
    squared_expected,
    squared_orders,
)
from backhaul.demo.telling import Telling
from backhaul.demo.tryton_rest import TrytonRest
from backhaul.project.embedded import EmbeddedFailed
from backhaul.project.logs import set_up_logs
from backhaul.sandbox.fault_proxy import Fault
from backhaul.sandbox.medusa import MedusaFailed
from backhaul.sandbox.tryton import TrytonFailed

_WATCH_EVERY_S = 0.5


class Stopped(BaseException):
    """Somebody asked the demo to end."""


def perform(*, once: bool, json_file: Path, directory: Path | None, short: bool, storefront: StorefrontKind) -> int:
    """Play the day; 0 when Tryton's books are exactly right, 1 when not, 2 when it could not be played.

    ``short`` plays a dozen returns, ``storefront`` is the boutique's. Ctrl-C or SIGTERM ends it at any moment, with
    everything it started.
    """
    set_up_logs("ERROR")
    telling = Telling()
    begun = time.monotonic()
    try:
        with _ends_on_signals():
            ground = Ground((directory or default_directory()).resolve())
            with ground.alone():
                telling.title("Setting up (the first time takes a minute or two)")
                with set_up(ground, telling, storefront) as stage:
                    summary = _played(stage, telling, short, time.monotonic() - begun)
                    show(telling, summary)
                    if once:
                        summary.write(json_file)
                        telling.line(f"[dim]Written to {json_file}.[/dim]")
                    else:
                        _run_on(stage, telling)
                    return 0 if summary.right else 1
    except (DemoFailed, EmbeddedFailed, MedusaFailed, TrytonFailed) as error:
        telling.line(f"[red]backhaul demo:[/red] {error}")
        return 2
    except Stopped:
        telling.line("[dim]Stopped; nothing is left running.[/dim]")
        return 130 if once else 0


def _played(stage: Stage, telling: Telling, short: bool, set_up_seconds: float) -> Summary:
    """The day, and what Tryton says of it."""
    tales = cast.tales(short)
    begun = time.monotonic()
    telling.title(f"A day of {cast.returns(tales)} returns")
    with TrytonRest(stage.shop) as tryton:
        rate = Decimal(tryton.search("account.tax", [["id", "=", stage.shop.tax]], "rate")[0]["rate"])
        sender = Sender(stage.ground.backhaul_url, stage.ground.secret)
        start = start_of(tryton)
        day = Day(
            tales,
            tryton,
            start,
            rate,
            stage.platforms,
            sender,
            stage.person,
            stage.ground.parcels,
            stage.storefront,
            stage.programs.require_all,
        )
        with telling.bar("documents", cast.papers(tales)) as day.advance:
            day.play()
        played = time.monotonic() - begun
        stage.proxy.arrange()
        with telling.step("Read back from Tryton and compared"):
            books = books_of(tryton, start)
            orders = stage.shop.orders
            wanted = [
                expected(tale, [label for one in day.started[tale.order] for label in one.labels], orders, rate)
                for tale in tales
            ]
            findings = compare(wanted, books, start.stock) + compare_storefront(wanted, stage.storefront)
    faults = {fault.value: count for fault, count in stage.proxy.counts.items() if fault is not Fault.PASS and count}
    webhooks = [one for platform in stage.platforms.values() for one in platform.deliveries()]
    items = [one for platform in stage.platforms.values() for one in platform.items()]
    shown = documents(stage.storefront, cast.BOUTIQUE_ORDERS)
    owned = exceptions_by_owner()
    kinds = {kind: count for owner in owned for kind, count in owner.kinds.items()}
    kept, again = messages_kept()
    return Summary(
        returns=cast.returns(tales),
        documents={**books.by_kind(), **shown},
        credited_minor=sum(note.total_minor for note in books.notes),
        findings=findings,
        witnessed=tuple(day.witnessed),
        exceptions=owned,
        squared=sum(sum(one) for one in squared_orders().values()),
        squared_expected=squared_expected(tales),
        chapters=chapters(wanted, findings, Sights(books, webhooks, faults, day.witnessed, kinds, items, shown)),
        messages=kept,
        messages_again=again,
        faults=faults,
        set_up_seconds=set_up_seconds,
        play_seconds=played,
    )


def _run_on(stage: Stage, telling: Telling) -> None:
    """Until somebody ends it, or a program ends by itself."""
    show_where_to_look(telling, stage.ground, stage.shop)
    while True:
        stage.programs.require_all()
        time.sleep(_WATCH_EVERY_S)


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM become Stopped, once: clearing up is not interrupted by a second one."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, how in before.items():
            signal.signal(number, how)
