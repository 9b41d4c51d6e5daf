"""The fault proxy does to each request what was arranged, and to no other one."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from backhaul.sandbox.fault_proxy import Fault, FaultProxy, Rule, random_day


class Shop:
    """A server that counts what it committed."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        shop = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.committed.append(f"{self.path} {body.decode()}")
                self._answer(201, b'{"made": true}')

            def do_GET(self) -> None:
                self._answer(200, b"seen")

            def _answer(self, code: int, body: bytes) -> None:
                self.send_response(code)
                self.send_header("X-Shop", "yes")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
                """Say nothing."""

        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self.listening.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.listening.server_address[1]}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that is open."""
    made = Shop()
    threading.Thread(target=partial(made.listening.serve_forever, poll_interval=0.02), daemon=True).start()
    yield made
    made.listening.shutdown()
    made.listening.server_close()


@pytest.fixture
def proxy(shop: Shop) -> Iterator[FaultProxy]:
    """A proxy before the shop, with nothing arranged."""
    with FaultProxy(shop.url) as made:
        yield made


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[httpx.Client]:
    """A client that keeps its connection open."""
    with httpx.Client(base_url=proxy.url, timeout=5, trust_env=False) as made:
        yield made


def test_what_is_not_arranged_passes_unchanged(shop: Shop, client: httpx.Client) -> None:
    answers = [client.post("/orders?x=1", content=str(number)) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert answers[0].json() == {"made": True}
    assert answers[0].headers["X-Shop"] == "yes"
    assert shop.committed == ["/orders?x=1 0", "/orders?x=1 1", "/orders?x=1 2"]
    assert client.get("/orders").text == "seen"


def test_a_cut_answer_was_committed_and_the_next_request_passes(
    shop: Shop, proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.arrange(Rule(Fault.CUT, "POST", "^/orders$"))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/orders", content="first")
    assert client.post("/orders", content="second").status_code == 201
    assert shop.committed == ["/orders first", "/orders second"]
    assert proxy.counts == {Fault.CUT: 1, Fault.PASS: 1}


def test_an_error_or_a_refusal_never_reaches_the_server(shop: Shop, proxy: FaultProxy, client: httpx.Client) -> None:
    proxy.arrange(Rule(Fault.ERROR), Rule(Fault.REFUSE))
    assert client.post("/orders", content="first").status_code == 500
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/orders", content="second")
    assert shop.committed == []
    assert proxy.passed_on == 0


def test_only_the_nth_matching_request_suffers(shop: Shop, proxy: FaultProxy, client: httpx.Client) -> None:
    proxy.arrange(Rule(Fault.ERROR, "POST", "/lines", after=1, body=b"shirt"))
    paths = [("/orders", "shirt"), ("/lines", "shirt"), ("/lines", "sock"), ("/lines", "shirt"), ("/lines", "shirt")]
    codes = [client.post(path, content=body).status_code for path, body in paths]
    assert codes == [201, 201, 201, 500, 201]


def test_a_slow_answer_comes_after_the_time_out_of_an_impatient_client(
    shop: Shop, proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.arrange(Rule(Fault.SLOW, seconds=0.3))
    with pytest.raises(httpx.ReadTimeout):
        client.post("/orders", content="first", timeout=0.1)
    assert client.get("/").status_code == 200


def test_a_server_that_is_down_refuses_connections_until_it_is_back(proxy: FaultProxy, client: httpx.Client) -> None:
    assert client.get("/").status_code == 200
    proxy.take_down()
    with pytest.raises(httpx.HTTPError):
        client.get("/")
    with pytest.raises(httpx.ConnectError):
        client.get("/")
    proxy.start()
    assert client.get("/").status_code == 200


def test_a_dead_upstream_looks_like_a_cut_connection() -> None:
    with (
        FaultProxy("http://127.0.0.1:9") as proxy,
        httpx.Client(base_url=proxy.url, trust_env=False) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.get("/")


def test_a_random_day_is_the_same_for_the_same_seed(shop: Shop) -> None:
    days = []
    for seed in (3, 3, 4):
        codes: list[int] = []
        with (
            FaultProxy(shop.url, seed=seed, rules=random_day(0.6)) as proxy,
            httpx.Client(base_url=proxy.url, trust_env=False) as client,
        ):
            for _ in range(30):
                try:
                    codes.append(client.post("/orders", content="x").status_code)
                except httpx.HTTPError:
                    codes.append(0)
            days.append((codes, dict(proxy.counts)))
    assert days[0] == days[1]
    assert days[0] != days[2]
    assert {Fault.CUT, Fault.ERROR, Fault.REFUSE, Fault.SLOW, Fault.PASS} == set(days[0][1])
