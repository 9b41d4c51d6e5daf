"""What goes wrong between us and another system: cut, late, too many, down, and answers lost after the deed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta

import httpx
from django.db import connection

from backhaul.sandbox.clock import Clock
from backhaul.simulation.mortal import Mortal
from backhaul.simulation.story import Story

Answer = Callable[[httpx.Request], httpx.Response]
_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Storm:
    """The share of calls each fault strikes, from 0 to 1; ``down`` begins an outage of up to two hours."""

    cut_before: float = 0.0
    cut_after: float = 0.0
    error_before: float = 0.0
    error_after: float = 0.0
    slow: float = 0.0
    throttled: float = 0.0
    down: float = 0.0
    killed_before: float = 0.0
    killed_after: float = 0.0
    stopped: float = 0.0

    def pick(self, dice: random.Random) -> str | None:
        """The fault that strikes now, if any."""
        point = dice.random()
        for one in fields(self):
            point -= getattr(self, one.name)
            if point < 0:
                return one.name
        return None


@dataclass(slots=True)
class Weather(httpx.BaseTransport):
    """The way to one system. ``take_over``: what the others do while the program that called stands still."""

    name: str
    answer: Answer
    clock: Clock
    dice: random.Random
    story: Story
    mortal: Mortal
    storm: Storm = field(default_factory=Storm)
    deadline_s: float = 20.0
    take_over: Callable[[], None] = lambda: None
    down_until: datetime = _NEVER
    calls: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or fail the way a network does."""
        if connection.in_atomic_block:
            self.story.wrong(f"{request.method} {request.url.path} was sent inside a database transaction")
        request.read()
        self.calls += 1
        self.clock.advance(self.dice.choice((0.05, 0.3, 1.0)))
        if self.clock.now() < self.down_until:
            raise httpx.ConnectError(f"{self.name} is down", request=request)
        fault = self.storm.pick(self.dice)
        if fault is not None:
            self.story.tell(f"{self.name}: {request.method} {request.url.path} meets {fault}")
        early = self._before(fault, request)
        return _streamed(early if early is not None else self._after(fault, request, self.answer(request)))

    def _before(self, fault: str | None, request: httpx.Request) -> httpx.Response | None:
        """What strikes before the system does anything."""
        match fault:
            case "cut_before":
                raise httpx.ReadError("the connection was cut", request=request)
            case "error_before":
                return httpx.Response(500, text="it broke")
            case "throttled":
                return httpx.Response(429, headers={"retry-after": str(self.dice.randrange(1, 60))})
            case "down":
                self.down_until = self.clock.now() + self.dice.choice((1, 10, 120)) * _MINUTE
                raise httpx.ConnectError(f"{self.name} goes down", request=request)
            case "killed_before":
                self.mortal.kill()
        return None

    def _after(self, fault: str | None, request: httpx.Request, done: httpx.Response) -> httpx.Response:
        """What strikes when the system has done it."""
        match fault:
            case "cut_after":
                raise httpx.RemoteProtocolError("the server hung up without an answer", request=request)
            case "error_after":
                return httpx.Response(502, text="the proxy gave up")
            case "slow":
                self.clock.advance(self.deadline_s)
                raise httpx.ReadTimeout("no answer yet", request=request)
            case "killed_after":
                self.mortal.kill()
            case "stopped":
                self._stop()
        return done

    def _stop(self) -> None:
        """SIGSTOP: hours pass, others take over what this program holds; then it goes on as if nothing had been."""
        storm, self.storm = self.storm, replace(self.storm, stopped=0.0)
        self.clock.advance(self.dice.choice((30, 150, 400, 7200)))
        self.take_over()
        self.storm = storm


def _streamed(answer: httpx.Response) -> httpx.Response:
    """The same answer, its body still to be read, as from a network."""
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))
