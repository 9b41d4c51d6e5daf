"""The contract every connector keeps, as test classes to inherit: a connector's own test file is a dozen lines.

Under pytest, a class ``Test…`` that inherits ``ReadingContract`` or ``PerformingContract`` runs the whole contract.
Nothing here needs pytest: each test is a method that raises AssertionError with a sentence.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from backhaul.domain.effects import Effect, LookUpOrder, key
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenOrder
from backhaul.sdk.connector import Connector, Performs
from backhaul.sdk.messages import (
    Message,
    Told,
    UnknownValue,
    Unreadable,
    products_of,
    prompts,
    readings_of,
    stranded_of,
)
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Partial, Task, Unsure, WireError
from backhaul.sdk.rubbish import rubbish
from backhaul.sdk.wire import Wire

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
_ATTEMPTS = 60


class PolledContract:
    """For a connector that reads what its polls bring. ``examples`` are bodies by name: the kind, or ``{kind}.{what}``.

    ``polled`` are the kinds that only polls bring, ``silent`` those that are kept and tell nothing. ``headers`` are an
    example's, by its name, where its kind stands in them.
    """

    connector: ClassVar[Connector]
    settings: ClassVar[Any]
    examples: ClassVar[Mapping[str, bytes]]
    polled: ClassVar[frozenset[str]] = frozenset()
    silent: ClassVar[frozenset[str]] = frozenset()
    headers: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def test_each_declared_kind_has_an_example(self) -> None:
        kinds = {reads.kind for reads in self.connector.reads}
        missing = kinds - {self._kind_of(name) for name in self.examples}
        assert not missing, f"no example of {', '.join(sorted(missing))}"

    def test_reading_an_example_twice_is_equal_and_tells_something(self) -> None:
        for name, body in self.examples.items():
            first, second = self._read(name, body), self._read(name, body)
            assert first == second, f"{name} read twice is not the same"
            readings = readings_of(first)
            beside = bool(products_of(first)) or bool(stranded_of(first)) or prompts(first)
            tells = beside or any(reading.facts for reading in readings)
            assert tells or self._kind_of(name) in self.silent, f"{name} tells nothing"
            assert all(reading.names or reading.order for reading in readings), f"{name} names no return and no order"

    def test_whatever_the_bytes_only_named_errors_come_of_them(self) -> None:
        for name, body in self.examples.items():
            for spoilt in rubbish(body, random.Random(name), 150):  # noqa: S311  the same rubbish each time
                try:
                    self._read(name, spoilt)
                except (Unreadable, UnknownValue):
                    continue
                except Exception as error:
                    raise AssertionError(f"{name} as {spoilt[:200]!r} raises {error!r}") from error

    def _kind_of(self, name: str) -> str:
        kinds = [reads.kind for reads in self.connector.reads]
        return max((kind for kind in kinds if name == kind or name.startswith(f"{kind}.")), key=len, default="")

    def _read(self, name: str, body: bytes) -> Told:
        """As the flow does: name the kind where no poll gave it, find the reader, read."""
        kind = self._kind_of(name) if self._kind_of(name) in self.polled else ""
        message = Message("a-connection", body, NOW, self.headers.get(name, {}), kind)
        if not kind or self.connector.identify is not None:
            assert self.connector.identify is not None, "it receives and cannot name what it received"
            kind = self.connector.identify(message, self.settings)
        reads = self.connector.reader(kind)
        if reads is None:
            raise UnknownValue("kind", kind)
        return reads.read(message, self.settings)


class ReadingContract(PolledContract):
    """For a connector that receives. ``settings`` have a signature secret, ``closed`` are the same without one.

    ``unknown`` are bodies with a word nobody has told the meaning of.
    """

    closed: ClassVar[Any]
    unknown: ClassVar[tuple[bytes, ...]]
    secrets: ClassVar[tuple[str, ...]] = ()

    def test_an_unknown_word_is_a_named_error(self) -> None:
        assert self.unknown, "give a body with an unknown word"
        for body in self.unknown:
            try:
                self._read("", body)
            except UnknownValue as error:
                assert error.field_name, "the error does not say which field"
                assert error.value, "the error does not say which word"
            else:
                raise AssertionError(f"{body[:80]!r} was read although it has an unknown word")

    def test_only_what_is_signed_with_a_secret_of_ours_is_accepted(self) -> None:
        assert self.connector.signature is not None, "it receives and has no signature"
        signature = self.connector.signature(self.settings)
        for body in self.examples.values():
            headers = {signature.header.lower(): signature.sign(body)}
            assert signature.verify(body, headers), "what is signed is refused"
            assert not signature.verify(body + b" ", headers), "a changed body is accepted"
            assert not signature.verify(body, {}), "an unsigned body is accepted"
            assert not signature.verify(body, {name: value[:-1] for name, value in headers.items()}), "a cut signature"

    def test_without_a_secret_it_is_closed(self) -> None:
        assert self.connector.signature is not None, "it receives and has no signature"
        signature, closed = self.connector.signature(self.settings), self.connector.signature(self.closed)
        for body in self.examples.values():
            for value in (signature.sign(body), "", signature.prefix):
                assert not closed.verify(body, {signature.header.lower(): value}), "without a secret it is open"

    def test_a_secret_is_in_no_text(self) -> None:
        assert self.secrets, "say which secrets the settings hold"
        assert self.connector.signature is not None, "it receives and has no signature"
        texts = f"{self.settings!r} {self.settings} {self.settings.model_dump_json()}"
        _without(self.secrets, texts + repr(self.connector.signature(self.settings)))


class Cutter(httpx.BaseTransport):
    """Passes requests on; cuts the answer to the ``after``-th that changes something, counted from ``arm``."""

    def __init__(self, inner: httpx.BaseTransport, changes: Callable[[httpx.Request], bool]) -> None:
        self._inner, self._changes = inner, changes
        self._left: int | None = None
        self.struck = False

    def arm(self, after: int) -> None:
        self._left, self.struck = after, False

    def disarm(self) -> None:
        self._left = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if self._changes(request) and self.strikes():
            answer.read()
            answer.close()
            raise httpx.RemoteProtocolError("the answer was cut off", request=request)
        return answer

    def strikes(self) -> bool:
        """One change more; whether it is the one whose answer is lost."""
        if self._left is None:
            return False
        self._left -= 1
        if self._left <= 0:
            self._left, self.struck = None, True
        return self.struck

    def close(self) -> None:
        self._inner.close()


@dataclass
class Play:
    """Does the effects of one return in turn, as a dispatcher would. ``attempt`` is how each is done."""

    connector: Connector
    system: Any
    attempt: Callable[[Performs, Task, Play], Done]
    order: FrozenOrder | None = None
    references: dict[str, str] = field(default_factory=dict)

    def __call__(self, effect: Effect) -> Done:
        """Have it done; keeps its reference, and the order where it was looked up."""
        performs = self.connector.performer(type(effect))
        assert performs is not None, f"{self.connector.name} does not do {effect.verb}"
        known = frozenset(self.references.values())
        done = self.attempt(performs, Task(key(effect), effect, dict(self.references), self.order, known=known), self)
        self.references[key(effect)] = done.reference
        self.order = next((fact.order for fact in done.facts if isinstance(fact, OrderFrozen)), self.order)
        return done


class PerformingContract:
    """For a connector that does effects. ``story`` plays one whole return, a new one at each call.

    ``documents`` counts, independently of the connector, the documents that carry a key, or is None where an effect has
    none. ``changes`` says which requests change something; only their answers are cut off.
    """

    connector: ClassVar[Connector]
    secrets: tuple[str, ...] = ()

    def settings(self) -> Any:
        raise NotImplementedError("the settings of a connection to a system that is there")

    def transport(self) -> httpx.BaseTransport:
        return httpx.HTTPTransport()

    def changes(self, request: httpx.Request) -> bool:
        return request.method != "GET"

    def story(self, do: Play) -> None:
        raise NotImplementedError("one return from the look-up of its order on, each effect by do(effect)")

    def documents(self, task_key: str) -> int | None:
        raise NotImplementedError("how many documents of the system carry this key")

    def test_each_pair_says_which_field_carries_our_key(self) -> None:
        assert self.connector.performs, "it does nothing"
        for performs in self.connector.performs:
            assert performs.key_field, f"{performs.effect.verb} does not say what carries its key"

    def test_find_sees_nothing_before_and_all_of_it_after(self) -> None:
        def attempt(performs: Performs, task: Task, play: Play) -> Done:
            # What has no document is proven by a state, which a system may have reached by itself.
            if performs.searchable and self.documents(task.key) is not None:
                before = performs.find(task, play.system)
                assert isinstance(before, Absent), f"{task.key} was never done and find says {before}"
            done = performs.do(task, play.system, Absent())
            assert isinstance(done, Done), f"{task.key} came to {done}"
            self._stands(performs, task, play, done)
            return done

        self._play(attempt)

    def test_doing_it_twice_leaves_one_document(self) -> None:
        def attempt(performs: Performs, task: Task, play: Play) -> Done:
            first = _look_and_do(performs, task, play.system)
            again = _look_and_do(performs, task, play.system)
            assert again.reference == first.reference, f"{task.key} is {first.reference}, then {again.reference}"
            self._stands(performs, task, play, first)
            return first

        self._play(attempt)

    def test_an_answer_cut_off_after_any_change_leaves_one_document(self) -> None:
        """Each attempt is cut off one change later than the one before, until none is left to cut."""

        def attempt(performs: Performs, task: Task, play: Play) -> Done:
            for number in range(1, _ATTEMPTS):
                found = performs.find(task, play.system) if performs.searchable and number > 1 else Absent()
                assert not isinstance(found, Ambiguous), f"{task.key} was cut off and find says {found}"
                if isinstance(found, Done):
                    self._stands(performs, task, play, found)
                    return found
                cutter.arm(number)
                try:
                    done = performs.do(task, play.system, found)
                except Unsure:
                    assert cutter.struck, f"{task.key} is unsure although nothing was cut off"
                    continue
                finally:
                    cutter.disarm()
                assert isinstance(done, Done), f"{task.key} after {found} came to {done}"
                self._stands(performs, task, play, done)
                return done
            raise AssertionError(f"{task.key} is not done after {_ATTEMPTS} attempts")

        cutter = Cutter(self.transport(), self.changes)
        self._play(attempt, cutter)

    def test_no_error_and_no_log_tells_a_secret(self) -> None:
        assert self.secrets, "say which secrets the settings hold"
        said = [repr(self.settings()), str(self.settings()), self.settings().model_dump_json()]
        for answer in (401, 404, 429, 500, None):
            with _heard() as lines:
                system = self._connect(_Refusing(answer))
                try:
                    self.story(Play(self.connector, system, lambda p, t, play: _look_and_do(p, t, play.system)))
                except (WireError, AssertionError) as error:
                    said.append(f"{error} {error.__cause__!r} {error.args!r}")
                said.append(repr(system))
                _close(system)
            said += lines
        _without(self.secrets, "\n".join(said))

    def _play(
        self, attempt: Callable[[Performs, Task, Play], Done], transport: httpx.BaseTransport | None = None
    ) -> None:
        system = self._connect(transport or self.transport())
        try:
            self.story(Play(self.connector, system, attempt))
        finally:
            _close(system)

    def _connect(self, transport: httpx.BaseTransport) -> Any:
        assert self.connector.connect is not None, "it does effects and cannot connect"
        settings = self.settings()
        return self.connector.connect(settings, Wire(self.connector.address(settings), transport=transport))

    def _stands(self, performs: Performs, task: Task, play: Play, done: Done) -> None:
        """There is one document, and find sees it, whole."""
        shown = performs.searchable and not performs.repeatable
        if shown and not isinstance(task.effect, LookUpOrder):
            found: Found = performs.find(task, play.system)
            assert isinstance(found, Done), f"{task.key} is done and find says {found}"
            assert found.reference == done.reference, f"{task.key} is {done.reference}, find says {found.reference}"
        count = self.documents(task.key)
        assert count in (None, 1), f"{task.key} has {count} documents"


def _close(system: Any) -> None:
    """Let go of the connections that are kept open, where it can be told to."""
    close = getattr(system, "close", None)
    if callable(close):
        close()


def _look_and_do(performs: Performs, task: Task, system: Any) -> Done:
    found = performs.find(task, system) if performs.searchable else Absent()
    if isinstance(found, Absent | Partial):
        outcome = performs.do(task, system, found)
        assert isinstance(outcome, Done), f"{task.key} came to {outcome}"
        return outcome
    assert isinstance(found, Done), f"{task.key}: find says {found}"
    return found


class _Refusing(httpx.BaseTransport):
    """A system that answers nothing but one code, or nothing at all."""

    def __init__(self, code: int | None) -> None:
        self._code = code

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._code is None:
            raise httpx.ConnectError("nobody listens", request=request)
        return httpx.Response(self._code, stream=httpx.ByteStream(json.dumps({"why": "no"}).encode()))


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Everything that is logged in this block, however unimportant."""
    lines: list[str] = []
    ear = logging.Handler(logging.DEBUG)
    ear.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def _without(secrets: tuple[str, ...], text: str) -> None:
    for number, secret in enumerate(secrets):
        assert secret not in text, f"secret {number} of the settings is told"
