"""A program that may be killed at any moment: before any statement to the database, around any call to another system.

What a kill -9 leaves behind is left behind: no clean-up runs, open work is rolled back by the server, leases stay.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection

from backhaul.simulation.story import Story

T = TypeVar("T")
_LONGEST_LIFE = 90
"""Statements before which a doomed program dies; a dispatch of a few effects takes about that many."""


class Killed(BaseException):
    """The program is gone; nothing of ours may catch this."""


@dataclass(slots=True)
class _Life:
    """One program. ``fuse``: statements until it is killed, None for one that is spared."""

    name: str
    fuse: int | None
    dead: bool = False


@dataclass(slots=True)
class Mortal:
    """Runs flows, each in a program of its own; one inside another is a second program while the first stands still.

    ``share`` of the programs are killed somewhere. ``mend`` rewrites statements: how a test breaks a guard.
    """

    dice: random.Random
    story: Story
    share: float = 0.0
    mend: Callable[[str], str] | None = None
    kills: int = 0
    _count: int = 0
    _lives: list[_Life] = field(default_factory=list)

    @property
    def holder(self) -> str:
        """The name of the program that runs now."""
        return self._lives[-1].name

    def run(self, what: str, flow: Callable[[], T]) -> T | None:
        """The flow's answer; None when its program was killed."""
        self._count += 1
        fuse = self.dice.randrange(1, _LONGEST_LIFE) if self.dice.random() < self.share else None
        life = _Life(f"program-{self._count}", fuse)
        self._lives.append(life)
        try:
            return flow()
        except BaseException:
            # Any error after the kill is only the noise that a dead program no longer makes.
            if not life.dead:
                raise
            self.kills += 1
            self.story.tell(f"{life.name} ({what}) was killed")
            connection.close()
            return None
        finally:
            self._lives.pop()

    def kill(self) -> None:
        """Kill the program that runs now, here."""
        self._lives[-1].dead = True
        if connection.connection is not None:
            connection.connection.close()
        raise Killed

    @contextmanager
    def on_this_database(self) -> Iterator[None]:
        """Every statement of this block is one before which a program may die."""
        with connection.execute_wrapper(self._statement):
            yield

    def _statement(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if self._lives:
            life = self._lives[-1]
            if life.dead:
                raise Killed
            if life.fuse is not None:
                life.fuse -= 1
                if life.fuse <= 0:
                    self.kill()
        return execute(self.mend(sql) if self.mend is not None else sql, parameters, many, context)
