"""Polling finds what no webhook told, within the published rate, and comes back to where it stopped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.poll import poll_returns, poll_shipments, sweep_seconds
from backhaul.sandbox.answer import Call
from backhaul.sandbox.happy_returns import Fault, Faults, Order, OrderLine, StandIn, Wanted
from backhaul.sdk.connector import OpenReturn, Polled, PollRequest
from backhaul.sdk.messages import Message, Name, Unreadable
from backhaul.sdk.outcomes import Throttled
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire
from tests.unit.connectors.told import settings

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
ORDERS = tuple(
    Order(f"#{number}", str(number), "shopper@example.com", (OrderLine(f"{number}00", "SOCK", 3),))
    for number in range(1, 6)
)


class Platform:
    """The stand-in behind a transport, so that no socket is needed; keeps the calls it got."""

    def __init__(self, **more: Any) -> None:
        self.world = StandIn(orders=ORDERS, start_at=START, burst=1e6, page_size=2, **more)
        self.calls: list[str] = []
        self.waited: list[float] = []
        chosen = settings(api_key="sandbox-key", requests_per_second=0.5)
        wire = Wire("http://happy-returns.invalid", transport=httpx.MockTransport(self._answer))
        seconds = [0.0]

        def sleep(wait: float) -> None:
            self.waited.append(wait)
            seconds[0] += wait

        self.system = HappyReturns(chosen, wire, Pace(0.5, clock=lambda: seconds[0], sleep=sleep))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path}")
        call = Call(request.method, request.url.path, dict(request.url.params), dict(request.headers), request.content)
        answer = self.world.partner_api.answer(call)
        return httpx.Response(answer.code, stream=httpx.ByteStream(answer.body))

    def start(self, order: str, quantity: int = 1) -> tuple[str, str]:
        """Start a return; answers its id and its express code."""
        started = self.world.platform.start([Wanted(order, "SOCK", quantity)])
        return started.return_id, started.express_code


def known(place: int, code: str | None, *orders: str) -> OpenReturn:
    """An open return that was heard of `place` minutes after the start."""
    names = () if code is None else (Name("express", code),)
    return OpenReturn(f"return-{place}", names, orders, START + timedelta(minutes=place))


def ask(*returns: OpenReturn, cursor: str = "", orders: tuple[str, ...] = ()) -> PollRequest:
    """A request at the end of the first day."""
    return PollRequest(START + timedelta(hours=12), cursor, returns, orders)


def test_a_return_is_asked_about_by_its_code_and_all_its_pages_are_one_message() -> None:
    platform = Platform()
    return_id, code = platform.start("#1", 3)
    answer = poll_returns(platform.system, ask(known(1, code, "#1")))
    (polled,) = answer.messages
    (reading,) = read_polled(polled.kind, polled.body)
    assert reading.names == (Name("return", return_id), Name("express", code))
    assert len(reading.facts) == 3
    assert platform.calls == ["POST /return", "POST /return"]


def read_polled(kind: str, body: bytes) -> Any:
    """What the connector reads of a polled record."""
    reads = connector.reader(kind)
    assert reads is not None
    return reads.read(Message("shop", body, START, kind=kind), settings())


def test_an_unchanged_return_gives_the_same_bytes_again() -> None:
    platform = Platform()
    _, code = platform.start("#1", 2)
    first, second = (poll_returns(platform.system, ask(known(1, code))).messages for _ in range(2))
    assert first == second


def test_no_return_is_no_message() -> None:
    assert poll_returns(Platform().system, ask(known(1, "HRNOBODY"))).messages == ()


def test_an_order_named_by_hand_discovers_every_return_of_it() -> None:
    platform = Platform()
    platform.start("#1")
    platform.start("#1")
    answer = poll_returns(platform.system, ask(orders=("#1",)))
    assert len(answer.messages) == 2


def test_a_poll_asks_no_more_than_the_rate_allows_until_the_next_one() -> None:
    platform = Platform()
    poll_returns(platform.system, ask(*(known(minute, f"HR{minute}") for minute in range(50))))
    assert len(platform.calls) == 10


def test_of_many_returns_each_is_asked_about_in_the_end_though_all_are_named_every_time() -> None:
    platform = Platform()
    codes = [platform.start(f"#{minute % 5 + 1}")[1] for minute in range(5)]
    many = [known(minute, "HRNOBODY" + str(minute)) for minute in range(45)]
    found: set[Polled] = set()
    cursor = ""
    for _ in range(60):
        answer = poll_returns(
            platform.system, ask(*(known(100 + place, code) for place, code in enumerate(codes)), *many, cursor=cursor)
        )
        found |= set(answer.messages)
        cursor = answer.cursor
    assert len(found) == 5
    assert cursor == "60"


def test_orders_nobody_answers_for_do_not_crowd_out_the_returns() -> None:
    platform = Platform()
    _, code = platform.start("#1")
    answer = poll_returns(platform.system, ask(known(1, code), orders=tuple(f"#{number}" for number in range(90, 120))))
    assert len(answer.messages) == 1
    assert len(platform.calls) == 10


def test_calls_keep_the_published_rate() -> None:
    platform = Platform()
    poll_returns(platform.system, ask(*(known(minute, f"HR{minute}") for minute in range(4))))
    assert platform.waited == [2.0, 2.0, 2.0]


def test_a_429_says_how_long_to_wait() -> None:
    platform = Platform()
    platform.world.outbox.dice.ask([Fault.THROTTLE])
    with pytest.raises(Throttled) as throttled:
        poll_returns(platform.system, ask(known(1, "HRX")))
    assert throttled.value.wait_s == 1.0


def test_what_was_found_before_a_429_is_kept_and_the_rest_is_asked_next_time() -> None:
    platform = Platform(faults=Faults(throttle=0.5), seed=3)
    returns = [known(minute, platform.start(f"#{minute + 1}")[1]) for minute in range(5)]
    found: set[Polled] = set()
    cursor, polls = "", 0
    while len(found) < 5:
        polls += 1
        try:
            answer = poll_returns(platform.system, ask(*returns, cursor=cursor))
        except Throttled:
            continue
        found |= set(answer.messages)
        cursor = answer.cursor
    assert 1 < polls < 30


def test_a_shipment_discovers_a_return_that_no_webhook_told_of() -> None:
    platform = Platform()
    return_id, code = platform.start("#1", 3)
    platform.world.platform.drop_off(return_id)
    platform.world.clock.advance(3600)
    shipment = platform.world.platform.ship()
    request = ask()
    answer = poll_shipments(platform.system, request)
    (polled,) = answer.messages
    (reading,) = read_polled(polled.kind, polled.body)
    assert reading.names == (Name("express", code),)
    assert {getattr(fact, "shipment", shipment.tracking) for fact in reading.facts} == {shipment.tracking}
    assert len(reading.facts) == 9
    assert answer.cursor == request.now.isoformat()


def test_a_shipment_window_overlaps_the_last_one_by_48_hours() -> None:
    platform = Platform()
    return_id, _ = platform.start("#1")
    platform.world.platform.drop_off(return_id)
    platform.world.platform.ship()
    late = [
        poll_shipments(
            platform.system,
            PollRequest(START + timedelta(days=30), (START + timedelta(hours=hours)).isoformat()),
        )
        for hours in (47, 49)
    ]
    assert [len(answer.messages) for answer in late] == [1, 0]


def test_without_a_key_nothing_is_asked_and_check_says_so() -> None:
    platform = Platform()
    system = HappyReturns(settings(), Wire("http://happy-returns.invalid"))
    assert poll_returns(system, ask(known(1, "HRX"))).messages == ()
    assert poll_shipments(system, ask()).messages == ()
    assert connector.check is not None
    problems = connector.check(system)
    assert [problem.split(":")[0] for problem in problems] == ["signature_secrets is empty", "api_key is not set"]
    assert "signature_secrets" in connector.check(platform.system)[0]
    assert len(connector.check(platform.system)) == 1


def test_a_wrong_key_is_named_by_check_but_not_shown() -> None:
    platform = Platform(api_key="another")
    assert connector.check is not None
    problems = connector.check(platform.system)
    assert "401" in problems[1]
    assert "sandbox-key" not in " ".join(problems)
    assert "sandbox-key" not in repr(platform.system.settings)
    assert isinstance(platform.system.settings.api_key, SecretStr)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"items": [1]}', b"nothing"])
def test_an_answer_in_another_shape_is_named(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, stream=httpx.ByteStream(body)))
    system = HappyReturns(settings(api_key="k"), Wire("http://hr.invalid", transport=transport), Pace(1e9))
    with pytest.raises(Unreadable):
        poll_returns(system, ask(known(1, "HRX")))


def test_a_full_sweep_takes_two_seconds_per_return() -> None:
    assert sweep_seconds(1800, 0.5) == 3600
