"""A real Medusa on this machine: fresh for every test, told apart from strangers, gone when its owner is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from backhaul.sandbox.medusa import Medusa, MedusaFailed, Refused
from backhaul.sandbox.medusa.furnishing import STOCK
from backhaul.sandbox.medusa.postgres import Postgres
from backhaul.sandbox.medusa.running import run
from tests.support.medusa_desk import Desk
from tests.support.medusa_ear import Ear
from tests.support.ports import free_port

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_shop_has_what_the_seed_promises(medusa: Medusa) -> None:
    shop = medusa.shop
    assert {name: order.total for name, order in shop.orders.items()} == {
        "SHOP-1001": 11340,
        "SHOP-1002": 7668,
        "SHOP-1003": 4914,
        "SHOP-1004": 5616,
        "SHOP-1005": 7020,
        "SHOP-1006": 7150,  # Medusa says 71.496: it rounds nothing
    }
    order = medusa.counter.order(shop.orders["SHOP-1002"].id)
    assert (order["display_id"], order["metadata"]) == (2, {"reference": "SHOP-1002"})
    assert (order["payment_status"], order["fulfillment_status"]) == ("captured", "delivered")
    assert medusa.counter.stock("MUG") == STOCK - 1 - 4
    assert medusa.counter.stock("MUG", "HUB") == medusa.counter.stock("MUG", "QUARANTINE") == 0


def test_a_reset_takes_back_what_a_test_did(medusa: Medusa) -> None:
    sold = medusa.counter.sell([("MUG", 2)], metadata={"reference": "mine"})
    assert (sold.display_id, medusa.counter.stock("MUG")) == (7, STOCK - 7)
    begun = time.monotonic()
    medusa.reset()
    assert time.monotonic() - begun < 10
    assert medusa.counter.stock("MUG") == STOCK - 5
    with pytest.raises(Refused) as refused:
        medusa.counter.order(sold.id)
    assert (refused.value.code, refused.value.kind) == (404, "not_found")


def test_what_was_done_is_still_there_after_a_restart(medusa: Medusa) -> None:
    sold = medusa.counter.sell([("SOCK", 1)], capture=False, fulfil=False)
    medusa.restart()
    assert medusa.counter.order(sold.id)["payment_status"] == "authorized"


def test_the_key_is_for_its_owner_only(medusa: Medusa) -> None:
    written = medusa.log.parent / "shop.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert json.loads(written.read_text())["key"] == medusa.shop.key
    assert medusa.shop.key not in repr(medusa.shop)
    assert medusa.shop.password not in repr(medusa.shop)


def test_a_stale_note_never_stops_a_stranger(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path)
    postgres.cluster.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (postgres.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.cluster}\n1\n19001\n")
        assert postgres.running() is None
        postgres.stop()
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_those_who_start_at_once_share_what_is_installed(started_medusa: Medusa) -> None:
    several = [Medusa(cache=started_medusa.cache) for _ in range(2)]
    try:
        with ThreadPoolExecutor() as threads:
            shops = list(threads.map(lambda one: one.start(), several))
        assert len({shop.url for shop in shops}) == 2
        several[0].counter.sell([("MUG", 1)], capture=False, fulfil=False)
        assert [one.counter.level("MUG")["reserved_quantity"] for one in several] == [1, 0]
    finally:
        for one in several:
            one.stop()


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(MedusaFailed, match=r"ended with 1(.|\n)*no such thing"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path / "log", "It did not work")


def test_medusa_reports_to_nobody_and_leaves_nothing_running(started_medusa: Medusa) -> None:
    with Medusa(cache=started_medusa.cache) as one:
        directory = one.log.parent
        told = json.loads((directory / "config/medusa/config.json").read_text())
        assert told["telemetry"]["enabled"] is False
    assert not directory.exists()
    words = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    assert [line for line in words if str(started_medusa.cache) in line and "telemetry" in line] == []


def test_a_taken_port_is_named(started_medusa: Medusa, tmp_path: Path) -> None:
    port = int(started_medusa.shop.url.rpartition(":")[2])
    second = Medusa(cache=started_medusa.cache, port=port)
    with pytest.raises(MedusaFailed, match=f"port {port} is taken"):
        second.start()


def test_what_happens_is_told_signed(medusa: Medusa, desk: Desk, ear: Ear) -> None:
    sold = medusa.shop.orders["SHOP-1003"]
    opened = desk.open_return(sold.id, [(sold.lines[0], 1)])
    (heard,) = ear.wait_for("order.return_requested")
    assert heard.body["data"] == {"order_id": sold.id, "return_id": opened}
    assert set(heard.body) == {"name", "data", "metadata", "sent_at"}
    assert heard.signed_with(medusa.secret)
    assert not heard.signed_with("another secret")
    desk.receive(opened, good=[(sold.lines[0], 1)])
    ear.wait_for("order.return_received")
    desk.refund(sold.payment, 100, "goodwill")
    ear.wait_for("payment.refunded")


def test_a_delivery_that_was_refused_is_repeated_under_its_name(medusa: Medusa, desk: Desk, ear: Ear) -> None:
    sold = medusa.shop.orders["SHOP-1003"]
    ear.refusals = 2
    desk.open_return(sold.id, [(sold.lines[0], 1)])
    heard = ear.wait_for("order.return_requested", attempts=3)
    assert len({(one.delivery, one.raw) for one in heard}) == 1


def ends(url: str, seconds: float = 10) -> bool:
    """Whether nobody answers there any more within that time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            return True
        time.sleep(0.05)
    return False


def test_the_program_keeps_its_shop_and_takes_medusa_with_it(started_medusa: Medusa) -> None:
    directory = Path(os.environ.get("TMPDIR", "/tmp")) / f"backhaul-medusa-test-{os.getpid()}"  # noqa: S108
    port = free_port()
    words = [sys.executable, "-m", "backhaul.sandbox.medusa", "--directory", str(directory), "--port", str(port)]
    program = subprocess.Popen([*words, "--cache", str(started_medusa.cache)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    try:
        assert program.stdout.readline() == f"Medusa answers at http://127.0.0.1:{port} (Ctrl-C ends it)\n"
        # Killed, it cannot stop what it started: Medusa has to notice by itself, and take PostgreSQL with it.
        program.send_signal(signal.SIGKILL)
        program.wait()
        assert ends(f"http://127.0.0.1:{port}/health")
        while Postgres(directory / "postgres").running() is not None:
            time.sleep(0.05)
        with Medusa(directory, cache=started_medusa.cache, port=port) as again:
            assert again.counter.order(again.shop.orders["SHOP-1001"].id)["status"] == "pending"
    finally:
        program.kill()
        program.stdout.close()
        shutil.rmtree(directory)
