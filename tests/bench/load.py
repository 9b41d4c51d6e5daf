"""The load generator, a program of its own: requests on keep-alive connections, as few instructions as Python allows.

``python -m tests.bench.load PORT REQUESTS CONNECTIONS SECONDS [PER_SECOND]`` sends the requests of a file (see
``write_requests``) and prints one JSON object. Without PER_SECOND every connection sends again as soon as it was
answered; with it, requests start by the clock whether or not others were answered, and are timed from that moment.
"""

from __future__ import annotations

import select
import socket
import struct
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import orjson

_LENGTH = struct.Struct("<I")
_MOST_CONNECTIONS = 256
_PATIENCE_S = 15.0


def write_requests(path: Path, requests: Iterable[bytes]) -> int:
    """Keep whole requests in a file; answers how many."""
    count = 0
    with path.open("wb") as out:
        for request in requests:
            out.write(_LENGTH.pack(len(request)) + request)
            count += 1
    return count


def read_requests(path: Path) -> list[bytes]:
    """The requests of a file."""
    text, at, found = path.read_bytes(), 0, []
    while at < len(text):
        (length,) = _LENGTH.unpack_from(text, at)
        at += 4
        found.append(text[at : at + length])
        at += length
    return found


class Load:
    """Sends requests until the time is up or none is left."""

    def __init__(self, port: int, requests: list[bytes], connections: int, seconds: float, per_second: float) -> None:
        self.port, self.requests, self.seconds, self.per_second = port, requests, seconds, per_second
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.idle: list[int] = []
        self.begun: dict[int, float] = {}
        self.part: dict[int, bytes] = {}
        self.times: list[float] = []
        self.answers: dict[str, int] = {}
        self.next = 0
        for _ in range(connections):
            self.idle.append(self.connect())

    def connect(self) -> int:
        one = socket.create_connection(("127.0.0.1", self.port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.settimeout(0)
        self.sockets[one.fileno()] = one
        self.poll.register(one.fileno(), select.EPOLLIN)
        return one.fileno()

    def send(self, number: int, at: float) -> None:
        request = self.requests[self.next]
        self.next += 1
        self.begun[number] = at
        if self.sockets[number].send(request) != len(request):
            raise RuntimeError("a request did not fit into the socket at once; use smaller ones")

    def receive(self, number: int, now: float) -> bool:
        """Whether the answer on that connection is complete."""
        text = self.part.pop(number, b"") + self.sockets[number].recv(65536)
        if not text:
            raise RuntimeError("the server closed a connection")
        head = text.find(b"\r\n\r\n")
        where = text.lower().find(b"content-length:", 0, max(head, 0))
        if head < 0 or len(text) < head + 4 + int(text[where + 15 : text.find(b"\r", where)]):
            self.part[number] = text
            return False
        self.times.append(now - self.begun.pop(number))
        code = text[9:12].decode()
        self.answers[code] = self.answers.get(code, 0) + 1
        return True

    def flat_out(self) -> float:
        """Every connection sends as soon as it was answered; answers the seconds it took."""
        clock = time.perf_counter
        start = clock()
        end, last, total = start + self.seconds, start, len(self.requests)
        for number in self.idle:
            if self.next < total:
                self.send(number, clock())
        while self.begun:
            answered = self.poll.poll(_PATIENCE_S)
            if not answered:
                raise RuntimeError("no answer came")
            for number, _ in answered:
                last = clock()
                if self.receive(number, last) and last < end and self.next < total:
                    self.send(number, last)
        return last - start

    def by_the_clock(self) -> float:
        """Requests start at their time; a late answer makes nobody wait but itself."""
        clock = time.perf_counter
        start = last = clock()
        total = min(len(self.requests), int(self.seconds * self.per_second))
        while self.next < total or self.begun:
            due = start + self.next / self.per_second
            while self.next < total and due <= clock():
                if not self.idle and len(self.sockets) < _MOST_CONNECTIONS:
                    self.idle.append(self.connect())
                if not self.idle:
                    break
                self.send(self.idle.pop(), due)
                due = start + self.next / self.per_second
            wait = max(due - clock(), 0.0) if self.next < total and self.idle else _PATIENCE_S
            for number, _ in self.poll.poll(wait):
                last = clock()
                if self.receive(number, last):
                    self.idle.append(number)
        return last - start

    def run(self) -> dict[str, object]:
        before = time.process_time()
        seconds = self.by_the_clock() if self.per_second else self.flat_out()
        cpu = time.process_time() - before
        ordered = sorted(self.times)

        def at(part: float) -> float:
            return round(ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000, 2)

        return {
            "answers": self.answers, "seconds": round(seconds, 3), "per_second": round(len(ordered) / seconds, 1),
            "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0), "cpu_s": round(cpu, 3),
            "left": len(self.requests) - self.next,
        }  # fmt: skip


if __name__ == "__main__":
    port, file, connections, seconds, *rate = sys.argv[1:]
    load = Load(int(port), read_requests(Path(file)), int(connections), float(seconds), float(rate[0]) if rate else 0.0)
    print(orjson.dumps(load.run()).decode())
